import { assertEquals } from "@std/assert";
import type { Flavor } from "../../src/domain/data_center.ts";
import { wishOf } from "../../src/engine/checker/hardware_wish.ts";
import { shapeOf } from "../../src/engine/model/hardware_shape.ts";
import { amounts } from "../support/engine_site.ts";

type Texts = Readonly<Record<string, string>>;

function flavor(extraSpecs: Texts): Flavor {
  return { name: "f", flavorId: "1", demand: amounts(4, 4, 1), extraSpecs };
}

/** Cells as vCPUs and MiB; null for a wish that makes no sense. */
type Cells = readonly (readonly [vcpus: number, memoryMib: number])[] | null;

const dedicated = { "hw:cpu_policy": "dedicated" };
const two = { "hw:numa_nodes": "2" };

const CELLS: readonly [name: string, specs: Texts, cells: Cells, pinned?: boolean][] = [
  ["no extra spec", {}, []],
  ["a shared policy", { "hw:cpu_policy": "shared" }, []],
  ["a dedicated policy", dedicated, [[4, 4096]], true],
  ["an unknown policy", { "hw:cpu_policy": "mixed" }, null],
  ["two cells", two, [[2, 2048], [2, 2048]]],
  ["two dedicated cells", { ...two, ...dedicated }, [[2, 2048], [2, 2048]], true],
  ["cells that do not divide the vCPUs", { "hw:numa_nodes": "3" }, null],
  ["more cells than vCPUs", { "hw:numa_nodes": "5" }, null],
  ["no cell", { "hw:numa_nodes": "0" }, null],
  ["a text for cells", { "hw:numa_nodes": "two" }, null],
  [
    "cells told one by one",
    { ...two, ...told("0, 2-3", "3072", "1", "1024") },
    [[3, 3072], [1, 1024]],
  ],
  ["a list with an exception", { ...two, ...told("0-3,^1", "3072", "1", "1024") }, [[3, 3072], [1, 1024]]],
  ["a vCPU in two cells", { ...two, ...told("0-2", "2048", "2-3", "2048") }, null],
  ["a vCPU in no cell", { ...two, ...told("0-1", "2048", "2", "2048") }, null],
  ["a vCPU that the flavor lacks", { ...two, ...told("0-2", "2048", "3-4", "2048") }, null],
  ["a range that runs backwards", { ...two, ...told("2-0", "2048", "3", "2048") }, null],
  ["memory beyond the flavor's", { ...two, ...told("0-1", "2048", "2-3", "2049") }, null],
  ["a cell that is not told", { ...two, "hw:numa_cpus.0": "0-3", "hw:numa_mem.0": "4096" }, null],
  ["memory without vCPUs", { ...two, "hw:numa_mem.0": "2048", "hw:numa_mem.1": "2048" }, null],
];

function told(first: string, firstMib: string, second: string, secondMib: string): Texts {
  return {
    "hw:numa_cpus.0": first,
    "hw:numa_mem.0": firstMib,
    "hw:numa_cpus.1": second,
    "hw:numa_mem.1": secondMib,
  };
}

for (const [name, specs, cells, pinned = false] of CELLS) {
  Deno.test(`shapeOf and the checker read ${name} alike`, () => {
    const shape = shapeOf(flavor(specs));
    const wish = wishOf(flavor(specs));
    const read = shape?.cells?.map(({ milliVcpu, memoryMib }) => [milliVcpu / 1000, memoryMib] as const);
    assertEquals(shape === null ? [] : read ?? null, cells);
    assertEquals(shape?.pinned ?? false, pinned);
    const wished = wish?.cells.map(([milliVcpu, memoryMib]) => [milliVcpu / 1000, memoryMib] as const);
    assertEquals(wish?.absurd === "numa topology" ? null : wished ?? [], cells);
    assertEquals(wish?.dedicated ?? false, pinned);
  });
}

const alias = (text: string) => ({ "pci_passthrough:alias": text });
const policy = (text: string) => ({ "hw:pci_numa_affinity_policy": text });

const DEVICES: readonly [
  name: string,
  specs: Texts,
  devices: Record<string, number> | null,
  near?: boolean,
][] = [
  ["no alias", policy("required"), {}],
  ["one alias", alias("gpu:2"), { gpu: 2 }],
  ["several aliases", alias("gpu:1, nic:2,gpu:1"), { gpu: 2, nic: 2 }],
  ["an alias without a count", alias("gpu"), null],
  ["a count of 0", alias("gpu:0"), null],
  ["a count that is a text", alias("gpu:many"), null],
  ["an empty alias", alias(":1"), null],
  ["an empty list", alias(""), null],
  ["too many words", alias("gpu:1:2"), null],
  ["near devices without cells", { ...alias("gpu:1"), ...policy("required") }, { gpu: 1 }],
  ["near devices with cells", { ...two, ...alias("gpu:1"), ...policy("required") }, { gpu: 1 }, true],
  ["devices on the socket", { ...two, ...alias("gpu:1"), ...policy("socket") }, { gpu: 1 }, true],
  ["preferably near devices", { ...two, ...alias("gpu:1"), ...policy("preferred") }, { gpu: 1 }],
  ["devices by the legacy policy", { ...two, ...alias("gpu:1"), ...policy("legacy") }, { gpu: 1 }],
  ["devices by an unknown policy", { ...two, ...alias("gpu:1"), ...policy("close") }, null],
];

for (const [name, specs, devices, near = false] of DEVICES) {
  Deno.test(`shapeOf and the checker read ${name} alike`, () => {
    const shape = shapeOf(flavor(specs));
    const wish = wishOf(flavor(specs));
    const read = shape?.devices?.map(({ alias, count }) => [alias, count] as const);
    assertEquals(shape === null ? {} : read ? Object.fromEntries(read) : null, devices);
    assertEquals(shape?.near ?? false, near);
    assertEquals(wish?.absurd === "pci devices" ? null : Object.fromEntries(wish?.devices ?? []), devices);
    assertEquals(wish?.near ?? false, near);
  });
}
