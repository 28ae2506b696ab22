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
export function deletePlan(
  { store, locks, optimizer }: UseCaseContext,
  found: PlanWithPlacements,
): Promise<void | Problem> {
  const { plan: { id, stackId }, placements } = found;
  const servers = placements.map(({ orchestrationId }) => serverLock(orchestrationId));
  return locks.all({ exclusive: [stackLock(stackId), ...servers] }, async () => {
    const removed = await surely(
      () => store.deletePlan(id),
      async () => await store.planById(id) ? null : found,
    );
    if (!removed) return new Problem({ symbol: "plan_not_found" });
    optimizer.release(removed.placements.map(({ orchestrationId }) => orchestrationId));
  });
}
