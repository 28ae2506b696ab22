import type { Assignment } from "../../domain/application.ts";
import type { Level } from "../../domain/levels.ts";
import type { Case, JudgedServer, Violation } from "./case.ts";
import { placeOf } from "./case.ts";
import { leaves } from "./own_memberships.ts";

/** Affinity and diversity among the servers of the stack, member by member of each rule. */
export function privateGroups(judged: Case): Violation[] {
  return ofOneGroup(judged.request.application.assignments).flatMap((assignment) => {
    if (assignment.softWeight !== undefined) return [];
    if (assignment.type === "diversity" && (assignment.mostPerResource ?? 1) > 1) {
      return crowds(judged, assignment);
    }
    if (assignment.type === "affinity") return affinity(judged, assignment);
    return assignment.type === "diversity" ? diversity(judged, assignment) : [];
  });
}

/** Hard assignments to one named group of a level speak of the members of all of them. */
function ofOneGroup(assignments: readonly Assignment[]): Assignment[] {
  const isSame = (one: Assignment, other: Assignment) =>
    one.type === other.type && one.level === other.level && one.softWeight === undefined &&
    other.softWeight === undefined && one.group !== null && one.group.id === other.group?.id;
  return assignments.map((one) => ({
    ...one,
    members: [one, ...assignments.filter((other) => other !== one && isSame(one, other))]
      .flatMap(({ members }) => members),
  }));
}

function serversOf({ request, servers }: Case, member: string): JudgedServer[] {
  const ids = leaves(request.application, member);
  return servers.filter(({ spec }) => ids.includes(spec.id));
}

function affinity(judged: Case, { id, level, members }: Assignment): Violation[] {
  const servers = members.flatMap((member) => serversOf(judged, member));
  const violations = unplaceable(servers, { level, rule: "affinity" });
  const places = new Set(servers.map(({ host }) => placeOf(host, level)));
  if (places.size > 1) {
    const serverIds = servers.map(({ spec }) => spec.id);
    violations.push({
      rule: "affinity",
      serverIds,
      text: `Servers of "${id}" are in ${places.size} places of level "${level}"`,
    });
  }
  return violations;
}

function diversity(judged: Case, { id, level, members }: Assignment): Violation[] {
  const units = [...new Set(members)].map((member) => serversOf(judged, member));
  const violations = unplaceable(units.flat(), { level, rule: "diversity" });
  for (const [index, unit] of units.entries()) {
    for (const other of units.slice(index + 1)) {
      const clash = unit.find((one) =>
        other.some((two) => placeOf(one.host, level) === placeOf(two.host, level))
      );
      if (!clash) continue;
      const serverIds = [clash.spec.id];
      violations.push({
        rule: "diversity",
        serverIds,
        text: `Members of "${id}" share a place of level "${level}"`,
      });
    }
  }
  return violations;
}

/** Places that hold more members of a diversity rule than it allows. */
function crowds(judged: Case, { id, level, members, mostPerResource = 1 }: Assignment): Violation[] {
  const inside = new Map<string | null, string[]>();
  for (const member of new Set(members)) {
    for (const place of new Set(serversOf(judged, member).map(({ host }) => placeOf(host, level)))) {
      inside.set(place, [...inside.get(place) ?? [], member]);
    }
  }
  const servers = members.flatMap((member) => serversOf(judged, member));
  const crowded = [...inside].filter(([, found]) => found.length > mostPerResource);
  return [
    ...unplaceable(servers, { level, rule: "diversity" }),
    ...crowded.map(([place, serverIds]) => ({
      rule: "diversity",
      serverIds,
      text: `${serverIds.length} members of "${id}" share "${place}", wanted ${mostPerResource} at most`,
    })),
  ];
}

/** Servers under a rule of a level that their hosts do not have. */
export function unplaceable(
  servers: readonly JudgedServer[],
  { level, rule }: { level: Level; rule: string },
): Violation[] {
  return servers.filter(({ host, fixed }) => !fixed && placeOf(host, level) === null).map((
    { spec, host },
  ) => ({
    rule,
    serverIds: [spec.id],
    text: `Host "${host.name}" of server "${spec.id}" has no ${level}`,
  }));
}
