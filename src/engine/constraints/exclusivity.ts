import { NOWHERE } from "../model/site.ts";
import type { Constraint } from "./constraint.ts";

/** A server of an exclusivity group goes where nobody outside the group is. */
export const exclusivity: Constraint = {
  name: "exclusivity",
  restrict: ({ exclusive, at }, hosts, { occupancy }) => {
    for (const presence of exclusive) {
      if (!presence) continue;
      const { level, servers } = presence;
      const all = occupancy.servers[level];
      const own = [...servers].filter(([resource, count]) => count === all[resource]).map(([resource]) =>
        resource
      );
      const here = at ? occupancy.site.levels[level].ofHost[at.host] : NOWHERE;
      if (at && here !== NOWHERE) {
        // Its own servers there are no strangers, whoever counts them.
        const others = (servers.get(here) ?? 0) - at.members[level];
        if (others === all[here] - at.servers) own.push(here);
      }
      hosts.requireVacant(level, own);
    }
  },
};
