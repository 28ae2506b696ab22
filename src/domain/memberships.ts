import type { Application, Assignment } from "./application.ts";
import type { GroupMembership } from "./group.ts";
import { type Level, LEVELS, rankOf } from "./levels.ts";

/** Ids of the servers below each assignment, directly or through nested assignments. */
export function serversBelow(application: Application): ReadonlyMap<string, ReadonlySet<string>> {
  const servers = new Set(application.servers.map((server) => server.id));
  const assignments = new Map(application.assignments.map((assignment) => [assignment.id, assignment]));
  const below = new Map<string, Set<string>>();
  const collect = (assignment: Assignment): Set<string> => {
    const known = below.get(assignment.id);
    if (known) return known;
    const found = new Set<string>();
    below.set(assignment.id, found);
    for (const member of assignment.members) {
      const nested = assignments.get(member);
      if (nested) { for (const id of collect(nested)) found.add(id); }
      else if (servers.has(member)) found.add(member);
    }
    return found;
  };
  for (const assignment of application.assignments) collect(assignment);
  return below;
}

/**
 * The named groups of each server. A server that must share a resource with a member of an exclusivity group of that
 * level or a wider one counts as a member too; otherwise the two rules would exclude each other.
 */
export function membershipsOf(application: Application): ReadonlyMap<string, readonly GroupMembership[]> {
  const below = serversBelow(application);
  const memberships = new Map<string, GroupMembership[]>(application.servers.map(({ id }) => [id, []]));
  const together = new Map<Level, (serverId: string) => readonly string[]>(
    LEVELS.map((level) => [level, companions(application, below, level)]),
  );
  for (const { id, type, level, group } of application.assignments) {
    if (!group) continue;
    const membership: GroupMembership = { groupId: group.id, name: group.name, type, level };
    for (const serverId of below.get(id)!) {
      const joined = type === "exclusivity" ? together.get(level)!(serverId) : [serverId];
      for (const each of joined) addOnce(memberships.get(each)!, membership);
    }
  }
  return memberships;
}

function addOnce(memberships: GroupMembership[], membership: GroupMembership): void {
  const known = memberships.some(({ groupId, level }) =>
    groupId === membership.groupId && level === membership.level
  );
  if (!known) memberships.push(membership);
}

/** For each server, all that affinity rules of `level` or narrower keep in its resource of that level, itself included. */
function companions(
  application: Application,
  below: ReadonlyMap<string, ReadonlySet<string>>,
  level: Level,
): (serverId: string) => readonly string[] {
  const classOf = new Map<string, string[]>();
  for (const { id, type, level: own } of application.assignments) {
    if (type !== "affinity" || rankOf(own) > rankOf(level)) continue;
    const merged = new Set<string>();
    for (const serverId of below.get(id)!) {
      for (const each of classOf.get(serverId) ?? [serverId]) merged.add(each);
    }
    const members = [...merged];
    for (const each of members) classOf.set(each, members);
  }
  return (serverId) => classOf.get(serverId) ?? [serverId];
}
