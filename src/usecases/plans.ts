import { isVisible } from "../domain/caller.ts";
import type { PlanWithPlacements } from "../domain/plan.ts";
import type { Access } from "./access.ts";
import type { UseCaseContext } from "./context.ts";
import { serverLock, stackLock } from "./lock_keys.ts";
import { Problem } from "./problem.ts";
import { surely } from "./surely.ts";

/** Pages of the plans that the caller sees, oldest first. */
export function listPlans(ctx: UseCaseContext, access: Access): AsyncIterable<readonly PlanWithPlacements[]> {
  return ctx.store.plans(access.visibility);
}

/** A plan by its id, else by its stack's id. */
export async function findPlan(
  ctx: UseCaseContext,
  access: Access,
  id: string,
): Promise<PlanWithPlacements | Problem> {
  const found = await ctx.store.planById(id) ?? await ctx.store.planByStack(id);
  return found && isVisible(found.plan.tenantId, access.visibility)
    ? found
    : new Problem({ symbol: "plan_not_found" });
}

/** Removes a plan with its placements, then gives back what they held. */
export async function deletePlan(ctx: UseCaseContext, found: PlanWithPlacements): Promise<void | Problem> {
  for (let plan: PlanWithPlacements | null = found; plan !== null;) {
    const next: PlanWithPlacements | "deleted" | null = await deleteAsRead(ctx, plan);
    if (next === "deleted") return;
    plan = next;
  }
  return new Problem({ symbol: "plan_not_found" });
}

/** Deletes a plan that still is as it was read, as its servers are locked by that; else what it is now. */
function deleteAsRead(
  { store, locks, optimizer }: UseCaseContext,
  { plan: { id, stackId, version }, placements }: PlanWithPlacements,
): Promise<PlanWithPlacements | "deleted" | null> {
  const servers = placements.map(({ orchestrationId }) => orchestrationId);
  return locks.all({ exclusive: [stackLock(stackId), ...servers.map(serverLock)] }, async () => {
    const stored = await store.planById(id);
    if (stored?.plan.version !== version) return stored;
    const removed = await surely(
      () => store.deletePlan(id),
      async () => await store.planById(id) ? null : stored,
    );
    if (removed === null) return null;
    optimizer.release(servers);
    return "deleted";
  });
}
