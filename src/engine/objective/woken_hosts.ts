import { NOWHERE } from "../model/site.ts";
import { countedOn, type State } from "../search/state.ts";

/** Hosts that run nothing but what the state has put there. */
export function wokenHosts({ nodes, hostOf, occupancy }: State): number {
  const own = new Map<number, number>();
  for (const node of nodes) {
    const host = hostOf[node.index];
    if (host === NOWHERE) continue;
    const counted = countedOn(node, host)?.servers ?? 0;
    own.set(host, (own.get(host) ?? 0) + node.servers.length - counted);
  }
  let woken = 0;
  for (const [host, count] of own) if (occupancy.servers[0][host] === count) woken++;
  return woken;
}
