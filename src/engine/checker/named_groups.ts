import type { GroupMembership } from "../../domain/group.ts";
import { LEVELS } from "../../domain/levels.ts";
import { type Case, type JudgedServer, placeOf, type Violation } from "./case.ts";
import { unplaceable } from "./groups.ts";
import { ownMemberships } from "./own_memberships.ts";
import { holdingsAfter, type Resident, residents } from "./world.ts";

/** The rules of named groups against everything else on the site. */
export function namedGroups(judged: Case): Violation[] {
  const memberships = ownMemberships(judged.request.application);
  const before = new Population(judged, residents(judged.dataCenter, judged.others));
  const after = new Population(judged, residents(judged.dataCenter, holdingsAfter(judged)));
  return judged.servers.filter(({ fixed }) => !fixed).flatMap((server) => {
    const own = memberships.get(server.spec.id) ?? [];
    return [
      ...LEVELS.flatMap((level) => ownedTwice(server, own.filter((group) => group.level === level))),
      ...own.flatMap((group) => unplaceable([server], { level: group.level, rule: `named ${group.type}` })),
      ...own.flatMap((group) =>
        group.type === "exclusivity" ? notAlone(server, group, after) : misplaced(server, group, before)
      ),
      ...LEVELS.flatMap((level) =>
        own.some((group) => group.type === "exclusivity" && group.level === level)
          ? []
          : intrudes(server, level, after)
      ),
    ];
  });
}

/** Who is in each resource of each level. */
class Population {
  readonly #judged: Case;
  readonly #onHost: ReadonlyMap<string, readonly Resident[]>;

  constructor(judged: Case, onHost: ReadonlyMap<string, readonly Resident[]>) {
    this.#judged = judged;
    this.#onHost = onHost;
  }

  around({ host }: JudgedServer, level: GroupMembership["level"]): Resident[] {
    const place = placeOf(host, level);
    if (place === null) return [];
    return this.#judged.dataCenter.hosts.filter((each) => placeOf(each, level) === place)
      .flatMap(({ name }) => this.#onHost.get(name) ?? []);
  }

  /** Places of the level that hold a member of the group. */
  placesOf(group: GroupMembership): Set<string | null> {
    const hosts = this.#judged.dataCenter.hosts.filter(({ name }) =>
      (this.#onHost.get(name) ?? []).some(({ groups }) => isMember(groups, group))
    );
    return new Set(hosts.map((host) => placeOf(host, group.level)).filter((place) => place !== null));
  }
}

function isMember(groups: readonly GroupMembership[], { groupId, level }: GroupMembership): boolean {
  return groups.some((each) => each.groupId === groupId && each.level === level);
}

function ownedTwice(server: JudgedServer, groups: readonly GroupMembership[]): Violation[] {
  if (groups.filter(({ type }) => type === "exclusivity").length < 2) return [];
  const text = `Server "${server.spec.id}" is in more than one exclusivity group of level "${
    groups[0].level
  }"`;
  return [{ rule: "one exclusivity", serverIds: [server.spec.id], text }];
}

function notAlone(server: JudgedServer, group: GroupMembership, after: Population): Violation[] {
  const strangers = after.around(server, group.level).filter(({ groups }) => !isMember(groups, group));
  if (strangers.length === 0) return [];
  const text =
    `Server "${server.spec.id}" of "${group.name}" shares its ${group.level} with ${strangers.length} outsiders`;
  return [{ rule: "exclusivity", serverIds: [server.spec.id], text }];
}

function intrudes(server: JudgedServer, level: GroupMembership["level"], after: Population): Violation[] {
  const owner = after.around(server, level).flatMap(({ groups }) => groups)
    .find((group) => group.type === "exclusivity" && group.level === level);
  if (!owner) return [];
  const text = `Server "${server.spec.id}" is in a ${level} that belongs to "${owner.name}"`;
  return [{ rule: "non-exclusivity", serverIds: [server.spec.id], text }];
}

/** A group of other stacks' servers: affinity joins it, diversity avoids it. */
function misplaced(server: JudgedServer, group: GroupMembership, before: Population): Violation[] {
  const places = before.placesOf(group);
  const inside = places.has(placeOf(server.host, group.level));
  if (places.size === 0 || inside === (group.type === "affinity")) return [];
  const text = `Server "${server.spec.id}" is ${inside ? "in" : "outside"} the places of "${group.name}"`;
  return [{ rule: `named ${group.type}`, serverIds: [server.spec.id], text }];
}
