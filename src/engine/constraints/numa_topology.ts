import { cellsSuffice } from "../model/packing.ts";
import type { Constraint } from "./constraint.ts";

/** The cells of a host suffice for all servers there that ask for cells or dedicated vCPUs. */
export const numaTopology: Constraint = {
  name: "numa topology",
  admits: ({ hardware }, host, site) =>
    hardware.length === 0 ||
    hardware.every(({ cells }) => cells !== null) && cellsSuffice(site.hosts[host], hardware),
  restrict: (node, hosts, { occupancy }) => {
    if (node.hardware.some(({ cells }) => cells !== null && cells.length > 0)) {
      hosts.require(occupancy.hardware.test("cells", node));
    }
  },
};
