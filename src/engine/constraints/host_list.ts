import type { Constraint } from "./constraint.ts";

/** A server goes only to hosts that the request allows: its locations, a forced host, no excluded host. */
export const hostList: Constraint = {
  name: "requested hosts",
  admits: (node, host) => node.hostLists.every((list) => list[host] === 1),
};
