import type { Objective } from "../objective/objective.ts";
import { NOWHERE } from "../model/site.ts";
import type { Candidates } from "./candidates.ts";
import type { Node } from "./node.ts";
import type { Preference } from "./preference.ts";
import type { State } from "./state.ts";

/** Nodes that are freed at once. */
const MOST_FREED = 16;

export interface ImproveOptions {
  readonly objective: Objective;
  readonly candidates: Candidates;
  readonly preference: Preference;
  readonly random: () => number;
  /** Whether the search has used up what it may. */
  readonly exhausted: () => boolean;
  /** Whether nothing can be better. */
  readonly isOptimal: (measures: readonly number[]) => boolean;
}

/**
 * Large-neighbourhood search (Shaw, CP 1998) on a finished state: frees a few nodes that have to do with each other,
 * places them anew, and keeps what is not worse.
 */
export class Improvement {
  readonly #state: State;
  readonly #options: ImproveOptions;
  readonly #movable: readonly Node[];

  constructor(state: State, options: ImproveOptions) {
    this.#state = state;
    this.#options = options;
    this.#movable = state.nodes.filter(({ standing }) => !standing?.only);
  }

  /** Leaves the best state found; its measures. */
  run(): readonly number[] {
    const { objective, isOptimal, exhausted } = this.#options;
    let best: readonly number[] = objective.measure();
    if (this.#movable.length === 0) return best;
    while (!isOptimal(best) && !exhausted()) {
      const freed = this.#neighbourhood();
      const before = freed.map(({ index }) => this.#state.hostOf[index]);
      for (const node of freed) this.#state.lift(node);
      const measures = this.#placeAll(freed) ? objective.measureUnlessWorse(best) : null;
      if (measures !== null) best = measures;
      else this.#restore(freed, before);
    }
    return best;
  }

  #placeAll(freed: readonly Node[]): boolean {
    const { candidates, preference } = this.#options;
    for (const node of this.#shuffled(freed)) {
      const host = candidates.best(node, preference);
      if (host === NOWHERE) return false;
      this.#state.drop(node, host);
    }
    return true;
  }

  #restore(freed: readonly Node[], hosts: readonly number[]): void {
    for (const node of freed) if (this.#state.hostOf[node.index] !== NOWHERE) this.#state.lift(node);
    freed.forEach((node, position) => this.#state.drop(node, hosts[position]));
  }

  /** A few nodes around one that is drawn: its peers, what shares its host or its rack, or any others. */
  #neighbourhood(): Node[] {
    const { random } = this.#options;
    const seed = this.#drawn();
    const draw = random();
    const related = draw < 0.4 && seed.pipes.length > 0
      ? seed.pipes.flatMap(({ peer }) => peer && !peer.standing?.only ? [peer] : [])
      : draw < 0.9
      ? this.#movable.filter((node) => this.#isNear(node, seed, draw < 0.65 ? 0 : 1))
      : this.#movable;
    const few = this.#shuffled([...new Set(related)]).slice(0, MOST_FREED - 1);
    return [...new Set([seed, ...few, ...this.#companions([seed, ...few])])];
  }

  #drawn(): Node {
    return this.#movable[Math.floor(this.#options.random() * this.#movable.length)];
  }

  #isNear(node: Node, seed: Node, level: number): boolean {
    const { hostOf, occupancy: { site } } = this.#state;
    const { ofHost } = site.levels[level];
    const place = ofHost[hostOf[seed.index]];
    return place === NOWHERE
      ? hostOf[node.index] === hostOf[seed.index]
      : ofHost[hostOf[node.index]] === place;
  }

  /** What an affinity class leaves no choice without: its other nodes. */
  #companions(nodes: readonly Node[]): Node[] {
    if (this.#options.random() < 0.5) return [];
    return nodes.flatMap(({ classes }) => classes.flatMap((shared) => shared.nodes))
      .filter(({ standing }) => !standing?.only);
  }

  #shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = Math.floor(this.#options.random() * (last + 1));
      [result[last], result[other]] = [result[other], result[last]];
    }
    return result;
  }
}
