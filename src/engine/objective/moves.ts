import { NOWHERE } from "../model/site.ts";
import type { State } from "../search/state.ts";

/** Servers that stood on a host and are placed on another. */
export function movedServers({ nodes, hostOf }: State): number {
  let moved = 0;
  for (const { index, standing, servers } of nodes) {
    const host = hostOf[index];
    if (standing !== null && host !== NOWHERE && host !== standing.host) moved += servers.length;
  }
  return moved;
}
