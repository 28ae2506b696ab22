import { DIMENSIONS, NOWHERE, type Site } from "../model/site.ts";
import type { Node } from "../search/node.ts";
import { cutBound } from "./cut.ts";
import { packingBound } from "./packing_bound.ts";
import { inForeignZones } from "./pipe_graph.ts";
import type { State } from "../search/state.ts";

/**
 * Bandwidth times links that any answer needs, with nothing of the request placed. At each level a pipe between
 * different resources costs two links. What a node can't have in its own resource is the bandwidth to those peers that
 * a diversity rule separates from it or from each other, or for which the largest resource has no room; and what is
 * connected but has no room in one resource has to be cut somewhere.
 */
export function bandwidthBound(state: State): number {
  const { occupancy: { links } } = state;
  let bound = 0;
  for (const level of links.levels) {
    const room = largestRoom(state, level);
    const cuts = new Map<Node, number>();
    for (const node of state.nodes) {
      const cut = node.pipes.length > 0 ? separated(node, { level, room, site: state.occupancy.site }) : 0;
      if (cut > 0) cuts.set(node, cut);
    }
    const known = Math.max(withoutDoubles(cuts), 2 * packingBound(state, level));
    bound += Math.max(known, 2 * cutBound(state.nodes, { room, known: known / 2 }));
  }
  return bound;
}

/**
 * Links for what the nodes are cut from, where a pipe may be cut at both of its ends and costs two links all the same:
 * one link for each cut end, or two for the cuts of nodes that have no pipe between them, whichever is more.
 */
function withoutDoubles(cuts: ReadonlyMap<Node, number>): number {
  const blocked = new Set<Node>();
  let [ends, apart] = [0, 0];
  for (const [node, cut] of [...cuts].sort(([a, x], [b, y]) => y - x || a.index - b.index)) {
    ends += cut;
    if (blocked.has(node)) continue;
    apart += 2 * cut;
    for (const { peer } of node.pipes) if (peer) blocked.add(peer);
  }
  return Math.max(ends, apart);
}

/** A peer with all its pipes to one node. */
interface Peer {
  /** Null for a server that stays where it is. */
  readonly node: Node | null;
  readonly kbps: number;
}

interface AtLevel {
  readonly level: number;
  /** By dimension, the most that any resource of the level has free. */
  readonly room: readonly number[];
  readonly site: Site;
}

function separated(node: Node, { level, room, site }: AtLevel): number {
  const peers = peersOf(node);
  const total = peers.reduce((sum, { kbps }) => sum + kbps, 0);
  const near = peers.filter(({ node: peer }) => peer === null || !areSeparated(node, peer, { level, site }));
  return total - Math.min(atMostTogether(near, level), atMostRoom(node, near, room));
}

function peersOf({ pipes }: Node): Peer[] {
  const sums = new Map<Node | null, number>();
  for (const { peer, kbps } of pipes) sums.set(peer, (sums.get(peer) ?? 0) + kbps);
  return [...sums].map(([node, kbps]) => ({ node, kbps }));
}

/**
 * Whether some rule keeps two nodes out of one resource of the level; a wider rule does so in narrower ones too. Zones
 * keep them apart where no resource has hosts of both.
 */
function areSeparated(one: Node, other: Node, { level, site }: Pick<AtLevel, "level" | "site">): boolean {
  return inForeignZones(one, other, { level, site }) ||
    one.diversity.some(({ rule, unit }) =>
      rule.most === 1 && rule.level >= level &&
      other.diversity.some((each) => each.rule === rule && each.unit !== unit)
    );
}

/** The most bandwidth of peers that may share a resource: of those that one rule separates, one unit. */
function atMostTogether(peers: readonly Peer[], level: number): number {
  let together = 0;
  const rules = new Map<unknown, Map<number, number>>();
  for (const { node, kbps } of peers) {
    const separating = node?.diversity.find(({ rule }) => rule.most === 1 && rule.level >= level);
    if (!separating) together += kbps;
    else {
      const units = rules.get(separating.rule) ?? new Map<number, number>();
      rules.set(separating.rule, units.set(separating.unit, (units.get(separating.unit) ?? 0) + kbps));
    }
  }
  for (const units of rules.values()) together += Math.max(...units.values());
  return together;
}

/** The most bandwidth of peers for which there is room beside the node; peers may be cut, which makes it no smaller. */
function atMostRoom({ need, counted }: Node, peers: readonly Peer[], room: readonly number[]): number {
  let most = Infinity;
  for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
    let left = room[dimension] - (counted.length > 0 ? 0 : need[dimension]);
    let carried = 0;
    const sizeOf = ({ node }: Peer) => node === null || node.counted.length > 0 ? 0 : node.need[dimension];
    const byValue = peers.toSorted((a, b) => sizeOf(a) * b.kbps - sizeOf(b) * a.kbps);
    for (const peer of byValue) {
      const size = sizeOf(peer);
      if (size > left) {
        carried += peer.kbps * Math.max(0, left) / size;
        break;
      }
      left -= size;
      carried += peer.kbps;
    }
    most = Math.min(most, carried);
  }
  return Math.ceil(most);
}

function largestRoom({ occupancy: { site, free, freeSums } }: State, level: number): number[] {
  return Array.from({ length: DIMENSIONS }, (_, dimension) => {
    let most = 0;
    if (level > 0) { for (const sum of freeSums[level][dimension]) most = Math.max(most, sum); }
    for (let host = 0; host < site.size; host++) {
      const alone = level === 0 || site.levels[level].ofHost[host] === NOWHERE;
      if (alone && site.usable[host] === 1) most = Math.max(most, free[dimension][host]);
    }
    return most;
  });
}
