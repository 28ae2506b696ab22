import { NOWHERE, type Site } from "./site.ts";

/**
 * Bandwidth that is free on the links of the site, in kbit/s. Every resource of a level has one link: a host to its
 * rack, a rack to its cluster, a cluster to the rest. A pipe takes from the links of both its ends at each level at
 * which they are in different resources.
 */
export class Links {
  /** By level, per resource; empty where no limit is known. */
  readonly free: readonly Float64Array[];
  /** Levels at which the site tells resources apart, and so has links. */
  readonly levels: readonly number[];
  /** By level: whether its links have a limit. */
  readonly limited: readonly boolean[];
  readonly #site: Site;
  readonly #limits: readonly number[];

  constructor(site: Site) {
    this.#site = site;
    const { nicKbps, rackUplinkKbps, clusterUplinkKbps } = site.network;
    this.#limits = [nicKbps, rackUplinkKbps, clusterUplinkKbps].map((limit) => limit ?? Infinity);
    this.limited = this.#limits.map((limit) => limit !== Infinity);
    this.levels = [...this.#limits.keys()].filter((level) => site.levels[level].names.length > 0);
    this.free = site.levels.map(({ names }, level) =>
      new Float64Array(this.limited[level] ? names.length : 0).fill(this.#limits[level])
    );
  }

  /** What every link of the level carries at most, in kbit/s; infinite without a limit. */
  limitOf(level: number): number {
    return this.#limits[level];
  }

  /** How many links lie between two hosts. */
  between(left: number, right: number): number {
    if (left === right) return 0;
    let links = 0;
    for (const level of this.levels) if (this.areApart(level, left, right)) links += 2;
    return links;
  }

  /** Reserves (`sign` 1) or gives back (−1) the bandwidth of a pipe between two hosts. */
  reserve(left: number, right: number, { kbps, sign }: { kbps: number; sign: 1 | -1 }): void {
    if (left === right) return;
    for (const level of this.levels) {
      if (!this.limited[level] || !this.areApart(level, left, right)) continue;
      const { ofHost } = this.#site.levels[level];
      for (const resource of [ofHost[left], ofHost[right]]) {
        if (resource !== NOWHERE) this.free[level][resource] -= sign * kbps;
      }
    }
  }

  /** Whether two hosts are in different resources of a level; those without one are by themselves there. */
  areApart(level: number, left: number, right: number): boolean {
    const { ofHost } = this.#site.levels[level];
    return ofHost[left] !== ofHost[right] || ofHost[left] === NOWHERE;
  }
}
