import type { Occupancy } from "../model/occupancy.ts";
import { DIMENSIONS, LEVEL_COUNT, NOWHERE } from "../model/site.ts";
import type { Traffic } from "./traffic.ts";

const LAST_STAMP = 2 ** 31 - 1;

/**
 * The hosts that may take one node: a conjunction of restrictions, kept in stamped scratch arrays so that neither
 * making nor emptying a set touches every host.
 */
export class HostSet {
  /** By level: the only resource left, when a restriction names one, so that a scan can look there alone. */
  readonly within = new Int32Array(LEVEL_COUNT);
  readonly #occupancy: Occupancy;
  readonly #need = new Float64Array(DIMENSIONS);
  readonly #vcpu: Float64Array;
  readonly #memory: Float64Array;
  readonly #disk: Float64Array;
  #eligible: Uint8Array | null = null;
  #stamp = 0;
  #relational = false;
  /** By level: 1 when a host needs a resource of the level. */
  readonly #required = new Uint8Array(LEVEL_COUNT);
  readonly #blocked: readonly Int32Array[];
  readonly #allowed: (Set<number> | null)[] = [];
  readonly #unowned = new Uint8Array(LEVEL_COUNT);
  readonly #vacant = new Uint8Array(LEVEL_COUNT);
  readonly #tenanted: readonly Int32Array[];
  #traffic: Traffic | null = null;
  readonly #tests: ((host: number) => boolean)[] = [];

  constructor(occupancy: Occupancy) {
    this.#occupancy = occupancy;
    [this.#vcpu, this.#memory, this.#disk] = occupancy.free;
    const scratch = () => occupancy.site.levels.map((level) => new Int32Array(level.names.length));
    this.#blocked = scratch();
    this.#tenanted = scratch();
  }

  /** Makes the set hold every host. */
  reset(): void {
    if (this.#stamp === LAST_STAMP) {
      for (const array of [...this.#blocked, ...this.#tenanted]) array.fill(0);
      this.#stamp = 0;
    }
    this.#stamp++;
    this.#need.fill(-Infinity);
    this.#eligible = null;
    this.#traffic = null;
    this.#tests.length = 0;
    this.#relational = false;
    for (let level = 0; level < LEVEL_COUNT; level++) {
      this.#allowed[level] = null;
      this.within[level] = NOWHERE;
      this.#required[level] = this.#unowned[level] = this.#vacant[level] = 0;
    }
  }

  /** Keeps hosts with at least this much free in one dimension; nothing is taken of an overdrawn host, too. */
  requireFree(dimension: number, amount: number): void {
    this.#need[dimension] = amount > 0 ? amount : -Infinity;
  }

  /** Keeps the hosts marked with 1. */
  retain(hosts: Uint8Array): void {
    this.#eligible = hosts;
  }

  /** Drops hosts that have no resource of the level. */
  requireLevel(level: number): void {
    this.#required[level] = 1;
    this.#relational = true;
  }

  /** Drops the hosts of one resource. */
  block(level: number, resource: number): void {
    this.requireLevel(level);
    if (resource !== NOWHERE) this.#blocked[level][resource] = this.#stamp;
  }

  /** Keeps the hosts of these resources; of several calls for a level, the resources that all of them name. */
  retainWithin(level: number, resources: Iterable<number>): void {
    this.requireLevel(level);
    const before = this.#allowed[level];
    const allowed = new Set(resources);
    const both = before ? before.intersection(allowed) : allowed;
    this.#allowed[level] = both;
    this.within[level] = both.size === 1 ? [...both][0] : NOWHERE;
  }

  /** Drops the hosts of resources that an exclusivity group owns. */
  requireUnowned(level: number): void {
    if (this.#occupancy.groups.ownedResources[level] === 0) return;
    this.#unowned[level] = 1;
    this.#relational = true;
  }

  /** Keeps hosts of resources that are without any server or among `tenanted`. */
  requireVacant(level: number, tenanted: Iterable<number>): void {
    this.requireLevel(level);
    this.#vacant[level] = 1;
    for (const resource of tenanted) this.#tenanted[level][resource] = this.#stamp;
  }

  /** Keeps hosts from which the gathered traffic finds room on the links to it. */
  requireBandwidth(traffic: Traffic): void {
    this.#traffic = traffic;
    this.#relational = true;
  }

  /** Keeps hosts that pass a test of their own; tests come last. */
  require(test: (host: number) => boolean): void {
    this.#tests.push(test);
    this.#relational = true;
  }

  admits(host: number): boolean {
    return this.fits(host) && this.agrees(host);
  }

  /** The part of `admits` that looks at the host alone. */
  fits(host: number): boolean {
    const need = this.#need;
    return this.#vcpu[host] >= need[0] && this.#memory[host] >= need[1] && this.#disk[host] >= need[2] &&
      (this.#eligible === null || this.#eligible[host] === 1);
  }

  /** The other part, which looks at what is placed elsewhere and costs more. */
  agrees(host: number): boolean {
    return !this.#relational || this.#admitsRelations(host);
  }

  #admitsRelations(host: number): boolean {
    const { site, groups, servers } = this.#occupancy;
    for (let level = 0; level < LEVEL_COUNT; level++) {
      const resource = site.levels[level].ofHost[host];
      if (resource === NOWHERE) {
        if (this.#required[level] === 1) return false;
        continue;
      }
      if (this.#unowned[level] === 1 && groups.owners[level][resource] > 0) return false;
      if (this.#required[level] === 0) continue;
      if (this.#blocked[level][resource] === this.#stamp) return false;
      const allowed = this.#allowed[level];
      if (allowed !== null && !allowed.has(resource)) return false;
      const occupied = this.#vacant[level] === 1 && servers[level][resource] > 0;
      if (occupied && this.#tenanted[level][resource] !== this.#stamp) return false;
    }
    return (this.#traffic === null || this.#carries(this.#traffic, host)) &&
      this.#tests.every((passes) => passes(host));
  }

  #carries(traffic: Traffic, host: number): boolean {
    const { site, links } = this.#occupancy;
    for (const level of links.levels) {
      const resource = site.levels[level].ofHost[host];
      if (!links.limited[level] || resource === NOWHERE) continue;
      if (traffic.total - traffic.inside(level, resource) > links.free[level][resource]) return false;
    }
    return true;
  }
}
