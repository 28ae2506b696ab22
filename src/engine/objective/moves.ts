import type { State } from "../search/state.ts";

/** Servers that stood on a host and are placed on another. */
export function movedServers({ nodes, hostOf }: State): number {
  let moved = 0;
  for (const { index, standing, servers } of nodes) {
    if (standing !== null && standing.host !== hostOf[index]) moved += servers.length;
  }
  return moved;
}
