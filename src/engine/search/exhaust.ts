import { NOWHERE } from "../model/site.ts";
import { compareMeasures, type Objective } from "../objective/objective.ts";
import type { Candidates } from "./candidates.ts";
import type { Node } from "./node.ts";
import type { State } from "./state.ts";

export interface ExhaustOptions {
  readonly objective: Objective;
  readonly candidates: Candidates;
  readonly exhausted: () => boolean;
}

/**
 * Branch and bound over everything that a small request allows, below a finished state that is the first incumbent.
 * Every criterion but the last can only get worse as more nodes are placed, so that a part that is worse than the
 * incumbent needs no look at the rest.
 */
export class Exhaustion {
  readonly #state: State;
  readonly #options: ExhaustOptions;
  #best: readonly number[];
  #hosts: Int32Array;

  constructor(state: State, options: ExhaustOptions) {
    this.#state = state;
    this.#options = options;
    this.#best = options.objective.measure();
    this.#hosts = state.hostOf.slice();
  }

  /** Leaves the best state; its measures, and whether everything was looked at. */
  run(): { readonly measures: readonly number[]; readonly complete: boolean } {
    const { nodes } = this.#state;
    for (const node of nodes) this.#state.lift(node);
    this.#branch(nodes.length);
    const complete = !this.#options.exhausted();
    for (const node of nodes) this.#state.drop(node, this.#hosts[node.index]);
    return { measures: this.#best, complete };
  }

  #branch(left: number): void {
    const measures = this.#options.objective.measure();
    if (left === 0) {
      if (compareMeasures(measures, this.#best) >= 0) return;
      this.#best = measures;
      this.#hosts = this.#state.hostOf.slice();
      return;
    }
    if (this.#isWorse(measures) || this.#options.exhausted()) return;
    const { node, hosts } = this.#tightest();
    for (const host of hosts) {
      this.#state.drop(node, host);
      this.#branch(left - 1);
      this.#state.lift(node);
    }
  }

  /** The last criterion only breaks ties, and may get better again. */
  #isWorse(measures: readonly number[]): boolean {
    return compareMeasures(measures.slice(0, -1), this.#best) > 0;
  }

  #tightest(): { node: Node; hosts: readonly number[] } {
    let tightest: { node: Node; hosts: readonly number[] } | null = null;
    for (const node of this.#state.nodes) {
      if (this.#state.hostOf[node.index] !== NOWHERE) continue;
      const hosts = this.#options.candidates.all(node);
      if (tightest === null || hosts.length < tightest.hosts.length) tightest = { node, hosts };
      if (hosts.length === 0) break;
    }
    return tightest!;
  }
}
