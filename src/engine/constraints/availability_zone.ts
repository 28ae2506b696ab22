import type { Constraint } from "./constraint.ts";

/** A server goes only to hosts of the availability zone that it asks for. */
export const availabilityZone: Constraint = {
  name: "availability zone",
  admits: (node, host, site) => node.zones.every((zone) => site.zoneNumber(zone) === site.zones[host]),
};
