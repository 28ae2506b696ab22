import { devicesSuffice } from "../model/packing.ts";
import type { Constraint } from "./constraint.ts";

/** A host has the devices for all servers there that ask for some, near the servers' cells where they must be. */
export const pciDevices: Constraint = {
  name: "pci devices",
  admits: ({ hardware }, host, site) =>
    hardware.length === 0 ||
    hardware.every(({ devices }) => devices !== null) && devicesSuffice(site.hosts[host], hardware),
  restrict: (node, hosts, { occupancy }) => {
    if (node.hardware.length > 0) hosts.require(occupancy.hardware.test("devices", node));
  },
};
