import type { DataCenter, Flavor, Host } from "../../src/domain/data_center.ts";
import type { Demand } from "../../src/domain/demand.ts";
import type { Holding } from "../../src/domain/holding.ts";
import { amounts, holding, site } from "./engine_site.ts";

const pinned = { "hw:cpu_policy": "dedicated" };
const cells = (count: number) => ({ "hw:numa_nodes": String(count) });
const alias = (list: string) => ({ "pci_passthrough:alias": list });
const near = { "hw:pci_numa_affinity_policy": "required" };

/** Flavors by name, each with its vCPUs, GiB of memory, and extra specs. */
const FLAVORS: readonly Flavor[] = Object.entries(
  {
    plain: [4, 4, {}],
    avx: [1, 1, { "trait:AVX": "required" }],
    "no-avx": [1, 1, { "trait:AVX": "forbidden" }],
    "avx-grouped": [1, 1, { "trait_cpu:AVX": "required" }],
    "avx-liked": [1, 1, { "trait:AVX": "preferred" }],
    pinned1: [1, 1, pinned],
    pinned2: [2, 2, pinned],
    pinned3: [3, 3, pinned],
    pinned4: [4, 4, pinned],
    "pinned-split": [4, 4, { ...pinned, ...cells(2) }],
    shared: [4, 2, cells(1)],
    "shared-split": [4, 2, cells(2)],
    "shared-wide": [6, 2, cells(1)],
    "three-cells": [3, 3, cells(3)],
    absurd: [4, 4, cells(9)],
    gpu: [1, 1, alias("gpu:1")],
    gpus: [1, 1, alias("gpu:2")],
    "gpu-absurd": [1, 1, alias("gpu")],
    "near-gpu": [1, 1, { ...alias("gpu:1"), ...cells(1), ...near }],
    "near-gpus": [1, 1, { ...alias("gpu:2"), ...cells(1), ...near }],
    "near-pinned": [2, 2, { ...alias("gpu:1"), ...pinned, ...near }],
    "near-split": [2, 2, { ...alias("gpu:2"), ...cells(2), ...near }],
    "near-gpu-split": [4, 1, { ...alias("gpu:1"), ...cells(2), ...near }],
    "near-gpu-large": [1, 2, { ...alias("gpu:1"), ...cells(1), ...near }],
    "any-gpu": [1, 1, { ...alias("gpu:1"), ...cells(1) }],
    ...Object.fromEntries([2, 3, 4, 5].map((gib) => [`memory${gib}`, [1, gib, cells(1)] as const])),
  } satisfies Record<string, readonly [number, number, Record<string, string>]>,
).map(([name, [vcpus, memory, extraSpecs]]) => ({
  name,
  flavorId: `id-${name}`,
  demand: amounts(vcpus, memory, 0),
  extraSpecs,
}));

const GIB = 1024;

/** Two cells of 4 vCPUs and 8 GiB. */
export const NUMA = [0, 1].map((cell) => ({ cell, milliVcpu: 4000, memoryMib: 8 * GIB }));
/** A pool of GPUs. */
export const gpus = (count: number, cell?: number) => ({ alias: "gpu", count, cell });

/** Hosts `r1h1`, `r1h2`, … with room for everything but what their cells and devices limit. */
export function hardwareSite(...changes: readonly Partial<Host>[]): DataCenter {
  const hosts = Object.fromEntries(changes.map((host, index) => [`r1h${index + 1}`, host]));
  return site({
    racks: 1,
    hostsPerRack: changes.length,
    capacity: amounts(99, 999, 999),
    flavors: FLAVORS,
    hosts,
  });
}

export function demandOf(flavor: string): Demand {
  return FLAVORS.find(({ name }) => name === flavor)!.demand;
}

/** One server of another stack for each flavor. */
export function heldOn(host: string, flavors: readonly string[]): Holding[] {
  return flavors.map((flavor, index) => holding(`held-${index}`, host, { flavor, demand: demandOf(flavor) }));
}
