import type { Node } from "./node.ts";

/** Nodes with pipes by what connects them, directly or over others. */
export function componentsOf(nodes: readonly Node[]): Node[][] {
  const seen = new Set<Node>();
  const components: Node[][] = [];
  for (const start of nodes) {
    if (seen.has(start) || start.pipes.length === 0) continue;
    const component = [start];
    seen.add(start);
    for (const node of component) {
      for (const { peer } of node.pipes) {
        if (peer === null || seen.has(peer)) continue;
        seen.add(peer);
        component.push(peer);
      }
    }
    components.push(component);
  }
  return components;
}
