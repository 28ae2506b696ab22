import type { DataCenter, Flavor, Host } from "../../../src/domain/data_center.ts";
import { addDemand, type Demand, NO_DEMAND } from "../../../src/domain/demand.ts";
import { seededRandom } from "../../support/random.ts";

/** The data centres of specification 7.1. */
export const SIZES = {
  S: { hosts: 240, racks: 15 },
  M: { hosts: 2400, racks: 150 },
  L: { hosts: 10_000, racks: 625 },
  XL: { hosts: 100_000, racks: 6250 },
} as const;

export type SiteName = keyof typeof SIZES;

export interface SiteOptions {
  readonly size: { readonly hosts: number; readonly racks: number };
  /** Share of the scarcer of vCPUs and memory that runs before the benchmark. */
  readonly load: number;
  readonly seed?: number;
  /** Racks at the beginning in which nothing runs. */
  readonly idleRacks?: number;
  /** Whether hosts have two cells, each with half of the hardware and with network functions. */
  readonly cells?: boolean;
}

export const ZONES = ["az-1", "az-2"] as const;

const CPU_RATIO = 4;
const RACKS_PER_CLUSTER = 25;
const GIB = 1024;
const MBPS = 1000;

/** vCPUs, GiB of memory, TB of disk, and how many of ten hosts are so. */
const HARDWARE = [[32, 256, 4, 6], [48, 384, 4, 3], [64, 512, 8, 1]] as const;

/** vCPUs of servers that run already, and how many of a hundred have them. */
const RUNNING = [[1, 40], [2, 30], [4, 20], [8, 10]] as const;
const MEMORY_SHAPES = [2, 3, 4] as const;

/** `v4m3` has 4 vCPUs with 3 GiB each. */
export const FLAVORS: readonly Flavor[] = RUNNING.flatMap(([vcpus]) =>
  MEMORY_SHAPES.map((gib) => ({
    name: `v${vcpus}m${gib}`,
    flavorId: `${vcpus}-${gib}`,
    demand: amounts(vcpus, vcpus * gib, vcpus * 20),
    extraSpecs: {},
  }))
);

const PINNED = {
  "hw:cpu_policy": "dedicated",
  "hw:numa_nodes": "1",
  "hw:pci_numa_affinity_policy": "required",
};

/** Servers with cores of one cell and network functions near them. */
const PINNED_FLAVORS: readonly Flavor[] = [[4, 1], [8, 2]].map(([vcpus, functions]) => ({
  name: `pinned${vcpus}`,
  flavorId: `pinned-${vcpus}`,
  demand: amounts(vcpus, 2 * vcpus, 5 * vcpus),
  extraSpecs: { ...PINNED, "pci_passthrough:alias": `nic:${functions}` },
}));

const FUNCTIONS_PER_CELL = 8;

function cellsOf({ milliVcpu, memoryMib }: Demand): Pick<Host, "numa" | "pci"> {
  const numa = [0, 1].map((cell) => ({ cell, milliVcpu: milliVcpu / 2, memoryMib: memoryMib / 2 }));
  return { numa, pci: numa.map(({ cell }) => ({ alias: "nic", count: FUNCTIONS_PER_CELL, cell })) };
}

function amounts(vcpus: number, memoryGib: number, diskGib: number): Demand {
  return { milliVcpu: vcpus * 1000, memoryMib: memoryGib * GIB, diskMib: diskGib * GIB };
}

/** The same site for the same options; racks and zones are contiguous, clusters have 25 racks. */
export function benchSite(
  { size: { hosts, racks }, load, seed = 1, idleRacks = 0, cells = false }: SiteOptions,
): DataCenter {
  const random = seededRandom(seed);
  const perRack = Math.ceil(hosts / racks);
  const rows = Array.from({ length: hosts }, (_, index) => emptyHost(index, { perRack, racks, random }));
  const used = loaded(rows, { load, random, idle: idleRacks * perRack });
  const nicMbps = 25_000;
  const rackUplink = nicMbps * perRack / 4;
  return {
    name: "bench",
    flavors: cells ? [...FLAVORS, ...PINNED_FLAVORS] : FLAVORS,
    hosts: rows.map((host, index) => ({
      ...host,
      ...cells ? cellsOf(host.physical) : {},
      used: used[index],
    })),
    aggregates: [],
    network: {
      nicKbps: nicMbps * MBPS,
      rackUplinkKbps: rackUplink * MBPS,
      clusterUplinkKbps: rackUplink * Math.min(RACKS_PER_CLUSTER, racks) / 2 * MBPS,
    },
  };
}

function emptyHost(
  index: number,
  { perRack, racks, random }: { perRack: number; racks: number; random: () => number },
): Host {
  const rack = Math.floor(index / perRack);
  const [vcpus, memoryGib, diskTb] = drawn(HARDWARE.map((row) => [row, row[3]] as const), random);
  const physical = amounts(vcpus, memoryGib, diskTb * 1000);
  const rackName = `bch01r${String(rack + 1).padStart(4, "0")}`;
  return {
    name: `${rackName}c${String(index % perRack + 1).padStart(3, "0")}`,
    rack: rackName,
    cluster: `pod${Math.floor(rack / RACKS_PER_CLUSTER) + 1}`,
    availabilityZone: ZONES[Math.min(1, Math.floor(rack * ZONES.length / racks))],
    unusable: null,
    physical,
    capacity: { ...physical, milliVcpu: physical.milliVcpu * CPU_RATIO },
    used: NO_DEMAND,
    vms: [],
  };
}

function drawn<T>(items: readonly (readonly [T, number])[], random: () => number): T {
  let left = random() * items.reduce((sum, [, weight]) => sum + weight, 0);
  return (items.find(([, weight]) => (left -= weight) < 0) ?? items[0])[0];
}

/**
 * What runs on each host: servers come one by one, each to the fuller of two hosts that are drawn, and three of ten
 * leave again, so that hosts are unevenly full and some stay empty.
 */
function loaded(
  hosts: readonly Host[],
  { load, random, idle }: { load: number; random: () => number; idle: number },
): Demand[] {
  const used = hosts.map(() => NO_DEMAND);
  const total = hosts.map(({ capacity }) => capacity).reduce(addDemand, NO_DEMAND);
  const sum = { milliVcpu: 0, memoryMib: 0 };
  const shares = () => Math.max(sum.milliVcpu / total.milliVcpu, sum.memoryMib / total.memoryMib);
  const running: { host: number; demand: Demand }[] = [];
  const book = (host: number, demand: Demand, sign: 1 | -1) => {
    const { milliVcpu, memoryMib, diskMib } = demand;
    used[host] = addDemand(used[host], {
      milliVcpu: sign * milliVcpu,
      memoryMib: sign * memoryMib,
      diskMib: sign * diskMib,
    });
    sum.milliVcpu += sign * milliVcpu;
    sum.memoryMib += sign * memoryMib;
  };
  while (shares() < load) {
    const name = `v${drawn(RUNNING, random)}m${2 + Math.floor(random() * 3)}`;
    const { demand } = FLAVORS.find((flavor) => flavor.name === name)!;
    const host = fuller([0, 1].map(() => idle + Math.floor(random() * (hosts.length - idle))), {
      hosts,
      used,
      demand,
    });
    if (host !== null) {
      book(host, demand, 1);
      running.push({ host, demand });
    }
    if (running.length > 0 && random() < 0.3) {
      const [left] = running.splice(Math.floor(random() * running.length), 1, running.at(-1)!);
      running.pop();
      book(left.host, left.demand, -1);
    }
  }
  return used;
}

/** The one of the drawn hosts that is fuller and has room, or null. */
function fuller(
  draws: readonly number[],
  { hosts, used, demand }: { hosts: readonly Host[]; used: readonly Demand[]; demand: Demand },
): number | null {
  const fitting = draws.filter((host) => {
    const after = addDemand(used[host], demand);
    const { capacity } = hosts[host];
    return after.milliVcpu <= capacity.milliVcpu && after.memoryMib <= capacity.memoryMib &&
      after.diskMib <= capacity.diskMib;
  });
  const share = (host: number) => used[host].memoryMib / hosts[host].capacity.memoryMib;
  return fitting.length === 0 ? null : fitting.reduce((a, b) => share(b) > share(a) ? b : a);
}
