import { DIMENSIONS } from "../model/site.ts";
import type { AffinityClass, Node } from "./node.ts";

/** What is placed in one go: a node, or an affinity class with everything in it. */
export type Block =
  | { readonly node: Node; readonly shared: null; readonly parts: readonly []; readonly need: Float64Array }
  | {
    readonly node: null;
    readonly shared: AffinityClass;
    readonly parts: readonly Block[];
    readonly need: Float64Array;
  };

/** The nodes as blocks, each node in its widest affinity class. */
export function blocksOf(nodes: readonly Node[], level = Infinity): Block[] {
  const taken = new Set<AffinityClass>();
  const blocks: Block[] = [];
  for (const node of nodes) {
    const shared = widestBelow(node, level);
    if (shared === null) blocks.push({ node, shared: null, parts: [], need: Float64Array.from(node.need) });
    else if (!taken.has(shared)) {
      taken.add(shared);
      const parts = blocksOf(shared.nodes, shared.level);
      blocks.push({ node: null, shared, parts, need: sum(parts) });
    }
  }
  return blocks;
}

function widestBelow(node: Node, level: number): AffinityClass | null {
  const classes = node.classes.filter((shared) => shared.level < level);
  return classes.length === 0 ? null : classes.reduce((a, b) => (b.level > a.level ? b : a));
}

function sum(blocks: readonly Block[]): Float64Array {
  const total = new Float64Array(DIMENSIONS);
  for (const { need } of blocks) for (let index = 0; index < DIMENSIONS; index++) total[index] += need[index];
  return total;
}
