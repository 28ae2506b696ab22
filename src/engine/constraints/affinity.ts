import { NOWHERE } from "../model/site.ts";
import type { AffinityClass } from "../search/node.ts";
import type { State } from "../search/state.ts";
import type { Constraint } from "./constraint.ts";

/** Servers of an affinity rule wider than a host share one resource of its level. */
export const affinity: Constraint = {
  name: "affinity",
  restrict: (node, hosts, state) => {
    for (const shared of node.classes) {
      hosts.requireLevel(shared.level);
      const resource = settledResource(shared, state);
      if (resource !== NOWHERE) hosts.retainWithin(shared.level, [resource]);
    }
  },
};

/** Where the class has to be by now, or `NOWHERE` while it is free to choose. */
function settledResource(shared: AffinityClass, { occupancy, hostOf }: State): number {
  if (shared.fixed !== NOWHERE) return shared.fixed;
  if (shared.chosen !== NOWHERE) return shared.chosen;
  const placed = shared.nodes.find(({ index }) => hostOf[index] !== NOWHERE);
  return placed ? occupancy.site.levels[shared.level].ofHost[hostOf[placed.index]] : NOWHERE;
}
