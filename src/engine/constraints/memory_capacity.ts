import type { Constraint } from "./constraint.ts";

const DIMENSION = 1;

/** A host has the memory that the node asks for free, and no single server asks for more than the hardware has. */
export const memoryCapacity: Constraint = {
  name: "memory capacity",
  admits: (node, host, site) => node.largest[DIMENSION] <= site.physical[DIMENSION][host],
  restrict: (node, hosts) => hosts.requireFree(DIMENSION, node.need[DIMENSION]),
};
