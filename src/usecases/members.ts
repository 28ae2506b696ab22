import type { Group } from "../domain/group.ts";
import type { Placement } from "../domain/plan.ts";
import type { UseCaseContext } from "./context.ts";
import { askOptimizer } from "./decide.ts";
import { Problem } from "./problem.ts";

const notFound = () => new Problem({ symbol: "group_not_found" });

/** Adds members, each of which must be a known project. */
export async function addMembers(
  ctx: UseCaseContext,
  group: Group,
  members: readonly string[],
): Promise<Group | Problem> {
  const known = await ctx.identity.knownProjects(members);
  if (members.length === 0 || known.length < members.length) {
    return new Problem({ symbol: "members_unknown" });
  }
  return await ctx.store.addGroupMembers(group.id, known) ?? notFound();
}

/** Removes one member, unless it has servers in the group. */
export function removeMember(ctx: UseCaseContext, group: Group, member: string): Promise<void | Problem> {
  return changeMembers(ctx, group, (current) => current.members.includes(member) ? [member] : null);
}

/** Removes all members, unless one of them has servers in the group. */
export function removeAllMembers(ctx: UseCaseContext, group: Group): Promise<void | Problem> {
  return changeMembers(ctx, group, (current) => current.members);
}

/** Key of the lock between plans that rely on a group's members and changes of the members. */
export function groupLock(groupId: string): string {
  return `group:${groupId}`;
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
  const placements = await findPlacements(ctx, ids);
  const uuids = placements.map(({ resourceId, orchestrationId }) => resourceId ?? orchestrationId);
  const projects = await ctx.inventory.projectsOf(uuids);
  for (const member of members) {
    const servers = placements
      .map(({ tenantId }, index) => ({ uuid: uuids[index], project: projects.get(uuids[index]) ?? tenantId }))
      .filter(({ project }) => project === member)
      .map(({ uuid }) => uuid);
    if (servers.length > 0) {
      return new Problem({ symbol: "member_has_servers", member, group: group.name, servers });
    }
  }
  return null;
}

async function findPlacements(
  ctx: UseCaseContext,
  orchestrationIds: readonly string[],
): Promise<Placement[]> {
  const found = await Promise.all(orchestrationIds.map((id) => ctx.store.placementByOrchestrationId(id)));
  return found.filter((placement) => placement !== null);
}
