import type { Demand } from "./demand.ts";

export interface Flavor {
  readonly name: string;
  readonly flavorId: string;
  /** Disk is root + ephemeral + swap. */
  readonly demand: Demand;
  readonly extraSpecs: Readonly<Record<string, string>>;
}

/** A server that the inventory reports on a host, made by Valet or not. */
export interface HostVm {
  /** Nova's id of the server. */
  readonly uuid: string;
  readonly demand: Demand;
  readonly projectId: string | null;
}

/**
 * Processors and memory that are close to each other inside a host. The amounts are what servers that Valet holds may
 * share: an inventory does not tell in which cells other servers are.
 */
export interface NumaCell {
  readonly cell: number;
  readonly milliVcpu: number;
  readonly memoryMib: number;
}

/** Equal PCI devices of a host that servers held by Valet may share. */
export interface PciPool {
  /** What flavors ask for them by. */
  readonly alias: string;
  readonly count: number;
  /** The NUMA cell that they are attached to; absent when that does not matter. */
  readonly cell?: number;
}

export interface Host {
  /** Nova's host name, compared byte for byte. */
  readonly name: string;
  /** Null when neither the inventory nor the naming convention gives one. */
  readonly rack: string | null;
  readonly cluster: string | null;
  /** Absent or null when the inventory gives none. */
  readonly room?: string | null;
  readonly availabilityZone: string;
  /** Why no server may be put here now, or null when the host is usable. */
  readonly unusable: string | null;
  /** What the hardware has. A single server may never ask for more vCPU or memory than this. */
  readonly physical: Demand;
  /** What may be handed out: physical × allocation ratio × (1 − standby), rounded down. */
  readonly capacity: Demand;
  /** What the inventory reports as taken; includes every one of `vms`. */
  readonly used: Demand;
  readonly vms: readonly HostVm[];
  /** What the host can do, as Placement names it; absent for nothing known. */
  readonly traits?: readonly string[];
  /** Absent when the inventory tells none; a server that asks for cells does not fit there then. */
  readonly numa?: readonly NumaCell[];
  /** Absent for none. */
  readonly pci?: readonly PciPool[];
}

export interface Aggregate {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** What the links of each kind carry at most, in kbit/s; an absent one has no limit. */
export interface Network {
  /** Between a host and its rack. */
  readonly nicKbps?: number;
  /** Between a rack and its cluster. */
  readonly rackUplinkKbps?: number;
  /** Between a cluster and the rest of the site, whatever rooms it has. */
  readonly clusterUplinkKbps?: number;
}

/** One site as an inventory gives it: racks, zones and capacities already resolved for every host. */
export interface DataCenter {
  readonly name: string;
  readonly flavors: readonly Flavor[];
  readonly hosts: readonly Host[];
  readonly aggregates: readonly Aggregate[];
  /** Absent when the inventory tells nothing of the network: then no link has a limit. */
  readonly network?: Network;
}
