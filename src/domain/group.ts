import type { Level } from "./levels.ts";

export const GROUP_TYPES = ["affinity", "diversity", "exclusivity"] as const;

export type GroupType = (typeof GROUP_TYPES)[number];

/** A named group that outlives stacks: who may use it, and what it asks of the servers in it. */
export interface Group {
  readonly id: string;
  /** Unique, case-sensitive, never changed. */
  readonly name: string;
  readonly description: string;
  readonly type: GroupType;
  /** Null when the group was created without a level; `host` is assumed then. */
  readonly level: Level | null;
  /** Project ids in the order in which they were added, each once. */
  readonly members: readonly string[];
  readonly createdAtMs: number;
}

/** A text that two memberships share when they are in one group at one level: what binds, and owns, is per level. */
export function groupKey({ groupId, level }: Pick<GroupMembership, "groupId" | "level">): string {
  return `${level} ${groupId}`;
}

/** That a server belongs to a named group, at the level at which the group binds it. */
export interface GroupMembership {
  readonly groupId: string;
  readonly name: string;
  readonly type: GroupType;
  readonly level: Level;
  /** Of a diversity group: the assignment's member that the server is below; servers of one may share a resource. */
  readonly unit?: string;
}
