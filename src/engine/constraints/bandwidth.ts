import type { Constraint } from "./constraint.ts";

/** Every link between a server and its peers has room for their pipes. */
export const bandwidth: Constraint = {
  name: "bandwidth",
  restrict: (node, hosts, { traffic, occupancy: { links } }) => {
    if (node.pipes.length === 0) return;
    traffic.gather(node);
    if (traffic.total === 0) return;
    hosts.requireBandwidth(traffic);
    for (const level of links.levels) {
      if (!links.limited[level]) continue;
      for (const resource of traffic.peersAt(level)) {
        // Where a peer's own link is full, only a place behind that link is left.
        if (traffic.inside(level, resource) > links.free[level][resource]) {
          hosts.retainWithin(level, [resource]);
        }
      }
    }
  },
};
