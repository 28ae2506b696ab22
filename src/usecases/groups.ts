import type { Group, GroupType } from "../domain/group.ts";
import type { Level } from "../domain/levels.ts";
import { Rejected } from "../ports/failures.ts";
import type { UseCaseContext } from "./context.ts";
import { Problem } from "./problem.ts";
import { surely } from "./surely.ts";

export interface CreateGroupBody {
  readonly name: string;
  readonly type: GroupType;
  readonly description: string;
  readonly level: Level | null;
}

const notFound = () => new Problem({ symbol: "group_not_found" });

/** Pages of all groups, oldest first. */
export function listGroups(ctx: UseCaseContext): AsyncIterable<readonly Group[]> {
  return ctx.store.groups();
}

/** A group by its id, else by its exact name. */
export async function findGroup(ctx: UseCaseContext, idOrName: string): Promise<Group | Problem> {
  return await ctx.store.groupById(idOrName) ?? await ctx.store.groupByName(idOrName) ?? notFound();
}

export async function createGroup(
  { store, ids, clock }: UseCaseContext,
  body: CreateGroupBody,
): Promise<Group | Problem> {
  const group: Group = { id: ids.uuid(), ...body, members: [], createdAtMs: clock.nowMs() };
  try {
    const outcome = await surely(
      () => store.createGroup(group),
      async () => await store.groupById(group.id) && "created",
    );
    return outcome === "created" ? group : new Problem({ symbol: "group_name_taken", name: body.name });
  } catch (error) {
    if (error instanceof Rejected) return new Problem({ symbol: "group_not_stored" });
    throw error;
  }
}

export async function describeGroup(
  ctx: UseCaseContext,
  groupId: string,
  description: string,
): Promise<Group | Problem> {
  return await ctx.store.describeGroup(groupId, description) ?? notFound();
}

export async function deleteGroup(ctx: UseCaseContext, groupId: string): Promise<void | Problem> {
  const outcome = await ctx.store.deleteGroup(groupId);
  if (outcome === "missing") return notFound();
  if (outcome === "has-members") return new Problem({ symbol: "group_has_members" });
}
