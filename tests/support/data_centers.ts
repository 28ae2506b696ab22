/** Rows of a data-centre file, as an operator writes them. */
export interface HostRow {
  readonly name: string;
  readonly rack?: string;
  readonly cluster?: string;
  readonly availability_zone?: string;
  readonly status?: string;
  readonly vcpus: number;
  readonly vcpus_used: number;
  readonly ram_mb: number;
  readonly ram_used_mb: number;
  readonly disk_gb: number;
  readonly disk_used_gb: number;
  readonly vms: readonly VmRow[];
}

export interface VmRow {
  readonly uuid: string;
  readonly vcpus: number;
  readonly ram_mb: number;
  readonly disk_gb: number;
  readonly project_id?: string;
}

export interface FlavorRow {
  readonly name: string;
  readonly flavor_id: string;
  readonly vcpus: number;
  readonly ram_mb: number;
  readonly disk_gb: number;
  readonly extra_specs?: Readonly<Record<string, string>>;
}

export interface AggregateRow {
  readonly name: string;
  readonly availability_zone?: string;
  readonly hosts: readonly string[];
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface DataCenterFile {
  readonly datacenter: string;
  readonly allocation_ratios: { readonly cpu: number; readonly ram: number; readonly disk: number };
  readonly flavors: readonly FlavorRow[];
  readonly hosts: readonly HostRow[];
  readonly aggregates: readonly AggregateRow[];
}

export interface DataCenterOptions {
  readonly racks?: number;
  readonly hostsPerRack?: number;
  /** Amounts of every host. */
  readonly vcpus?: number;
  readonly ramMb?: number;
  readonly diskGb?: number;
  /** Racks are dealt out to these zones in turn; none leaves all in Nova's default zone. */
  readonly zones?: readonly string[];
  readonly flavors?: readonly FlavorRow[];
  readonly aggregates?: readonly AggregateRow[];
  /** Servers that run already, by host name; the host's used amounts are their sums. */
  readonly vms?: Readonly<Record<string, readonly VmRow[]>>;
  /** Other changes to single hosts, by name. */
  readonly hosts?: Readonly<Record<string, Partial<HostRow>>>;
}

/** OpenStack's classic flavors. */
const CLASSIC_FLAVORS: readonly FlavorRow[] = [
  { name: "m1.tiny", flavor_id: "1", vcpus: 1, ram_mb: 512, disk_gb: 1 },
  { name: "m1.small", flavor_id: "2", vcpus: 1, ram_mb: 2048, disk_gb: 20 },
  { name: "m1.medium", flavor_id: "3", vcpus: 2, ram_mb: 4096, disk_gb: 40 },
  { name: "m1.large", flavor_id: "4", vcpus: 4, ram_mb: 8192, disk_gb: 80 },
  { name: "m1.xlarge", flavor_id: "5", vcpus: 8, ram_mb: 16384, disk_gb: 160 },
];

/** Name of a host by the naming convention: `tst01r02c003` is the third host of the second rack. */
export function hostName(rack: number, host: number): string {
  return `tst01r${String(rack).padStart(2, "0")}c${String(host).padStart(3, "0")}`;
}

/**
 * A data centre of equal hosts: 3 racks of 4 unless told otherwise, each host with 16 vCPU, 32 GiB of memory and 400
 * GB of disk, allocation ratios 1, and the classic flavors.
 */
export function dataCenterFile(options: DataCenterOptions = {}): DataCenterFile {
  const { racks = 3, hostsPerRack = 4, flavors = CLASSIC_FLAVORS, aggregates = [] } = options;
  const hosts: HostRow[] = [];
  for (let rack = 1; rack <= racks; rack++) {
    for (let host = 1; host <= hostsPerRack; host++) hosts.push(hostRow({ rack, host }, options));
  }
  return {
    datacenter: "test",
    allocation_ratios: { cpu: 1, ram: 1, disk: 1 },
    flavors,
    hosts,
    aggregates,
  };
}

function hostRow({ rack, host }: { rack: number; host: number }, options: DataCenterOptions): HostRow {
  const { vcpus = 16, ramMb = 32_768, diskGb = 400, zones = [] } = options;
  const name = hostName(rack, host);
  const vms = options.vms?.[name] ?? [];
  const total = (amount: (vm: VmRow) => number) => vms.reduce((sum, vm) => sum + amount(vm), 0);
  return {
    name,
    ...(zones.length > 0 ? { availability_zone: zones[(rack - 1) % zones.length] } : {}),
    vcpus,
    vcpus_used: total((vm) => vm.vcpus),
    ram_mb: ramMb,
    ram_used_mb: total((vm) => vm.ram_mb),
    disk_gb: diskGb,
    disk_used_gb: total((vm) => vm.disk_gb),
    vms,
    ...options.hosts?.[name],
  };
}
