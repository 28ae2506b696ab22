import type { Task } from "../request/task.ts";
import type { State } from "../search/state.ts";

/** Servers that the fullest resource of a level holds at least: the mean of all, or the largest node. */
export function crowdingBound(task: Task, { nodes, occupancy: { site } }: State, level: number): number {
  const resources = new Set<number>();
  for (let host = 0; host < site.size; host++) {
    if (site.usable[host]) resources.add(site.levels[level].ofHost[host]);
  }
  for (const { fixed, standingHost } of task.servers) {
    if (fixed) resources.add(site.levels[level].ofHost[standingHost]);
  }
  const largest = Math.max(0, ...nodes.map(({ servers }) => servers.length));
  // A host without a resource of the level counts for nobody, so that one such host leaves no more than this.
  if (resources.has(-1)) return level === 0 ? largest : 0;
  return Math.max(largest, Math.ceil(task.servers.length / Math.max(1, resources.size)));
}
