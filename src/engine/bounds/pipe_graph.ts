import type { Links } from "../model/links.ts";
import type { Site } from "../model/site.ts";
import type { Node } from "../search/node.ts";

/** What pipes join: a node, or with null the host of servers that stay where they are. */
export interface Vertex {
  readonly node: Node | null;
  readonly host: number;
}

/** All pipes between two vertices. */
export interface Edge {
  readonly ends: readonly [number, number];
  readonly kbps: number;
}

/** Nodes and their pipes, and which of them no answer puts into one resource of a level. */
export class PipeGraph {
  readonly vertices: Vertex[] = [];
  readonly edges: readonly Edge[];
  /** By vertex, the positions of its edges. */
  readonly incident: readonly (readonly number[])[];
  /** Vertices that are bound to zones, by the zones. */
  zoned: readonly (readonly number[])[] = [];
  /** Whether any two vertices are never together. */
  separates = false;
  readonly #apart: Uint8Array;

  constructor(
    nodes: readonly Node[],
    { level, site, links }: { readonly level: number; readonly site: Site; readonly links: Links },
  ) {
    const positions = this.#number(nodes);
    this.edges = edgesOf(this.vertices, positions);
    const incident: number[][] = this.vertices.map(() => []);
    for (const [position, { ends }] of this.edges.entries()) {
      for (const end of ends) incident[end].push(position);
    }
    this.incident = incident;
    this.#apart = new Uint8Array(this.vertices.length ** 2);
    this.#separateByRules(positions, level);
    this.#separateByZones({ level, site });
    this.#separateByPlace({ level, links });
  }

  areApart(one: number, other: number): boolean {
    return this.#apart[one * this.vertices.length + other] === 1;
  }

  /** The end of an edge that is not this one. */
  beyond(edge: number, end: number): number {
    const [one, other] = this.edges[edge].ends;
    return one === end ? other : one;
  }

  #number(nodes: readonly Node[]): Map<Node | number, number> {
    const positions = new Map<Node | number, number>();
    const add = (key: Node | number, vertex: Vertex) => {
      if (positions.has(key)) return;
      positions.set(key, this.vertices.length);
      this.vertices.push(vertex);
    };
    for (const node of nodes) {
      if (node.pipes.length === 0) continue;
      add(node, { node, host: -1 });
      for (const { peer, host } of node.pipes) if (peer === null) add(host, { node: null, host });
    }
    return positions;
  }

  #separateByRules(positions: ReadonlyMap<Node | number, number>, level: number): void {
    const rules = new Set(this.vertices.flatMap(({ node }) => node?.diversity.map(({ rule }) => rule) ?? []));
    for (const { units, most, level: wide } of rules) {
      if (most > 1 || wide < level) continue;
      const members = units.map((nodes) => nodes.flatMap((node) => positions.get(node) ?? []));
      for (const [unit, some] of members.entries()) {
        for (const others of members.slice(unit + 1)) {
          for (const one of some) for (const other of others) this.#mark(one, other);
        }
      }
    }
  }

  /** By sets of zones, of which there are few, as there may be many pairs of nodes. */
  #separateByZones(at: { readonly level: number; readonly site: Site }): void {
    const bound = [...this.vertices.keys()].filter((vertex) => this.vertices[vertex].node?.zones.length);
    const sets = [...Map.groupBy(bound, (vertex) => this.vertices[vertex].node!.zones.join()).values()];
    this.zoned = sets;
    for (const [position, some] of sets.entries()) {
      for (const others of sets.slice(0, position)) {
        if (!inForeignZones(this.vertices[some[0]].node!, this.vertices[others[0]].node!, at)) continue;
        for (const one of some) for (const other of others) this.#mark(one, other);
      }
    }
  }

  #separateByPlace({ level, links }: { readonly level: number; readonly links: Links }): void {
    const fixed = [...this.vertices.keys()].filter((vertex) => this.vertices[vertex].node === null);
    for (const one of fixed) {
      for (const other of fixed) {
        const [left, right] = [this.vertices[one].host, this.vertices[other].host];
        if (left !== right && links.areApart(level, left, right)) this.#mark(one, other);
      }
    }
  }

  #mark(one: number, other: number): void {
    this.separates = true;
    this.#apart[one * this.vertices.length + other] = 1;
    this.#apart[other * this.vertices.length + one] = 1;
  }
}

function edgesOf(vertices: readonly Vertex[], positions: ReadonlyMap<Node | number, number>): Edge[] {
  const sums = new Map<number, number>();
  for (const [from, { node }] of vertices.entries()) {
    for (const { peer, host, kbps } of node?.pipes ?? []) {
      const to = positions.get(peer ?? host)!;
      // Both ends of a pipe between nodes list it; it counts once.
      if (peer && to < from) continue;
      const key = from * vertices.length + to;
      sums.set(key, (sums.get(key) ?? 0) + kbps);
    }
  }
  return [...sums].map(([key, kbps]) => ({
    ends: [Math.floor(key / vertices.length), key % vertices.length],
    kbps,
  }));
}

/** Whether zones keep nodes apart: no resource of the level has hosts of both. */
export function inForeignZones(
  one: Node,
  other: Node,
  { level, site }: { readonly level: number; readonly site: Site },
): boolean {
  const zonesOf = ({ zones }: Node) => zones.flatMap((zone) => site.zoneNumber(zone) ?? []);
  return zonesOf(one).some((mine) =>
    zonesOf(other).some((theirs) => !site.zonesTogether[level].has(site.zonePair(mine, theirs)))
  );
}
