import { assert, assertEquals } from "@std/assert";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Inventory } from "../../src/ports/inventory.ts";
import { amounts } from "./engine_site.ts";
import { dataCenterFile, hostName, type VmRow } from "./data_centers.ts";
import { type PortAdapter, type PortCase, portSuite } from "./port_suite.ts";

/** An inventory of the site that `INVENTORY_SITE` describes. */
export interface InventoryUnderTest extends AsyncDisposable {
  readonly inventory: Inventory;
}

const FIRST_HOST = hostName(1, 1);

const VMS: readonly VmRow[] = [
  { uuid: "vm-1", vcpus: 2, ram_mb: 4096, disk_gb: 40, project_id: "p-blue" },
  { uuid: "vm-2", vcpus: 1, ram_mb: 2048, disk_gb: 20 },
];

/** Two racks of two hosts; the first host runs two servers, the last one is disabled; one aggregate makes a zone. */
export const INVENTORY_SITE = dataCenterFile({
  racks: 2,
  hostsPerRack: 2,
  vms: { [FIRST_HOST]: VMS },
  hosts: { [hostName(2, 2)]: { status: "disabled" } },
  aggregates: [
    {
      name: "east",
      availability_zone: "zone-east",
      hosts: [hostName(2, 1), hostName(2, 2)],
      metadata: { cpu_allocation_ratio: "4.0", ssd: "true" },
    },
  ],
});

function host({ hosts }: DataCenter, name: string): DataCenter["hosts"][number] {
  return hosts.find((each) => each.name === name)!;
}

const CASES: readonly PortCase<InventoryUnderTest>[] = [
  {
    name: "Inventory.load gives every host with its rack and zone",
    run: async ({ inventory }) => {
      const { hosts } = await inventory.load();
      assertEquals(hosts.map(({ name, rack, availabilityZone }) => [name, rack, availabilityZone]), [
        [hostName(1, 1), "tst01r01", "nova"],
        [hostName(1, 2), "tst01r01", "nova"],
        [hostName(2, 1), "tst01r02", "zone-east"],
        [hostName(2, 2), "tst01r02", "zone-east"],
      ]);
    },
  },
  {
    name: "Inventory.load gives amounts in milli-vCPU and MiB",
    run: async ({ inventory }) => {
      const first = host(await inventory.load(), FIRST_HOST);
      assertEquals(first.physical, amounts(16, 32, 400));
      assertEquals(first.capacity, amounts(16, 32, 400));
      assertEquals(first.used, amounts(3, 6, 60));
      assertEquals(first.vms.map(({ uuid, projectId }) => [uuid, projectId]), [["vm-1", "p-blue"], [
        "vm-2",
        null,
      ]]);
      assertEquals(first.vms[0].demand, amounts(2, 4, 40));
    },
  },
  {
    name: "Inventory.load multiplies capacity, not hardware, by the ratio of an aggregate",
    run: async ({ inventory }) => {
      const { physical, capacity } = host(await inventory.load(), hostName(2, 1));
      assertEquals([physical.milliVcpu, capacity.milliVcpu], [16_000, 64_000]);
    },
  },
  {
    name: "Inventory.load says why a host is unusable, and null for one that is",
    run: async ({ inventory }) => {
      const dataCenter = await inventory.load();
      assert(host(dataCenter, hostName(2, 2)).unusable);
      assertEquals(host(dataCenter, hostName(2, 1)).unusable, null);
    },
  },
  {
    name: "Inventory.load gives flavors and aggregates with their metadata",
    run: async ({ inventory }) => {
      const { flavors, aggregates } = await inventory.load();
      const medium = flavors.find(({ name }) => name === "m1.medium")!;
      assertEquals([medium.flavorId, medium.demand, medium.extraSpecs], ["3", amounts(2, 4, 40), {}]);
      assertEquals(aggregates[0].hosts, [hostName(2, 1), hostName(2, 2)]);
      assertEquals(aggregates[0].metadata.ssd, "true");
    },
  },
  {
    name: "Inventory.load may be repeated",
    run: async ({ inventory }) => assertEquals(await inventory.load(), await inventory.load()),
  },
  {
    name: "Inventory.projectsOf gives the projects that are known, before and after a load",
    run: async ({ inventory }) => {
      const asked = ["vm-2", "vm-1", "vm-none", "__proto__"];
      const expected = new Map([["vm-1", "p-blue"]]);
      assertEquals(await inventory.projectsOf(asked), expected);
      await inventory.load();
      assertEquals(await inventory.projectsOf(asked), expected);
    },
  },
];

/** Registers what every adapter of the port must keep. */
export function inventorySuite(adapter: PortAdapter<InventoryUnderTest>): void {
  portSuite(CASES, adapter);
}
