import type { Constraint } from "./constraint.ts";

/** A server outside every exclusivity group of a level keeps out of what such a group owns. */
export const nonExclusivity: Constraint = {
  name: "non-exclusivity",
  restrict: (node, hosts) => {
    node.exclusive.forEach((presence, level) => {
      if (!presence) hosts.requireUnowned(level);
    });
  },
};
