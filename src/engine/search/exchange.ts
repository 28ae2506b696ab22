import { DIMENSIONS, NOWHERE } from "../model/site.ts";
import type { Candidates } from "./candidates.ts";
import type { Node } from "./node.ts";
import type { State } from "./state.ts";

/** Steps that a try counts for: what it costs beside a look at a host. */
const STEPS_PER_TRY = 24;
/** More tries do not better what the first of them find. */
const MOST_TRIES_PER_NODE = 400;
/** At first a try may make things worse by a few pipes. */
const PIPES_WORSE = 6;
/** How often a host is drawn to find one that is not the node's own. */
const DRAWS = 4;
/** Share of the tries that look where any node is, and up to which share they look where a peer is. */
const ANYWHERE = 0.05;
const AT_PEER = 0.85;
const RACK = 1;

export interface ExchangeOptions {
  readonly candidates: Candidates;
  readonly random: () => number;
  /** Steps that may be taken. */
  readonly steps: number;
  /** Whether to stop: so little bandwidth is the least there is, or no time is left. */
  readonly isDone: (bandwidth: number) => boolean;
}

/**
 * Lessens the bandwidth of a finished state: moves nodes to their peers, or lets two change places, as long as that
 * makes it no worse than a threshold allows that falls to nothing (threshold accepting; Dueck and Scheuer, Journal of
 * Computational Physics 1990). A try looks at one or two hosts, so that far more are made than of larger steps.
 */
export class Exchange {
  readonly #state: State;
  readonly #options: ExchangeOptions;
  readonly #movable: readonly Node[];
  #threshold = 0;

  constructor(state: State, options: ExchangeOptions) {
    this.#state = state;
    this.#options = options;
    this.#movable = state.nodes.filter((node) => node.pipes.length > 0 && isFree(node));
  }

  /** Leaves the best state found. */
  run(): void {
    const state = this.#state;
    const tries = Math.min(
      Math.floor(this.#options.steps / STEPS_PER_TRY),
      MOST_TRIES_PER_NODE * this.#movable.length,
    );
    const most = PIPES_WORSE * meanKbps(this.#movable);
    let best = state.bandwidth;
    let hosts = state.hostOf.slice();
    for (let left = tries; left > 0 && !this.#options.isDone(best); left--) {
      this.#threshold = most * left / tries;
      state.steps += STEPS_PER_TRY;
      this.#try();
      if (state.bandwidth < best) {
        best = state.bandwidth;
        hosts = state.hostOf.slice();
      }
    }
    const moved = state.nodes.filter(({ index }) => hosts[index] !== state.hostOf[index]);
    for (const node of moved) state.lift(node);
    for (const node of moved) state.drop(node, hosts[node.index]);
  }

  #try(): void {
    const node = this.#drawn(this.#movable);
    const home = this.#state.hostOf[node.index];
    const target = this.#target(node, home);
    if (target === home) return;
    const near = this.#keptApart(node, target);
    if (near === null && this.#hasRoom(target, node, null)) return this.#move(node, target);
    const other = near ?? this.#drawnOn(target);
    if (other && isFree(other)) this.#swap(node, other);
  }

  /** Where a peer is, or a host in its rack, or where any other node is. */
  #target(node: Node, home: number): number {
    const { hostOf, occupancy: { site: { levels } } } = this.#state;
    const draw = this.#options.random();
    for (let attempt = 0; attempt < DRAWS; attempt++) {
      const end = draw < ANYWHERE
        ? { peer: this.#drawn(this.#movable), host: NOWHERE }
        : this.#drawn(node.pipes);
      const near = end.peer ? hostOf[end.peer.index] : end.host;
      if (near === home) continue;
      const rack = draw < AT_PEER ? NOWHERE : levels[RACK].ofHost[near];
      return rack === NOWHERE ? near : this.#drawn(levels[RACK].hosts[rack]);
    }
    return home;
  }

  #move(node: Node, target: number): void {
    const home = this.#state.hostOf[node.index];
    if (this.#change(node, target) > this.#threshold) return;
    this.#state.lift(node);
    const fits = this.#options.candidates.admits(node, target);
    this.#state.drop(node, fits ? target : home);
  }

  /** Whether a host has room for one node when another has left it. */
  #hasRoom(host: number, { need }: Node, leaving: Node | null): boolean {
    const { free } = this.#state.occupancy;
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      const left = free[dimension][host] + (leaving ? leaving.need[dimension] : 0);
      if (left < need[dimension]) return false;
    }
    return true;
  }

  /** What the bandwidth would grow by if a node went to another host. */
  #change(node: Node, target: number): number {
    const { traffic, hostOf } = this.#state;
    traffic.gather(node);
    return traffic.cost(target) - traffic.cost(hostOf[node.index]);
  }

  /** Lets two nodes change places unless that is worse than the threshold or against a rule. */
  #swap(node: Node, other: Node): void {
    const state = this.#state;
    const [home, place] = [state.hostOf[node.index], state.hostOf[other.index]];
    if (home === place || !this.#hasRoom(place, node, other) || !this.#hasRoom(home, other, node)) return;
    // A pipe between the two makes this too small, and never too large.
    if (this.#change(node, place) + this.#change(other, home) > this.#threshold) return;
    const before = state.bandwidth;
    state.lift(node);
    state.lift(other);
    const isPlaced = this.#dropped(node, place) && (this.#dropped(other, home) || this.#lifted(node));
    if (isPlaced && state.bandwidth - before <= this.#threshold) return;
    if (isPlaced) [node, other].forEach((each) => state.lift(each));
    state.drop(node, home);
    state.drop(other, place);
  }

  /** Puts a lifted node on a host if that may take it; whether it does. */
  #dropped(node: Node, host: number): boolean {
    const fits = this.#options.candidates.admits(node, host);
    if (fits) this.#state.drop(node, host);
    return fits;
  }

  #lifted(node: Node): false {
    this.#state.lift(node);
    return false;
  }

  /** A node near a host that a rule keeps another one apart from, or null. */
  #keptApart({ diversity }: Node, target: number): Node | null {
    const { hostOf, occupancy: { site } } = this.#state;
    for (const { rule: { level, units }, unit } of diversity) {
      const { ofHost } = site.levels[level];
      for (let number = 0; number < units.length; number++) {
        if (number === unit) continue;
        for (const other of units[number]) {
          if (ofHost[hostOf[other.index]] === ofHost[target]) return other;
        }
      }
    }
    return null;
  }

  /** A node on a host, or null. */
  #drawnOn(host: number): Node | null {
    const { hostOf } = this.#state;
    const { length } = this.#movable;
    const from = Math.floor(this.#options.random() * length);
    for (let offset = 0; offset < length; offset++) {
      const node = this.#movable[(from + offset) % length];
      if (hostOf[node.index] === host) return node;
    }
    return null;
  }

  #drawn<T>(items: ArrayLike<T>): T {
    return items[Math.floor(this.#options.random() * items.length)];
  }
}

/** Whether a node may go elsewhere without a say of what comes before bandwidth. */
function isFree({ standing, counted, soft }: Node): boolean {
  return standing === null && counted.length === 0 && soft.length === 0;
}

function meanKbps(nodes: readonly Node[]): number {
  const all = nodes.flatMap(({ pipes }) => pipes.map(({ kbps }) => kbps));
  return all.reduce((sum, kbps) => sum + kbps, 0) / Math.max(1, all.length);
}
