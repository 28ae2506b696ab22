import type { DataCenter, Flavor, Host, Network } from "../../domain/data_center.ts";
import type { Demand } from "../../domain/demand.ts";
import { LEVELS } from "../../domain/levels.ts";
import { Branches } from "./branches.ts";
import { type HardwareShape, shapeOf } from "./hardware_shape.ts";

/** Index of "no resource of this level". */
export const NOWHERE = -1;

/** The dimensions of a demand in the order of every amounts array. */
export const DIMENSIONS = 3;

/** One value per dimension: milli-vCPU, MiB of memory, MiB of disk. */
export type Amounts = readonly [number, number, number];

export function amountsOf(demand: Demand): Amounts {
  return [demand.milliVcpu, demand.memoryMib, demand.diskMib];
}

/** The resources of one level (hosts, racks, clusters, rooms) and the hosts in each. */
export interface LevelIndex {
  readonly names: readonly string[];
  /** Resource of each host, or `NOWHERE`. */
  readonly ofHost: Int32Array;
  /** Hosts of each resource, ascending. */
  readonly hosts: readonly Int32Array[];
}

/** A server that the inventory reports. */
export interface ReportedServer {
  readonly host: number;
  readonly demand: Demand;
}

/** What does not change while a data centre is loaded, indexed by host number; hosts are numbered by name. */
export class Site {
  readonly hosts: readonly Host[];
  readonly size: number;
  /** The number of every host, ascending. */
  readonly everyHost: Int32Array;
  /** By rank of the level. */
  readonly levels: readonly LevelIndex[];
  readonly branches: Branches;
  /** Availability zone of each host, as a number of `zoneOf`. */
  readonly zones: Int32Array;
  /** By level: pairs of zones that some resource has hosts of, as `zonePair` numbers them. */
  readonly zonesTogether: readonly ReadonlySet<number>[];
  readonly usable: Uint8Array;
  /** By dimension: what the hardware of each host has. */
  readonly physical: readonly Float64Array[];
  /** By dimension: what may be handed out of each host. */
  readonly capacity: readonly Float64Array[];
  /** Aggregates of each host, as positions in `aggregateMetadata`. */
  readonly aggregatesOf: readonly (readonly number[])[];
  readonly aggregateMetadata: readonly Readonly<Record<string, string>>[];
  readonly network: Network;
  readonly #hostNumbers: ReadonlyMap<string, number>;
  readonly #zoneNumbers: ReadonlyMap<string, number>;
  readonly #zoneCount: number;
  readonly #flavors: ReadonlyMap<string, Flavor>;
  readonly #shapes: ReadonlyMap<Flavor, HardwareShape | null>;
  readonly #reported = new Map<string, ReportedServer>();

  constructor(dataCenter: DataCenter) {
    this.hosts = dataCenter.hosts.toSorted((a, b) => compareText(a.name, b.name));
    this.size = this.hosts.length;
    this.everyHost = Int32Array.from(this.hosts, (_, host) => host);
    this.#hostNumbers = new Map(this.hosts.map((host, index) => [host.name, index]));
    this.levels = [
      indexLevel(this.hosts, (host) => host.name),
      indexLevel(this.hosts, (host) => host.rack),
      indexLevel(this.hosts, (host) => host.cluster),
      indexLevel(this.hosts, (host) => host.room ?? null),
    ];
    this.branches = new Branches(this.levels, this);
    const zoneIndex = indexLevel(this.hosts, (host) => host.availabilityZone);
    this.zones = zoneIndex.ofHost;
    this.#zoneNumbers = new Map(zoneIndex.names.map((name, index) => [name, index]));
    this.#zoneCount = zoneIndex.names.length;
    this.zonesTogether = this.levels.map(({ hosts }) =>
      // Hosts without a resource of the level keep their zone together with itself.
      new Set([...hosts, ...zoneIndex.hosts].flatMap((inside) => {
        const zones = [...new Set(Array.from(inside, (host) => this.zones[host]))];
        return zones.flatMap((one) => zones.map((other) => this.zonePair(one, other)));
      }))
    );
    this.usable = Uint8Array.from(this.hosts, (host) => host.unusable === null ? 1 : 0);
    this.physical = columns(this.hosts.map((host) => amountsOf(host.physical)));
    this.capacity = columns(this.hosts.map((host) => amountsOf(host.capacity)));
    this.aggregateMetadata = dataCenter.aggregates.map((aggregate) => aggregate.metadata);
    this.aggregatesOf = this.#indexAggregates(dataCenter);
    this.network = dataCenter.network ?? {};
    this.#flavors = indexFlavors(dataCenter.flavors);
    this.#shapes = new Map(dataCenter.flavors.map((flavor) => [flavor, shapeOf(flavor)]));
    this.hosts.forEach((host, index) => {
      for (const vm of host.vms) this.#reported.set(vm.uuid, { host: index, demand: vm.demand });
    });
  }

  /** Number of a host, or undefined for a name that the site does not know. */
  hostNumber(name: string): number | undefined {
    return this.#hostNumbers.get(name);
  }

  /** Number of an availability zone as used in `zones`, or undefined. */
  zoneNumber(name: string): number | undefined {
    return this.#zoneNumbers.get(name);
  }

  /** A number for two zones in this order. */
  zonePair(one: number, other: number): number {
    return one * this.#zoneCount + other;
  }

  /** A flavor by its name, else by its id. */
  flavor(nameOrId: string): Flavor | undefined {
    return this.#flavors.get(nameOrId);
  }

  /** What a flavor, by name or id, asks of cells and devices; null for nothing, or for an unknown flavor. */
  shape(nameOrId: string): HardwareShape | null {
    const flavor = this.flavor(nameOrId);
    return flavor ? this.#shapes.get(flavor)! : null;
  }

  /** The server with this Nova id, where the inventory reports it. */
  reported(uuid: string): ReportedServer | undefined {
    return this.#reported.get(uuid);
  }

  #indexAggregates(dataCenter: DataCenter): number[][] {
    const of: number[][] = this.hosts.map(() => []);
    dataCenter.aggregates.forEach((aggregate, index) => {
      for (const name of aggregate.hosts) {
        const host = this.#hostNumbers.get(name);
        if (host !== undefined) of[host].push(index);
      }
    });
    return of;
  }
}

/** Order by UTF-16 code units, the same on every machine. */
export function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The values of each dimension side by side. */
function columns(rows: readonly Amounts[]): Float64Array[] {
  return [0, 1, 2].map((dimension) => Float64Array.from(rows, (amounts) => amounts[dimension]));
}

function indexLevel(hosts: readonly Host[], nameOf: (host: Host) => string | null): LevelIndex {
  const names = [...new Set(hosts.map(nameOf).filter((name) => name !== null))].sort(compareText);
  const numbers = new Map(names.map((name, index) => [name, index]));
  const members: number[][] = names.map(() => []);
  const ofHost = new Int32Array(hosts.length).fill(NOWHERE);
  hosts.forEach((host, index) => {
    const name = nameOf(host);
    if (name === null) return;
    ofHost[index] = numbers.get(name)!;
    members[ofHost[index]].push(index);
  });
  return { names, ofHost, hosts: members.map((list) => Int32Array.from(list)) };
}

function indexFlavors(flavors: readonly Flavor[]): Map<string, Flavor> {
  const index = new Map<string, Flavor>();
  for (const flavor of flavors) index.set(flavor.flavorId, flavor);
  for (const flavor of flavors) index.set(flavor.name, flavor);
  return index;
}

/** How many levels the topology has. */
export const LEVEL_COUNT = LEVELS.length;
