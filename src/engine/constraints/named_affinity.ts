import type { Constraint } from "./constraint.ts";

/** A server of a named affinity group joins the resource where the group's servers of other stacks are. */
export const namedAffinity: Constraint = {
  name: "affinity",
  restrict: (node, hosts) => {
    for (const { type, level, elsewhere } of node.named) {
      if (type !== "affinity") continue;
      hosts.requireLevel(level);
      if (elsewhere.size > 0) hosts.retainWithin(level, elsewhere);
    }
  },
};
