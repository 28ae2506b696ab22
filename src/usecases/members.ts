import type { Group } from "../domain/group.ts";
import type { Placement } from "../domain/plan.ts";
import type { UseCaseContext } from "./context.ts";
import { askOptimizer } from "./decide.ts";
import { groupLock } from "./lock_keys.ts";
import { fallenBack, hasExpired, momentOf } from "./moment.ts";
import { Problem } from "./problem.ts";

const notFound = () => new Problem({ symbol: "group_not_found" });

/** Adds members, each of which must be a known project. */
export async function addMembers(
  ctx: UseCaseContext,
  group: Group,
  members: readonly string[],
): Promise<Group | Problem> {
  const wanted = [...new Set(members)];
  const known = new Set(wanted.length > 0 ? await ctx.identity.knownProjects(wanted) : []);
  if (wanted.length === 0 || !wanted.every((member) => known.has(member))) {
    return new Problem({ symbol: "members_unknown" });
  }
  return await ctx.store.addGroupMembers(group.id, wanted) ?? notFound();
}

/** Removes one member, unless it has servers in the group. */
export function removeMember(ctx: UseCaseContext, group: Group, member: string): Promise<void | Problem> {
  return changeMembers(ctx, group, (current) => current.members.includes(member) ? [member] : null);
}

/** Removes all members, unless one of them has servers in the group. */
export function removeAllMembers(ctx: UseCaseContext, group: Group): Promise<void | Problem> {
  return changeMembers(ctx, group, (current) => current.members);
}

function changeMembers(
  ctx: UseCaseContext,
  { id }: Group,
  leaving: (current: Group) => readonly string[] | null,
): Promise<void | Problem> {
  return ctx.locks.exclusive(groupLock(id), async () => {
    const current = await ctx.store.groupById(id);
    if (!current) return notFound();
    const members = leaving(current);
    if (members === null) return new Problem({ symbol: "member_not_found" });
    if (members.length === 0) return;
    const problem = await serversLeft(ctx, current, members);
    if (problem) return problem;
    if (!await ctx.store.removeGroupMembers(id, members)) return notFound();
  });
}

/** The refusal for the first of `members` that has servers in the group. */
async function serversLeft(
  ctx: UseCaseContext,
  group: Group,
  members: readonly string[],
): Promise<Problem | null> {
  const ids = await askOptimizer(ctx, (options) => ctx.optimizer.groupServers(group.name, options));
  if (ids instanceof Problem) return ids;
  const servers = (await findPlacements(ctx, ids)).map(({ resourceId, orchestrationId, tenantId }) => ({
    uuid: resourceId ?? orchestrationId,
    tenantId,
  }));
  const projects = await ctx.inventory.projectsOf(servers.map(({ uuid }) => uuid));
  const owned = Map.groupBy(servers, ({ uuid, tenantId }) => projects.get(uuid) ?? tenantId);
  const member = members.find((each) => owned.has(each));
  if (member === undefined) return null;
  const uuids = owned.get(member)!.map(({ uuid }) => uuid);
  return new Problem({ symbol: "member_has_servers", member, group: group.name, servers: uuids });
}

/** The placements of these servers that hold room now. */
async function findPlacements(
  ctx: UseCaseContext,
  orchestrationIds: readonly string[],
): Promise<Placement[]> {
  const found = await Promise.all(orchestrationIds.map((id) => ctx.store.placementByOrchestrationId(id)));
  const moment = momentOf(ctx);
  return found.filter((placement) => placement !== null)
    .filter((placement) => !hasExpired(fallenBack(placement, moment), moment));
}
