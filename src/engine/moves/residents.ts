import type { Host } from "../../domain/data_center.ts";
import type { Holding } from "../../domain/holding.ts";
import type { StayingServer } from "../../domain/moves.ts";
import type { Ledger } from "../model/ledger.ts";

/** Who is on each host by what is held: servers that are there, come there, or have not left yet. */
export function heldByHost(ledger: Ledger): ReadonlyMap<string, readonly Holding[]> {
  const found = new Map<string, Holding[]>();
  for (const holding of ledger.all()) {
    for (const name of [holding.host, holding.origin]) {
      if (name === null) continue;
      const list = found.get(name);
      if (list) list.push(holding);
      else found.set(name, [holding]);
    }
  }
  return found;
}

/** What the inventory reports on a host and Valet does not hold. */
export function strangersOn(host: Host, held: readonly Holding[]): StayingServer[] {
  const known = new Set(held.flatMap(({ serverId, resourceId }) => [serverId, resourceId]));
  const { name, vms, used } = host;
  if (vms.length === 0 && used.milliVcpu > 0) {
    return [{ serverId: null, host: name, reason: "the inventory counts servers that it does not list" }];
  }
  return vms.filter(({ uuid }) => !known.has(uuid))
    .map(({ uuid }) => ({ serverId: uuid, host: name, reason: "it is not held by Valet" }));
}
