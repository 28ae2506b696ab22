import { groupKey, type GroupMembership } from "../../domain/group.ts";
import { rankOf } from "../../domain/levels.ts";
import { LEVEL_COUNT, NOWHERE, type Site } from "./site.ts";

/** One named group at one level: how many of its servers each resource of the level holds. */
export interface GroupPresence {
  readonly membership: GroupMembership;
  readonly level: number;
  readonly servers: Map<number, number>;
}

/** Where the servers of every named group are. */
export class Groups {
  /** By level and resource: how many exclusivity groups have servers there. */
  readonly owners: readonly Int32Array[];
  /** By level: how many resources have an owner. */
  readonly ownedResources = new Int32Array(LEVEL_COUNT);
  readonly #presences = new Map<string, GroupPresence>();

  constructor(readonly site: Site) {
    this.owners = site.levels.map((level) => new Int32Array(level.names.length));
  }

  /** The group at the membership's level, made on first use. */
  presence(membership: GroupMembership): GroupPresence {
    const key = groupKey(membership);
    let presence = this.#presences.get(key);
    if (!presence) {
      presence = { membership, level: rankOf(membership.level), servers: new Map() };
      this.#presences.set(key, presence);
    }
    return presence;
  }

  /** Counts servers of the group on a host, more with a positive `change`, fewer with a negative one. */
  count(presence: GroupPresence, host: number, change: number): void {
    const resource = this.site.levels[presence.level].ofHost[host];
    if (resource === NOWHERE || change === 0) return;
    const before = presence.servers.get(resource) ?? 0;
    const after = before + change;
    if (after < 0) throw new Error(`Group "${presence.membership.name}" counts fewer than no servers`);
    if (after === 0) presence.servers.delete(resource);
    else presence.servers.set(resource, after);
    if (presence.membership.type !== "exclusivity") return;
    if (before === 0) this.#own(presence.level, resource, 1);
    if (after === 0) this.#own(presence.level, resource, -1);
  }

  #own(level: number, resource: number, change: 1 | -1): void {
    const owners = this.owners[level];
    if (owners[resource] === 0) this.ownedResources[level]++;
    owners[resource] += change;
    if (owners[resource] === 0) this.ownedResources[level]--;
  }
}
