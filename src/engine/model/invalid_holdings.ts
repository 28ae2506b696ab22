import type { GroupMembership } from "../../domain/group.ts";
import type { Holding } from "../../domain/holding.ts";
import { LEVELS } from "../../domain/levels.ts";
import type { Ledger } from "./ledger.ts";
import type { Occupancy } from "./occupancy.ts";
import { LEVEL_COUNT, NOWHERE } from "./site.ts";

/** Holdings that break a rule of a named group, or whose host is gone; reasons in the words of the 2018 optimizer. */
export function invalidHoldings(ledger: Ledger, occupancy: Occupancy): Map<string, string> {
  const found = new Map<string, string>();
  for (const holding of ledger.all()) {
    const reason = reasonOf(holding, occupancy);
    if (reason !== null) found.set(holding.serverId, reason);
  }
  return found;
}

function reasonOf(holding: Holding, occupancy: Occupancy): string | null {
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
    const reason = groupReason(group, host, occupancy);
    if (reason !== null) return reason;
  }
  return null;
}

function groupReason(
  group: GroupMembership,
  host: number,
  { site, groups, servers }: Occupancy,
): string | null {
  const { level, servers: counts } = groups.presence(group);
  const resource = site.levels[level].ofHost[host];
  if (resource === NOWHERE) {
    return `placed in non-existing ${group.level} level ${group.type} of group (${group.name})`;
  }
  const here = counts.get(resource) ?? 0;
  switch (group.type) {
    case "exclusivity":
      return here < servers[level][resource]
        ? `placed in non-exclusivity ${group.level} of group (${group.name})`
        : null;
    case "affinity":
      return counts.size > 1 ? `placed in non-affinity ${group.level} of group (${group.name})` : null;
    case "diversity":
      if (here < 2) return null;
      return group.level === "host"
        ? `incorrectly placed in diversity host of group (${group.name})`
        : `placed in diversity ${group.level} of group (${group.name})`;
  }
}
