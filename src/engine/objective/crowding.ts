import { NOWHERE } from "../model/site.ts";
import type { Task } from "../request/task.ts";
import type { State } from "../search/state.ts";

/** The most servers of the application in one resource of a level, servers that stay where they are included. */
export function mostServers(task: Task, { nodes, hostOf, occupancy }: State, level: number): number {
  const { ofHost } = occupancy.site.levels[level];
  const counts = new Map<number, number>();
  const add = (host: number, count: number) => {
    const resource = host === NOWHERE ? NOWHERE : ofHost[host];
    if (resource !== NOWHERE) counts.set(resource, (counts.get(resource) ?? 0) + count);
  };
  for (const { index, servers } of nodes) add(hostOf[index], servers.length);
  for (const { fixed, standingHost } of task.servers) if (fixed) add(standingHost, 1);
  return Math.max(0, ...counts.values());
}
