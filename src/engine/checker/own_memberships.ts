import type { Application, Assignment } from "../../domain/application.ts";
import type { GroupMembership } from "../../domain/group.ts";
import type { Level } from "../../domain/levels.ts";

const WIDTH: Readonly<Record<Level, number>> = { host: 0, rack: 1, cluster: 2, room: 3 };

/** All servers under a member of an assignment. */
export function leaves(application: Application, member: string): string[] {
  const nested = application.assignments.find(({ id }) => id === member);
  if (nested) return nested.members.flatMap((each) => leaves(application, each));
  return application.servers.some(({ id }) => id === member) ? [member] : [];
}

/**
 * The named groups that each server counts in. What affinity binds to a member of an exclusivity group, at the
 * group's level or a narrower one, counts in it as well.
 */
export function ownMemberships(application: Application): Map<string, GroupMembership[]> {
  const found = new Map<string, GroupMembership[]>(application.servers.map(({ id }) => [id, []]));
  for (const assignment of application.assignments) {
    const { group, type, level, softWeight } = assignment;
    if (!group || softWeight !== undefined) continue;
    for (const id of memberServers(application, assignment)) {
      const list = found.get(id)!;
      if (!list.some((each) => each.groupId === group.id && each.level === level)) {
        list.push({ groupId: group.id, name: group.name, type, level });
      }
    }
  }
  return found;
}

function memberServers(application: Application, { type, level, members }: Assignment): Set<string> {
  const found = new Set(members.flatMap((member) => leaves(application, member)));
  if (type !== "exclusivity") return found;
  const bonds = application.assignments
    .filter((each) =>
      each.type === "affinity" && each.softWeight === undefined && WIDTH[each.level] <= WIDTH[level]
    )
    .map((each) => each.members.flatMap((member) => leaves(application, member)));
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const bond of bonds) {
      if (bond.some((id) => found.has(id))) bond.forEach((id) => found.add(id));
    }
  }
  return found;
}
