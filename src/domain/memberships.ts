import type { Application, Assignment } from "./application.ts";
import { groupKey, type GroupMembership } from "./group.ts";
import { type Level, LEVELS, rankOf } from "./levels.ts";

/**
 * Assignments as the rules that they make: those to one named group at one level that must hold are one rule over the
 * members of all of them, so that two templates' ways to spell a group mean the same. It bears the first one's name.
 */
export function joinedAssignments({ assignments }: Application): Assignment[] {
  const joined = new Map<string, Assignment>();
  for (const assignment of assignments) {
    const { id, type, level, group, softWeight, members } = assignment;
    const key = JSON.stringify(group && softWeight === undefined ? [type, level, group.id] : id);
    const known = joined.get(key);
    joined.set(key, known ? { ...known, members: [...known.members, ...members] } : assignment);
  }
  return [...joined.values()];
}

/** Ids of the servers below each assignment, directly or through nested assignments, and of each server itself. */
export function serversBelow(application: Application): ReadonlyMap<string, ReadonlySet<string>> {
  const assignments = new Map(application.assignments.map((assignment) => [assignment.id, assignment]));
  const below = new Map(application.servers.map(({ id }) => [id, new Set([id])]));
  const collect = (assignment: Assignment): Set<string> => {
    const known = below.get(assignment.id);
    if (known) return known;
    const found = new Set<string>();
    below.set(assignment.id, found);
    for (const member of assignment.members) {
      const nested = assignments.get(member);
      for (const id of (nested ? collect(nested) : below.get(member)) ?? []) found.add(id);
    }
    return found;
  };
  for (const assignment of application.assignments) collect(assignment);
  return below;
}

/**
 * The named groups of each server, by rules that must hold. A server that must share a resource with a member of an exclusivity group of that
 * level or a wider one counts as a member too; otherwise the two rules would exclude each other.
 */
export function membershipsOf(application: Application): ReadonlyMap<string, readonly GroupMembership[]> {
  const below = serversBelow(application);
  const found = new Map(application.servers.map(({ id }) => [id, new Map<string, GroupMembership>()]));
  const together = new Map<Level, (serverId: string) => readonly string[]>(
    LEVELS.map((level) => [level, companions(application, below, level)]),
  );
  for (const { id, type, level, group, members: direct, softWeight } of application.assignments) {
    if (!group || softWeight !== undefined) continue;
    const membership: GroupMembership = { groupId: group.id, name: group.name, type, level };
    const join = (serverId: string, own: GroupMembership) => found.get(serverId)!.set(groupKey(own), own);
    if (type === "diversity") {
      for (const unit of direct) {
        for (const each of below.get(unit) ?? []) join(each, { ...membership, unit });
      }
      continue;
    }
    const servers = below.get(id)!;
    const members = type === "exclusivity" ? joined(servers, together.get(level)!) : servers;
    for (const serverId of members) join(serverId, membership);
  }
  return new Map([...found].map(([serverId, memberships]) => [serverId, [...memberships.values()]]));
}

/** The classes of servers as one set. Classes do not overlap: one of a server that is in the set is in it as a whole. */
function joined(
  servers: Iterable<string>,
  classOf: (serverId: string) => readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>();
  for (const serverId of servers) {
    if (found.has(serverId)) continue;
    for (const each of classOf(serverId)) found.add(each);
  }
  return found;
}

/**
 * For each server, all that affinity rules tie to it, directly or through others, itself included: rules of any level,
 * or only those of `level` and narrower ones.
 */
export function companionsOf(
  application: Application,
  level: Level = LEVELS.at(-1)!,
): (serverId: string) => readonly string[] {
  return companions(application, serversBelow(application), level);
}

/** For each server, all that affinity rules of `level` or narrower keep in its resource of that level, itself included. */
function companions(
  application: Application,
  below: ReadonlyMap<string, ReadonlySet<string>>,
  level: Level,
): (serverId: string) => readonly string[] {
  const classes = new Map<string, readonly string[]>();
  const classOf = (serverId: string) => classes.get(serverId) ?? [serverId];
  for (const { members: direct, type, level: own, softWeight } of joinedAssignments(application)) {
    if (type !== "affinity" || softWeight !== undefined || rankOf(own) > rankOf(level)) continue;
    const members = [...joined(direct.flatMap((member) => [...below.get(member) ?? []]), classOf)];
    for (const each of members) classes.set(each, members);
  }
  return classOf;
}
