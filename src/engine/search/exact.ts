import { NOWHERE } from "../model/site.ts";
import type { Candidates } from "./candidates.ts";
import type { Node } from "./node.ts";
import { hasRoomInSum } from "./room_in_sum.ts";
import type { State } from "./state.ts";

export interface ExactOptions {
  readonly candidates: Candidates;
  readonly exhausted: () => boolean;
}

/**
 * Complete search for small requests: depth first, the node with the fewest hosts next. Nodes that are alike are
 * placed on hosts in ascending order only, which leaves one of each set of mirrored placements.
 */
export class ExactSearch {
  readonly #state: State;
  readonly #options: ExactOptions;
  readonly #twins: readonly (readonly Node[])[];

  constructor(state: State, options: ExactOptions) {
    this.#state = state;
    this.#options = options;
    this.#twins = twinsOf(state.nodes);
  }

  /** True with all nodes placed; false when that is impossible, or when the search was exhausted. */
  run(): boolean {
    if (this.#options.exhausted() || !hasRoomInSum(this.#state)) return false;
    const next = this.#tightest();
    if (next === null) return true;
    const mark = this.#state.mark;
    for (const host of next.hosts) {
      this.#state.place(next.node, host);
      if (this.run()) return true;
      this.#state.undoTo(mark);
    }
    return false;
  }

  /** The unplaced node with the fewest hosts left, or null when all are placed. */
  #tightest(): { node: Node; hosts: number[] } | null {
    let tightest: { node: Node; hosts: number[] } | null = null;
    for (const node of this.#state.nodes) {
      if (this.#state.hostOf[node.index] !== NOWHERE) continue;
      const hosts = this.#options.candidates.all(node).filter((host) => this.#inOrder(node, host));
      if (tightest === null || hosts.length < tightest.hosts.length) tightest = { node, hosts };
      if (hosts.length === 0) break;
    }
    return tightest;
  }

  #inOrder(node: Node, host: number): boolean {
    return this.#twins[node.index].every((twin) => {
      const placed = this.#state.hostOf[twin.index];
      return placed === NOWHERE || (twin.index < node.index ? placed <= host : host <= placed);
    });
  }
}

/** Other nodes that any placement could swap with each node. */
function twinsOf(nodes: readonly Node[]): Node[][] {
  return nodes.map((node) => nodes.filter((other) => other !== node && areTwins(node, other)));
}

function areTwins(left: Node, right: Node): boolean {
  if (left.standing || right.standing || left.counted.length > 0 || right.counted.length > 0) return false;
  if (left.pipes.length > 0 || right.pipes.length > 0) return false;
  return sameItems(left.need, right.need) && sameItems(left.largest, right.largest) &&
    left.servers.length === right.servers.length && sameItems(left.zones, right.zones) &&
    JSON.stringify(left.extraSpecs) === JSON.stringify(right.extraSpecs) &&
    JSON.stringify(left.traits) === JSON.stringify(right.traits) &&
    sameItems(left.hardware, right.hardware) &&
    sameItems(left.hostLists, right.hostLists) && sameItems(left.exclusive, right.exclusive) &&
    sameItems(left.classes, right.classes) && sameNamed(left, right) && sameRules(left, right);
}

function sameItems(left: readonly unknown[], right: readonly unknown[]): boolean {
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

function sameNamed(left: Node, right: Node): boolean {
  const text = (node: Node) =>
    JSON.stringify(node.named.map(({ type, level, elsewhere }) => [type, level, [...elsewhere]]));
  return text(left) === text(right);
}

/** Nodes swap in a rule when each is a unit of its own. */
function sameRules(left: Node, right: Node): boolean {
  const alone = ({ rule, unit }: Node["diversity"][number]) =>
    rule.units[unit].length === 1 && rule.fixed.every((fixed) => fixed.unit !== unit);
  return left.diversity.length === right.diversity.length &&
    left.diversity.every((own, index) => {
      const other = right.diversity[index];
      return own.rule === other.rule && alone(own) && alone(other);
    });
}
