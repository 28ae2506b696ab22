import type { UseCaseContext } from "./context.ts";
import { stackLock } from "./lock_keys.ts";
import { fallenBack, momentOf } from "./moment.ts";
import { changedRows, writeRows } from "./plan_writes.ts";

/**
 * Writes down what became of holds that have ended: a server whose migration was never confirmed is back on its old
 * host. The optimizer itself gives the room of an ended hold back; all other rows stay as they are.
 */
export async function expireHolds(ctx: UseCaseContext): Promise<void> {
  if (ctx.limits.holdMs === 0) return;
  for await (const page of ctx.store.placements({ visibility: "all" })) {
    const moment = momentOf(ctx);
    const plans = new Set(page.filter((row) => fallenBack(row, moment) !== row).map(({ planId }) => planId));
    for (const planId of plans) await writeBack(ctx, planId);
  }
}

async function writeBack(ctx: UseCaseContext, planId: string): Promise<void> {
  const stackId = (await ctx.store.planById(planId))?.plan.stackId;
  if (stackId === undefined) return;
  await ctx.locks.exclusive(stackLock(stackId), async () => {
    const stored = await ctx.store.planById(planId);
    if (!stored) return;
    const moment = momentOf(ctx);
    const after = stored.placements.map((placement) => fallenBack(placement, moment));
    const back = changedRows(stored.placements, after);
    await writeRows(ctx, stored, back);
    ctx.optimizer.confirm(
      back.map(({ orchestrationId, resourceId, location }) => ({
        serverId: orchestrationId,
        resourceId,
        host: location,
      })),
    );
  });
}
