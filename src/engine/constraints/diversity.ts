import { NOWHERE } from "../model/site.ts";
import type { HostSet } from "../search/host_set.ts";
import type { DiversityRule, Node } from "../search/node.ts";
import type { State } from "../search/state.ts";
import type { Constraint } from "./constraint.ts";

/** Servers of different units of a diversity rule are in different resources of its level, or not too many in one. */
export const diversity: Constraint = {
  name: "diversity",
  restrict: (node, hosts, state) => {
    for (const { rule, unit } of node.diversity) {
      hosts.requireLevel(rule.level);
      if (rule.most > 1) limit(rule, node, { hosts, state });
      else {
        forEachPlaced(rule, state, (resource, other) => {
          if (other !== unit) hosts.block(rule.level, resource);
        });
      }
    }
  },
};

/** Tells the resource and the unit of every placed server under the rule. */
function forEachPlaced(
  { level, units, fixed }: DiversityRule,
  { occupancy, hostOf }: State,
  tell: (resource: number, unit: number) => void,
): void {
  const { ofHost } = occupancy.site.levels[level];
  for (const { host, unit } of fixed) tell(ofHost[host], unit);
  units.forEach((members, unit) => {
    for (const { index } of members) if (hostOf[index] !== NOWHERE) tell(ofHost[hostOf[index]], unit);
  });
}

/** Blocks the resources that would hold too many units together with those of the node. */
function limit(rule: DiversityRule, node: Node, { hosts, state }: { hosts: HostSet; state: State }): void {
  const own = new Set(node.diversity.filter((each) => each.rule === rule).map(({ unit }) => unit));
  if (own.size > rule.most) return hosts.retainWithin(rule.level, []);
  const unitsAt = new Map<number, Set<number>>();
  forEachPlaced(rule, state, (resource, unit) => {
    const units = unitsAt.get(resource);
    if (units) units.add(unit);
    else unitsAt.set(resource, new Set([unit]));
  });
  for (const [resource, units] of unitsAt) {
    if (units.union(own).size > rule.most) hosts.block(rule.level, resource);
  }
}
