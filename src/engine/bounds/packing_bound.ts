import type { State } from "../search/state.ts";
import { CutPacking } from "./packing.ts";
import { PipeGraph } from "./pipe_graph.ts";

/** Vertices up to which pairs of them are looked at. */
const MOST_VERTICES = 400;
const LONGEST_PATH = 8;

/** Bandwidth of pipes that are cut at a level at least, because rules, zones and what stays keep their ends apart. */
export function packingBound({ nodes, occupancy: { site, links } }: State, level: number): number {
  if (nodes.length > MOST_VERTICES) return 0;
  const graph = new PipeGraph(nodes, { level, site, links });
  if (!graph.separates || graph.vertices.length > MOST_VERTICES) return 0;
  const around = new CutPacking(graph).paths(1).stars().paths(LONGEST_PATH);
  if (graph.zoned.length < 2) return around.kbps;
  const across = new CutPacking(graph).paths(1);
  for (const sources of graph.zoned) across.flow(sources, sinksOf(graph, sources));
  return Math.max(around.kbps, across.stars().paths(LONGEST_PATH).kbps);
}

/** What is never with any of some vertices. */
function sinksOf(graph: PipeGraph, vertices: readonly number[]): ReadonlySet<number> {
  return new Set(
    [...graph.vertices.keys()].filter((sink) => vertices.every((vertex) => graph.areApart(vertex, sink))),
  );
}
