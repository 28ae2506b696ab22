import type { UseCaseContext } from "./context.ts";
import { askOptimizer } from "./decide.ts";
import { Problem } from "./problem.ts";

export interface InvalidResource {
  /** Nova's id, or the orchestration id of a server that has none yet. */
  readonly id: string;
  readonly reason: string;
}

/** Held servers that break a rule where they are. */
export async function invalidResources(ctx: UseCaseContext): Promise<InvalidResource[] | Problem> {
  const invalid = await askOptimizer(ctx, (options) => ctx.optimizer.invalidPlacements(options));
  if (invalid instanceof Problem) return invalid;
  const found: InvalidResource[] = [];
  for (const [orchestrationId, reason] of invalid) {
    const placement = await ctx.store.placementByOrchestrationId(orchestrationId);
    found.push({ id: placement?.resourceId ?? orchestrationId, reason });
  }
  return found;
}
