import { type Amounts, amountsOf, DIMENSIONS, NOWHERE, type Site } from "./site.ts";
import { Groups } from "./groups.ts";
import { Hardware } from "./hardware.ts";
import { Links } from "./links.ts";

/** What is free and what runs where: changed in place, each change undone exactly by its opposite. */
export class Occupancy {
  /** By dimension, per host; negative where more is promised than there is. */
  readonly free: readonly Float64Array[];
  /** By level above host, then dimension, per resource: free amounts of its usable hosts, overfull ones as 0. */
  readonly freeSums: readonly (readonly Float64Array[])[];
  /** By dimension: the same for the whole site. */
  readonly freeTotal = new Float64Array(DIMENSIONS);
  /** By level, per resource: servers there, whoever owns them. */
  readonly servers: readonly Int32Array[];
  readonly groups: Groups;
  readonly links: Links;
  readonly hardware: Hardware;

  constructor(readonly site: Site) {
    this.groups = new Groups(site);
    this.links = new Links(site);
    this.hardware = new Hardware(site);
    this.servers = site.levels.map((level) => new Int32Array(level.names.length));
    this.free = Array.from({ length: DIMENSIONS }, () => new Float64Array(site.size));
    this.freeSums = site.levels.map((level, rank) =>
      Array.from({ length: DIMENSIONS }, () => new Float64Array(rank === 0 ? 0 : level.names.length))
    );
    site.hosts.forEach((host, index) => {
      this.load(index, amountsOf(host.capacity), -1);
      this.load(index, amountsOf(host.used), 1);
      this.#count(index, reportedServers(host));
    });
  }

  /** Takes (`sign` 1) or gives back (−1) amounts on a host. */
  load(host: number, amounts: Amounts, sign: 1 | -1): void {
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      const free = this.free[dimension];
      const before = free[host];
      const after = before - sign * amounts[dimension];
      free[host] = after;
      if (this.site.usable[host]) this.#sum(host, dimension, Math.max(0, after) - Math.max(0, before));
    }
  }

  /** Puts (`sign` 1) a number of servers with their demand on a host, or takes them off (−1). */
  place(host: number, amounts: Amounts, { servers, sign }: { servers: number; sign: 1 | -1 }): void {
    this.load(host, amounts, sign);
    this.#count(host, sign * servers);
  }

  #count(host: number, change: number): void {
    if (change === 0) return;
    for (let level = 0; level < this.servers.length; level++) {
      const resource = this.site.levels[level].ofHost[host];
      if (resource !== NOWHERE) this.servers[level][resource] += change;
    }
  }

  #sum(host: number, dimension: number, change: number): void {
    this.freeTotal[dimension] += change;
    for (let level = 1; level < this.freeSums.length; level++) {
      const resource = this.site.levels[level].ofHost[host];
      if (resource !== NOWHERE) this.freeSums[level][dimension][resource] += change;
    }
  }
}

/** A host that lists no server but reports vCPUs in use has at least one. */
function reportedServers(host: Site["hosts"][number]): number {
  return host.vms.length > 0 ? host.vms.length : host.used.milliVcpu > 0 ? 1 : 0;
}
