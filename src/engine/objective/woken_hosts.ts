import { NOWHERE } from "../model/site.ts";
import type { State } from "../search/state.ts";

/** Hosts that run nothing but what the state has put there. */
export function wokenHosts({ nodes, hostOf, occupancy }: State): number {
  const own = new Map<number, number>();
  for (const { index, servers, standing } of nodes) {
    const host = hostOf[index];
    if (host === NOWHERE) continue;
    const counted = standing?.host === host ? standing.servers : 0;
    own.set(host, (own.get(host) ?? 0) + servers.length - counted);
  }
  let woken = 0;
  for (const [host, count] of own) if (occupancy.servers[0][host] === count) woken++;
  return woken;
}
