import type { Application } from "../../../src/domain/application.ts";
import type { DataCenter, Host } from "../../../src/domain/data_center.ts";
import { addDemand, type Demand, isAtMost } from "../../../src/domain/demand.ts";
import type { Level } from "../../../src/domain/levels.ts";

/**
 * Places server by server, as a scheduler does that sees no more than one: each on the host that it leaves the least
 * room on (`best`), or on the first (`first`), of those that zone, room and the servers of its rules that are placed
 * already allow. Host by server id, or null when one finds none. Knows affinity and diversity without nesting.
 */
export function placeOneByOne(
  { hosts, flavors }: DataCenter,
  { servers, assignments }: Application,
  fit: "first" | "best",
): ReadonlyMap<string, string> | null {
  const demands = new Map(flavors.map(({ name, demand }) => [name, demand]));
  const used = new Map(hosts.map((host) => [host, host.used]));
  const placed = new Map<string, Host>();
  for (const { id, flavor, zone } of servers) {
    const demand = demands.get(flavor)!;
    const rules = assignments.filter(({ members }) => members.includes(id)).map((
      { type, level, members },
    ) => ({
      type,
      level,
      places: new Set(
        members.flatMap((member) => placed.get(member) ?? []).map((host) => placeOf(host, level)),
      ),
    }));
    let best: Host | null = null;
    for (const host of hosts) {
      if (host.unusable !== null || zone !== null && zone !== host.availabilityZone) continue;
      if (!isAtMost(addDemand(used.get(host)!, demand), host.capacity)) continue;
      const allowed = rules.every(({ type, level, places }) =>
        places.size === 0 || places.has(placeOf(host, level)) === (type === "affinity")
      );
      if (allowed && (best === null || left(host, used) < left(best, used))) best = host;
      if (best !== null && fit === "first") break;
    }
    if (best === null) return null;
    used.set(best, addDemand(used.get(best)!, demand));
    placed.set(id, best);
  }
  return new Map([...placed].map(([id, { name }]) => [id, name]));
}

function placeOf(host: Host, level: Level): string | null {
  return level === "host" ? host.name : host[level] ?? null;
}

function left(host: Host, used: ReadonlyMap<Host, Demand>): number {
  return host.capacity.milliVcpu - used.get(host)!.milliVcpu;
}
