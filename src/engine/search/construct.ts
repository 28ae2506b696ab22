import { NOWHERE } from "../model/site.ts";
import type { Block } from "./blocks.ts";
import type { Candidates } from "./candidates.ts";
import type { AffinityClass, Node } from "./node.ts";
import type { Preference } from "./preference.ts";
import type { State } from "./state.ts";

export interface ConstructOptions {
  readonly candidates: Candidates;
  readonly preference: Preference;
  /** Blocks with the highest rank are placed first. */
  readonly rank: (block: Block) => number;
  /** Whether each placement is tried on the unplaced nodes that it constrains: a dead end is then seen before it. */
  readonly foresight: boolean;
  /** Whether the search has used up what it may. */
  readonly exhausted: () => boolean;
  /** Told of each node that found no host, with everything before it still placed. */
  readonly onDeadEnd: (node: Node) => void;
  /** Told of each class for which no resource has room in sum. */
  readonly onNoRoom: (shared: AffinityClass) => void;
}

/** Places blocks one after another, each where it fits best; only an affinity class tries more than one resource. */
export class Construction {
  readonly #state: State;
  readonly #options: ConstructOptions;

  constructor(state: State, options: ConstructOptions) {
    this.#state = state;
    this.#options = options;
  }

  /**
   * Null when all blocks are placed; else the node that found no host, or whose turn it was when the search was
   * exhausted, with everything placed before it undone.
   */
  place(blocks: readonly Block[]): Node | null {
    const mark = this.#state.mark;
    for (const block of this.#ordered(blocks)) {
      const failed = this.#options.exhausted() ? firstOf(block) : this.#placeBlock(block);
      if (failed) {
        this.#state.undoTo(mark);
        return failed;
      }
    }
    return null;
  }

  #ordered(blocks: readonly Block[]): Block[] {
    const ranked = blocks.map((block, position) => ({ block, position, rank: this.#options.rank(block) }));
    ranked.sort((a, b) => b.rank - a.rank || a.position - b.position);
    return ranked.map(({ block }) => block);
  }

  #placeBlock(block: Block): Node | null {
    return block.node ? this.#placeNode(block.node) : this.#placeClass(block);
  }

  #placeNode(node: Node): Node | null {
    const host = this.#options.candidates.best(node, this.#options.preference);
    if (host === NOWHERE) {
      this.#options.onDeadEnd(node);
      return node;
    }
    this.#state.place(node, host);
    const starved = this.#options.foresight ? this.#starvedBy(node) : null;
    if (starved) this.#options.onDeadEnd(starved);
    return starved;
  }

  /** An unplaced node that a rule over it and the node just placed has left without any host, or null. */
  #starvedBy(node: Node): Node | null {
    const { candidates, exhausted } = this.#options;
    const starved = (other: Node) =>
      this.#state.hostOf[other.index] === NOWHERE && !exhausted() && !candidates.any(other);
    for (const { rule: { units }, unit } of node.diversity) {
      for (const [number, others] of units.entries()) {
        const found = number === unit ? undefined : others.find(starved);
        if (found) return found;
      }
    }
    for (const { nodes } of node.classes) {
      const found = nodes.find(starved);
      if (found) return found;
    }
    return null;
  }

  #placeClass(block: Block & { node: null }): Node | null {
    const { shared } = block;
    if (shared.fixed !== NOWHERE) return this.place(block.parts);
    const resources = this.#resources(block);
    if (resources.length === 0) this.#options.onNoRoom(shared);
    let failed = firstOf(block);
    for (const resource of resources) {
      if (this.#options.exhausted()) break;
      shared.chosen = resource;
      const failure = this.place(block.parts);
      shared.chosen = NOWHERE;
      if (!failure) return null;
      failed = failure;
    }
    return failed;
  }

  /** Resources with enough free in sum: those where a member stands first, then the fullest. */
  #resources({ shared, need }: Block & { node: null }): number[] {
    const { occupancy } = this.#state;
    const level = shared.level;
    const sums = occupancy.freeSums[level];
    const standing = new Set(
      shared.nodes.flatMap(({ standing }) =>
        standing ? [occupancy.site.levels[level].ofHost[standing.host]] : []
      ),
    );
    const ranked: { resource: number; room: number }[] = [];
    for (let resource = 0; resource < sums[0].length; resource++) {
      if (!this.#insideWider(shared, resource)) continue;
      const stands = standing.has(resource);
      const fits = need.every((amount, dimension) => sums[dimension][resource] >= amount);
      if (stands || fits) {
        ranked.push({ resource, room: stands ? -1 : this.#options.preference.freeWithin(level, resource) });
      }
    }
    this.#state.steps += sums[0].length;
    // Stable on equal room by the number of the resource, which follows its name.
    return ranked.sort((a, b) => a.room - b.room || a.resource - b.resource).map(({ resource }) => resource);
  }

  /** Whether a resource lies in what the wider classes of the same nodes have chosen. */
  #insideWider({ level, nodes }: AffinityClass, resource: number): boolean {
    const { levels } = this.#state.occupancy.site;
    const host = levels[level].hosts[resource][0];
    return nodes[0].classes.every((wider) => {
      if (wider.level <= level) return true;
      const place = wider.fixed !== NOWHERE ? wider.fixed : wider.chosen;
      return place === NOWHERE || levels[wider.level].ofHost[host] === place;
    });
  }
}

function firstOf({ node, shared }: Block): Node {
  return node ?? shared.nodes[0];
}
