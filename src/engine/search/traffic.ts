import type { Occupancy } from "../model/occupancy.ts";
import { NOWHERE } from "../model/site.ts";
import type { Node } from "./node.ts";

/**
 * The bandwidth between one node and its placed peers, by where they are, in stamped scratch arrays: gathering costs
 * the node's pipes, and no host is touched.
 */
export class Traffic {
  /** In kbit/s. */
  total = 0;
  readonly #occupancy: Occupancy;
  readonly #hostOf: Int32Array;
  readonly #inside: readonly Float64Array[];
  readonly #stamps: readonly Int32Array[];
  /** By level, resources with a peer; as many as are counted, as emptying a list costs more than counting anew. */
  readonly #touched: number[][];
  readonly #counts: Int32Array;
  /** The levels with links, with what every host is scored by side by side. */
  readonly #linked: readonly {
    readonly ofHost: Int32Array;
    readonly stamps: Int32Array;
    readonly kbps: Float64Array;
  }[];
  #stamp = 0;

  constructor(occupancy: Occupancy, hostOf: Int32Array) {
    this.#occupancy = occupancy;
    this.#hostOf = hostOf;
    const { levels } = occupancy.site;
    this.#inside = levels.map(({ names }) => new Float64Array(names.length));
    this.#stamps = levels.map(({ names }) => new Int32Array(names.length));
    this.#touched = levels.map(() => []);
    this.#counts = new Int32Array(levels.length);
    this.#linked = occupancy.links.levels.map((level) => ({
      ofHost: levels[level].ofHost,
      stamps: this.#stamps[level],
      kbps: this.#inside[level],
    }));
  }

  /** Looks at the pipes of a node. */
  gather({ pipes }: Node): void {
    this.#begin();
    for (const { peer, host, kbps } of pipes) this.#count(peer ? this.#hostOf[peer.index] : host, kbps);
  }

  /** Takes these nodes for peers with one kbit/s each, as far as they are placed. */
  gatherAll(nodes: readonly Node[]): void {
    this.#begin();
    for (const { index } of nodes) this.#count(this.#hostOf[index], 1);
  }

  #begin(): void {
    this.#stamp++;
    this.total = 0;
    this.#counts.fill(0);
  }

  #count(host: number, kbps: number): void {
    if (host === NOWHERE) return;
    this.total += kbps;
    const { levels } = this.#occupancy.site;
    for (let level = 0; level < levels.length; level++) {
      const resource = levels[level].ofHost[host];
      if (resource !== NOWHERE) this.#add(level, resource, kbps);
    }
  }

  #add(level: number, resource: number, kbps: number): void {
    if (this.#stamps[level][resource] !== this.#stamp) {
      this.#stamps[level][resource] = this.#stamp;
      this.#inside[level][resource] = 0;
      this.#touched[level][this.#counts[level]++] = resource;
    }
    this.#inside[level][resource] += kbps;
  }

  /** Bandwidth to peers inside a resource. */
  inside(level: number, resource: number): number {
    return resource !== NOWHERE && this.#stamps[level][resource] === this.#stamp
      ? this.#inside[level][resource]
      : 0;
  }

  /** Resources of the level that hold peers. */
  peersAt(level: number): readonly number[] {
    return this.#touched[level].slice(0, this.#counts[level]);
  }

  /** Bandwidth times links, if the node were on this host. */
  cost(host: number): number {
    return this.#costAbove(host, 0);
  }

  /** The same for a host beside this one that shares every link but its own, and has no peer. */
  costBeside(host: number): number {
    return this.#costAbove(host, 1);
  }

  /** With what is inside its resources, from a position of the linked levels on. */
  #costAbove(host: number, first: number): number {
    let inside = 0;
    for (let position = first; position < this.#linked.length; position++) {
      const { ofHost, stamps, kbps } = this.#linked[position];
      const resource = ofHost[host];
      if (resource !== NOWHERE && stamps[resource] === this.#stamp) inside += kbps[resource];
    }
    return 2 * (this.#linked.length * this.total - inside);
  }
}
