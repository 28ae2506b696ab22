import type { Constraint } from "./constraint.ts";

/** A host takes new servers only while it is enabled and up. */
export const hostStatus: Constraint = {
  name: "host status",
  admits: (_node, host, site) => site.usable[host] === 1,
};
