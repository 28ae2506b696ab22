import type { Constraint } from "./constraint.ts";

const DIMENSION = 2;

/** A host has the disk that the node asks for free. */
export const localDiskCapacity: Constraint = {
  name: "local disk capacity",
  restrict: (node, hosts) => hosts.requireFree(DIMENSION, node.need[DIMENSION]),
};
