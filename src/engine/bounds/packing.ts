import type { PipeGraph } from "./pipe_graph.ts";

/**
 * Shares the bandwidth of pipes out among structures of which every answer cuts a part: as each kbit/s is used once,
 * what they are cut adds up. `kbps` is the sum so far.
 */
export class CutPacking {
  kbps = 0;
  readonly #graph: PipeGraph;
  /** By edge, what no structure has used. */
  readonly #left: Float64Array;
  /** By vertex: the edge that a search came by, or −1. */
  readonly #by: Int32Array;

  constructor(graph: PipeGraph) {
    this.#graph = graph;
    this.#left = Float64Array.from(graph.edges, ({ kbps }) => kbps);
    this.#by = new Int32Array(graph.vertices.length);
  }

  /** Paths of at most so many pipes between vertices that are never together, short ones first. */
  paths(longest: number): this {
    for (let length = 1; length <= longest; length *= 2) {
      for (let start = 0; start < this.#graph.vertices.length; start++) {
        for (let end = this.#nearest(start, length); end !== -1; end = this.#nearest(start, length)) {
          this.#take(start, end);
        }
      }
    }
    return this;
  }

  /** The nearest vertex that is never with this one, or −1 when none is near enough. */
  #nearest(start: number, longest: number): number {
    const by = this.#by.fill(-1);
    let fringe = [start];
    by[start] = -2;
    for (let length = 1; length <= longest && fringe.length > 0; length++) {
      const next: number[] = [];
      for (const vertex of fringe) {
        for (const edge of this.#graph.incident[vertex]) {
          const other = this.#graph.beyond(edge, vertex);
          if (this.#left[edge] === 0 || by[other] !== -1) continue;
          by[other] = edge;
          if (this.#graph.areApart(start, other)) return other;
          next.push(other);
        }
      }
      fringe = next;
    }
    return -1;
  }

  /** Uses the path that was found up. */
  #take(start: number, end: number): void {
    let narrowest = Infinity;
    const path: number[] = [];
    for (let vertex = end; vertex !== start; vertex = this.#graph.beyond(this.#by[vertex], vertex)) {
      path.push(this.#by[vertex]);
      narrowest = Math.min(narrowest, this.#left[this.#by[vertex]]);
    }
    for (const edge of path) this.#left[edge] -= narrowest;
    this.kbps += narrowest;
  }

  /**
   * Around each vertex, peers of which only one may be with it: all but the heaviest are cut, and as much of the
   * heaviest as the next one has is used up for that.
   */
  stars(): this {
    const order = this.#graph.vertices.map((_, vertex) => ({ vertex, star: this.#star(vertex) }));
    order.sort((a, b) => b.star.cut - a.star.cut || a.vertex - b.vertex);
    for (const { vertex } of order) {
      for (let star = this.#star(vertex); star.cut > 0; star = this.#star(vertex)) {
        const [heaviest, second] = star.edges;
        const most = this.#left[second];
        this.kbps += star.cut;
        for (const edge of star.edges) this.#left[edge] -= edge === heaviest ? most : this.#left[edge];
      }
    }
    return this;
  }

  /** Edges to peers that are never with each other, the heaviest first, and what of them is cut. */
  #star(vertex: number): { readonly edges: readonly number[]; readonly cut: number } {
    const edges: number[] = [];
    const byWeight = this.#graph.incident[vertex].filter((edge) => this.#left[edge] > 0)
      .sort((a, b) => this.#left[b] - this.#left[a] || a - b);
    for (const edge of byWeight) {
      const peer = this.#graph.beyond(edge, vertex);
      if (edges.every((other) => this.#graph.areApart(peer, this.#graph.beyond(other, vertex)))) {
        edges.push(edge);
      }
    }
    return { edges, cut: edges.slice(1).reduce((sum, edge) => sum + this.#left[edge], 0) };
  }

  /** The greatest flow between two sets of vertices of which none is ever with one of the other. */
  flow(sources: readonly number[], sinks: ReadonlySet<number>): this {
    const flow = new Float64Array(this.#left.length);
    for (
      let end = this.#augmenting(sources, sinks, flow);
      end !== -1;
      end = this.#augmenting(sources, sinks, flow)
    ) {
      this.#augment(end, flow);
    }
    for (let edge = 0; edge < flow.length; edge++) this.#left[edge] -= Math.abs(flow[edge]);
    return this;
  }

  /** What more may flow over an edge from this end; flow counts from the first end to the second. */
  #spare(edge: number, from: number, flow: Float64Array): number {
    const along = this.#graph.edges[edge].ends[0] === from;
    return this.#left[edge] - (along ? flow[edge] : -flow[edge]);
  }

  #augmenting(sources: readonly number[], sinks: ReadonlySet<number>, flow: Float64Array): number {
    const by = this.#by.fill(-1);
    const reached = [...sources];
    for (const source of sources) by[source] = -2;
    for (const vertex of reached) {
      for (const edge of this.#graph.incident[vertex]) {
        const other = this.#graph.beyond(edge, vertex);
        if (by[other] !== -1 || this.#spare(edge, vertex, flow) === 0) continue;
        by[other] = edge;
        if (sinks.has(other)) return other;
        reached.push(other);
      }
    }
    return -1;
  }

  #augment(end: number, flow: Float64Array): void {
    const path: { edge: number; from: number }[] = [];
    for (let vertex = end; this.#by[vertex] !== -2;) {
      const edge = this.#by[vertex];
      vertex = this.#graph.beyond(edge, vertex);
      path.push({ edge, from: vertex });
    }
    const more = Math.min(...path.map(({ edge, from }) => this.#spare(edge, from, flow)));
    for (const { edge, from } of path) {
      flow[edge] += this.#graph.edges[edge].ends[0] === from ? more : -more;
    }
    this.kbps += more;
  }
}
