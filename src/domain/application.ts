import type { GroupType } from "./group.ts";
import type { Level } from "./levels.ts";

/** What placement needs to know of one `OS::Nova::Server`. */
export interface ServerSpec {
  /** Orchestration id: the key of the resource in the request. */
  readonly id: string;
  readonly name: string;
  /** Name or id of a flavor. */
  readonly flavor: string;
  /** Availability zone asked for, without a forced host; null for any. */
  readonly zone: string | null;
  /** The host of `zone:host`; null when none is forced. */
  readonly forcedHost: string | null;
  /** Hosts of the resource's own `locations`; null for any. */
  readonly locations: readonly string[] | null;
}

/** One rule over servers, from a group assignment or from a server's list of groups. */
export interface Assignment {
  readonly id: string;
  readonly name: string;
  readonly type: GroupType;
  readonly level: Level;
  /** The named group behind the rule; null for a rule that is private to the stack. */
  readonly group: { readonly id: string; readonly name: string } | null;
  /** Ids of servers or of other assignments of the same application. */
  readonly members: readonly string[];
  /** What breaking the rule costs for each server, 1 to 100; absent for a rule that must hold. */
  readonly softWeight?: number;
  /** Of a diversity rule: how many of its members may share a resource; absent for one. */
  readonly mostPerResource?: number;
}

/** Bandwidth that is reserved between two servers. */
export interface Pipe {
  readonly id: string;
  /** Ids of two different servers of the same application. */
  readonly servers: readonly [string, string];
  readonly kbps: number;
}

/**
 * What Valet reads of a stack: its servers in the request's order, and the rules over them.
 *
 * Meaning of a rule, members that are assignments standing for all servers below them:
 * - affinity: all servers share one resource of the level;
 * - diversity: servers of different direct members are in different resources of the level;
 * - exclusivity: every server is in a resource of the level that holds no server outside the group.
 */
export interface Application {
  readonly servers: readonly ServerSpec[];
  readonly assignments: readonly Assignment[];
  /** Absent for none. */
  readonly pipes?: readonly Pipe[];
}
