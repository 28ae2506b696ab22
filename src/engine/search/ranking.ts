import type { Amounts } from "../model/site.ts";
import type { Block } from "./blocks.ts";
import type { Candidates } from "./candidates.ts";
import type { Node } from "./node.ts";

/** The order in which blocks are placed, learning from the nodes that found no host. */
export interface Ranking {
  readonly rank: (block: Block) => number;
  /** Moves the blocks of a failed node, and a little at random all others, further to the front or back. */
  blame(node: Node): void;
}

/**
 * Most constrained first: large demand, few hosts, wide separation. As long as nothing has failed, nodes that can stay
 * as they are come before all others, which then leave them their room.
 */
export function rankingOf(
  { weights, candidates, random }: { weights: Amounts; candidates: Candidates; random: () => number },
): Ranking {
  const blames = new Map<Node, number>();
  const jitter = new Map<Node, number>();
  const hardness = new Map<Node, number>();
  let noisy = false;
  const hard = (node: Node): number => {
    let value = hardness.get(node);
    if (value === undefined) {
      value = hardnessOf(node, { weights, eligible: candidates.eligibleCount(node) });
      hardness.set(node, value);
    }
    return value;
  };
  const nodeRank = (node: Node): number => {
    if (!noisy) return node.standing?.lasting ? Infinity : hard(node);
    let factor = jitter.get(node);
    if (factor === undefined) {
      factor = 0.7 + 0.6 * random();
      jitter.set(node, factor);
    }
    return hard(node) * factor * (1 + (blames.get(node) ?? 0));
  };
  const rank = (block: Block): number =>
    block.node ? nodeRank(block.node) : block.parts.reduce((sum, part) => sum + rank(part), 0);
  return {
    rank,
    blame: (node) => {
      blames.set(node, (blames.get(node) ?? 0) + 1);
      jitter.clear();
      noisy = true;
    },
  };
}

function hardnessOf(node: Node, { weights, eligible }: { weights: Amounts; eligible: number }): number {
  const size = node.need[0] * weights[0] + node.need[1] * weights[1] + node.need[2] * weights[2];
  const separated = node.diversity.reduce(
    (sum, { rule }) => sum + (rule.level + 1) * Math.min(rule.units.length, 8),
    0,
  );
  const bound = node.exclusive.some((presence) => presence !== null) ? 4 : 1;
  return (size + Number.MIN_VALUE) * (1 + separated / 8) * bound / Math.sqrt(Math.max(1, eligible));
}
