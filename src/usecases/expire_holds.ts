import type { Placement, PlanWithPlacements } from "../domain/plan.ts";
import type { UseCaseContext } from "./context.ts";
import { isExpired } from "./plan_rows.ts";
import { stackLock } from "./plans.ts";

/**
 * Writes down what became of holds that have ended: a server whose migration was never confirmed is back on its old
 * host. The room itself is given back by the optimizer when the hold ends. Other rows stay as they are.
 */
export async function expireHolds(ctx: UseCaseContext): Promise<void> {
  if (ctx.limits.holdMs === 0) return;
  for await (const page of ctx.store.plans("all")) {
    for (const { plan, placements } of page) {
      if (!placements.some((placement) => fellBack(ctx, placement))) continue;
      await ctx.locks.exclusive(stackLock(plan.stackId), async () => {
        const current = await ctx.store.planById(plan.id);
        if (current) await writeBack(ctx, current);
      });
    }
  }
}

function fellBack(ctx: UseCaseContext, placement: Placement): boolean {
  return placement.origin !== null && isExpired(ctx, placement);
}

async function writeBack(ctx: UseCaseContext, { plan, placements }: PlanWithPlacements): Promise<void> {
  const back = placements.filter((placement) => fellBack(ctx, placement)).map((placement): Placement => ({
    ...placement,
    location: placement.origin!,
    origin: null,
    reserved: true,
    holdExpiresAtMs: null,
  }));
  if (back.length === 0) return;
  const written = await ctx.store.changePlacements(plan.id, plan.version, back);
  if (!written) ctx.logger.warn("A plan changed while its holds ended", { planId: plan.id });
}
