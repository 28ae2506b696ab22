import { allocationRatios, capacityOf, type PerResource } from "../../../domain/capacity.ts";
import type {
  Aggregate,
  DataCenter,
  Flavor,
  Host,
  HostVm,
  Network,
  NumaCell,
  PciPool,
} from "../../../domain/data_center.ts";
import type { Demand } from "../../../domain/demand.ts";
import type { SiteRows } from "./reader.ts";
import type { AggregateRow, FlavorRow, HostRow, NetworkRow } from "./schema.ts";
import { WrongValue } from "./wrong_value.ts";

export interface ResolveOptions {
  /** Name of the site when the file gives none. */
  readonly datacenterName: string;
  /** The rack that a host's name tells, or null. */
  readonly rackOf: (hostName: string) => string | null;
  /** For hosts to which neither their aggregates nor the file give a ratio. */
  readonly allocationRatios: PerResource;
  readonly standbyPercent: PerResource;
}

/** Where Nova puts hosts whose aggregates name no zone. */
const DEFAULT_ZONE = "nova";

const MILLI_PER_VCPU = 1000;
const MIB_PER_GIB = 1024;
const KILO_PER_MEGA = 1000;

/**
 * Joins the rows of a file to a site. Throws `WrongValue` when a name or id that must be unique is there twice, or when
 * racks, clusters and rooms are no tree.
 */
export function resolve(rows: SiteRows, options: ResolveOptions): DataCenter {
  assertUnique(rows);
  const aggregatesOf = indexAggregates(rows.aggregates);
  const dataCenter: DataCenter = {
    name: rows.datacenter ?? options.datacenterName,
    flavors: rows.flavors.map(resolveFlavor),
    hosts: rows.hosts.map((row) => {
      const aggregates = aggregatesOf.get(row.name) ?? [];
      return resolveHost(row, { aggregates, ratios: withFile(options.allocationRatios, rows), options });
    }),
    aggregates: rows.aggregates.map(({ name, hosts, metadata }): Aggregate => ({ name, hosts, metadata })),
    network: resolveNetwork(rows.network),
  };
  assertTree(dataCenter);
  return dataCenter;
}

/** Hosts that an aggregate lists and the site does not have: aggregate to host names. */
export function strangers({ hosts, aggregates }: SiteRows): ReadonlyMap<string, readonly string[]> {
  const known = new Set(hosts.map(({ name }) => name));
  const unknown = aggregates.map((aggregate) =>
    [aggregate.name, aggregate.hosts.filter((host) => !known.has(host))] as const
  );
  return new Map(unknown.filter(([, names]) => names.length > 0));
}

function assertUnique({ flavors, hosts, aggregates }: SiteRows): void {
  const uuids = hosts.flatMap(({ vms }) => vms.map(({ uuid }) => uuid));
  const lists: readonly (readonly [string, readonly string[]])[] = [
    ["flavors[].name", flavors.map(({ name }) => name)],
    ["flavors[].flavor_id", flavors.map(({ flavor_id }) => flavor_id)],
    ["hosts[].name", hosts.map(({ name }) => name)],
    ["hosts[].vms[].uuid", uuids],
    ["aggregates[].name", aggregates.map(({ name }) => name)],
    ...hosts.map(({ name, numa = [] }) =>
      [`numa[].cell of host '${name}'`, numa.map(({ cell }) => String(cell))] as const
    ),
  ];
  for (const [path, values] of lists) {
    const seen = new Set<string>();
    for (const value of values) {
      if (seen.has(value)) throw new WrongValue(`${path}: '${value}' is there twice, wanted each once`);
      seen.add(value);
    }
  }
  if (hosts.length === 0) throw new WrongValue("hosts: Wanted a list of at least one host");
}

/** What is in what: the hosts of a narrower resource are all in the same wider one, or in none. */
const INSIDE = [["rack", "cluster"], ["rack", "room"], ["cluster", "room"]] as const;

function assertTree({ hosts }: DataCenter): void {
  for (const [narrow, wide] of INSIDE) {
    const found = new Map<string, string | null>();
    for (const host of hosts) {
      const [inner, outer = null] = [host[narrow], host[wide]];
      if (inner === null || inner === undefined) continue;
      const known = found.get(inner);
      if (known === undefined) found.set(inner, outer);
      else if (known !== outer) {
        const [one, other] = [known, outer].map((name) => name === null ? "none" : `'${name}'`);
        throw new WrongValue(
          `hosts[].${wide}: Hosts of ${narrow} '${inner}' are in ${one} and ${other}, wanted one`,
        );
      }
    }
  }
}

function indexAggregates(aggregates: readonly AggregateRow[]): ReadonlyMap<string, AggregateRow[]> {
  const index = new Map<string, AggregateRow[]>();
  for (const aggregate of aggregates) {
    for (const host of new Set(aggregate.hosts)) {
      const known = index.get(host);
      if (known) known.push(aggregate);
      else index.set(host, [aggregate]);
    }
  }
  return index;
}

function withFile(defaults: PerResource, { ratios }: SiteRows): PerResource {
  return {
    cpu: ratios.cpu ?? defaults.cpu,
    memory: ratios.ram ?? defaults.memory,
    disk: ratios.disk ?? defaults.disk,
  };
}

function resolveFlavor({ name, flavor_id, vcpus, ram_mb, disk_gb, extra_specs }: FlavorRow): Flavor {
  return { name, flavorId: flavor_id, demand: demandOf({ vcpus, ram_mb, disk_gb }), extraSpecs: extra_specs };
}

interface HostContext {
  readonly aggregates: readonly AggregateRow[];
  readonly ratios: PerResource;
  readonly options: ResolveOptions;
}

function resolveHost(row: HostRow, { aggregates, ratios, options }: HostContext): Host {
  const physical = demandOf(row);
  const zones = aggregates.map((aggregate) => aggregate.availability_zone ?? null);
  return {
    name: row.name,
    rack: row.rack ?? options.rackOf(row.name),
    cluster: row.cluster ?? null,
    room: row.room ?? null,
    availabilityZone: row.availability_zone ?? zones.find((zone) => zone !== null) ?? DEFAULT_ZONE,
    unusable: unusableReason(row.status),
    physical,
    capacity: capacityOf(physical, {
      ratios: allocationRatios(aggregates.map(({ metadata }) => metadata), ratios),
      standbyPercent: options.standbyPercent,
    }),
    used: demandOf({ vcpus: row.vcpus_used, ram_mb: row.ram_used_mb, disk_gb: row.disk_used_gb }),
    vms: row.vms.map((vm): HostVm => ({
      uuid: vm.uuid,
      demand: demandOf(vm),
      projectId: vm.project_id ?? null,
    })),
    traits: row.traits,
    numa: row.numa?.map(({ cell, vcpus, ram_mb }): NumaCell => ({
      cell,
      milliVcpu: vcpus * MILLI_PER_VCPU,
      memoryMib: ram_mb,
    })),
    pci: row.pci?.map(({ alias, count, cell }): PciPool => ({ alias, count, cell: cell ?? undefined })),
  };
}

function resolveNetwork({ nic_mbps, rack_uplink_mbps, cluster_uplink_mbps }: NetworkRow): Network {
  const kbps = (mbps: number | undefined) => mbps === undefined ? undefined : mbps * KILO_PER_MEGA;
  return {
    nicKbps: kbps(nic_mbps),
    rackUplinkKbps: kbps(rack_uplink_mbps),
    clusterUplinkKbps: kbps(cluster_uplink_mbps),
  };
}

/** The status of a host in use is absent, or what Nova calls a service that works: `enabled` or `up`. */
function unusableReason(status: string | null | undefined): string | null {
  if (status === null || status === undefined || status === "enabled" || status === "up") return null;
  return `The host's status is '${status}'`;
}

function demandOf(row: { vcpus: number; ram_mb: number; disk_gb: number }): Demand {
  return {
    milliVcpu: row.vcpus * MILLI_PER_VCPU,
    memoryMib: row.ram_mb,
    diskMib: row.disk_gb * MIB_PER_GIB,
  };
}
