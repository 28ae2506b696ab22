import type { Constraint } from "./constraint.ts";

/** A server of an exclusivity group goes where nobody outside the group is. */
export const exclusivity: Constraint = {
  name: "exclusivity",
  restrict: (node, hosts, { occupancy }) => {
    for (const presence of node.exclusive) {
      if (!presence) continue;
      const { level, servers } = presence;
      const all = occupancy.servers[level];
      const own = [...servers].filter(([resource, count]) => count === all[resource]);
      hosts.requireVacant(level, own.map(([resource]) => resource));
    }
  },
};
