import { groupKey, type GroupMembership } from "../../domain/group.ts";
import type { Holding } from "../../domain/holding.ts";
import { LEVELS, rankOf } from "../../domain/levels.ts";
import type { Ledger } from "./ledger.ts";
import type { Occupancy } from "./occupancy.ts";
import { LEVEL_COUNT, NOWHERE } from "./site.ts";

/** Holdings that break a rule of a named group, or whose host is gone; reasons in the words of the 2018 optimizer. */
export function invalidHoldings(ledger: Ledger, occupancy: Occupancy): Map<string, string> {
  const holdings = ledger.all();
  const places = new Places(holdings, occupancy);
  const found = new Map<string, string>();
  for (const holding of holdings) {
    const reason = reasonOf(holding, occupancy, places);
    if (reason !== null) found.set(holding.serverId, reason);
  }
  return found;
}

/** Where the groups' servers are, each at one place: a server that migrates is where it goes. */
class Places {
  /** By group and level, then resource: the units that are there. */
  readonly #units = new Map<string, Map<number, Set<string>>>();

  constructor(holdings: readonly Holding[], { site }: Occupancy) {
    for (const { stackId, serverId, host: name, groups } of holdings) {
      const host = site.hostNumber(name);
      if (host === undefined) continue;
      for (const group of groups) {
        const resources = this.of(group);
        const resource = site.levels[rankOf(group.level)].ofHost[host];
        const unit = JSON.stringify([stackId, group.unit ?? serverId]);
        resources.set(resource, (resources.get(resource) ?? new Set()).add(unit));
      }
    }
  }

  of(group: GroupMembership): Map<number, Set<string>> {
    const key = groupKey(group);
    const known = this.#units.get(key) ?? new Map();
    this.#units.set(key, known);
    return known;
  }
}

function reasonOf(holding: Holding, occupancy: Occupancy, places: Places): string | null {
  const host = occupancy.site.hostNumber(holding.host);
  if (host === undefined) return "placed in non-existing host";
  for (let level = 0; level < LEVEL_COUNT; level++) {
    const resource = occupancy.site.levels[level].ofHost[host];
    if (resource === NOWHERE) continue;
    const exclusive = holding.groups.some((group) =>
      group.type === "exclusivity" && group.level === LEVELS[level]
    );
    if (!exclusive && occupancy.groups.owners[level][resource] > 0) {
      return `incorrectly placed in exclusive ${LEVELS[level]}`;
    }
  }
  for (const group of holding.groups) {
    const reason = groupReason(group, host, { occupancy, places });
    if (reason !== null) return reason;
  }
  return null;
}

function groupReason(
  group: GroupMembership,
  host: number,
  { occupancy: { site, groups, servers }, places }: { occupancy: Occupancy; places: Places },
): string | null {
  const { level, servers: counts } = groups.presence(group);
  const resource = site.levels[level].ofHost[host];
  if (resource === NOWHERE) {
    return `placed in non-existing ${group.level} level ${group.type} of group (${group.name})`;
  }
  const units = places.of(group);
  switch (group.type) {
    case "exclusivity":
      return (counts.get(resource) ?? 0) < servers[level][resource]
        ? `placed in non-exclusivity ${group.level} of group (${group.name})`
        : null;
    case "affinity":
      return units.size > 1 ? `placed in non-affinity ${group.level} of group (${group.name})` : null;
    case "diversity":
      if (units.get(resource)!.size < 2) return null;
      return group.level === "host"
        ? `incorrectly placed in diversity host of group (${group.name})`
        : `placed in diversity ${group.level} of group (${group.name})`;
  }
}
