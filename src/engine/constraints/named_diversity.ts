import type { Constraint } from "./constraint.ts";

/** A server of a named diversity group avoids every resource that holds a server of the group from another stack. */
export const namedDiversity: Constraint = {
  name: "diversity",
  restrict: (node, hosts) => {
    for (const { type, level, elsewhere } of node.named) {
      if (type !== "diversity") continue;
      hosts.requireLevel(level);
      for (const resource of elsewhere) hosts.block(level, resource);
    }
  },
};
