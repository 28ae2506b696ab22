import { NOWHERE } from "../model/site.ts";
import type { Constraint } from "./constraint.ts";

/** Servers of different units of a diversity rule are in different resources of its level. */
export const diversity: Constraint = {
  name: "diversity",
  restrict: (node, hosts, { occupancy, hostOf }) => {
    for (const { rule, unit } of node.diversity) {
      const { ofHost } = occupancy.site.levels[rule.level];
      hosts.requireLevel(rule.level);
      for (const fixed of rule.fixed) {
        if (fixed.unit !== unit) hosts.block(rule.level, ofHost[fixed.host]);
      }
      rule.units.forEach((members, other) => {
        if (other === unit) return;
        for (const { index } of members) {
          if (hostOf[index] !== NOWHERE) hosts.block(rule.level, ofHost[hostOf[index]]);
        }
      });
    }
  },
};
