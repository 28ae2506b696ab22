import type { Occupancy } from "../model/occupancy.ts";
import { type Amounts, DIMENSIONS, NOWHERE } from "../model/site.ts";
import type { Node } from "./node.ts";

/** Above every sum of shares, so that waking a host weighs more than any fit. */
const WAKING = 1e6;

/** How scarce each dimension is for a request: its share of what is free, scaled to the size of an average host. */
export function scarcity(nodes: readonly Node[], occupancy: Occupancy): Amounts {
  return [0, 1, 2].map((dimension) => {
    const wanted = nodes.reduce((sum, node) => sum + node.need[dimension], 0);
    const free = occupancy.freeTotal[dimension];
    return free > 0 ? (wanted / free) * (occupancy.site.size / free) : 0;
  }) as unknown as Amounts;
}

/** Orders the hosts that may take a node: the lowest score is taken. */
export class Preference {
  readonly #occupancy: Occupancy;
  readonly #weights: Amounts;
  readonly #vcpu: Float64Array;
  readonly #memory: Float64Array;
  readonly #disk: Float64Array;
  readonly #servers: Int32Array;
  /** Whether nodes of wider diversity rules go to the emptiest resources instead of the fullest. */
  readonly #spreading: boolean;

  constructor(occupancy: Occupancy, { weights, spreading }: { weights: Amounts; spreading: boolean }) {
    this.#occupancy = occupancy;
    this.#weights = weights;
    [this.#vcpu, this.#memory, this.#disk] = occupancy.free;
    this.#servers = occupancy.servers[0];
    this.#spreading = spreading;
  }

  /** Hosts that run something first, then the one that the node fills best. */
  score(node: Node, host: number): number {
    const { need } = node;
    const weights = this.#weights;
    const left = (this.#vcpu[host] - need[0]) * weights[0] + (this.#memory[host] - need[1]) * weights[1] +
      (this.#disk[host] - need[2]) * weights[2];
    const score = this.#servers[host] > 0 ? left : left + WAKING;
    return this.#spreading ? score - this.#room(node, host) : score;
  }

  /** Size of a demand in shares of what is scarce. */
  weigh(need: Amounts): number {
    return need[0] * this.#weights[0] + need[1] * this.#weights[1] + need[2] * this.#weights[2];
  }

  /** Free amounts of one resource of a level above host. */
  freeWithin(level: number, resource: number): number {
    const sums = this.#occupancy.freeSums[level];
    let free = 0;
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      free += sums[dimension][resource] * this.#weights[dimension];
    }
    return free;
  }

  #room(node: Node, host: number): number {
    for (const { rule } of node.diversity) {
      if (rule.level === 0) continue;
      const resource = this.#occupancy.site.levels[rule.level].ofHost[host];
      if (resource !== NOWHERE) return this.freeWithin(rule.level, resource) * 2 * WAKING;
    }
    return 0;
  }
}
