import type { Application } from "../domain/application.ts";
import type { MoveGoal, MovePlan } from "../domain/moves.ts";
import type { UseCaseContext } from "./context.ts";
import { askOptimizer } from "./decide.ts";
import { placedApplication } from "./plan_rows.ts";
import { Problem } from "./problem.ts";

/** The optimizer may ask for the plans of further stacks so often; then it has to do without. */
const MOST_ROUNDS = 8;

/** Plans moves that reach a goal; nothing is stored and nothing held. */
export async function planMoves(
  ctx: UseCaseContext,
  { goal, perHost = ctx.limits.movesPerHost }: { readonly goal: MoveGoal; readonly perHost?: number },
): Promise<MovePlan | Problem> {
  const stacks = new Map<string, Application | null>();
  const nowMs = ctx.clock.nowMs();
  for (let round = 1;; round++) {
    const question = { goal, perHost, mostMoves: ctx.limits.movesPerPlan, stacks, nowMs };
    const answer = await askOptimizer(ctx, (options) => ctx.optimizer.planMoves(question, options));
    if (answer instanceof Problem) return answer;
    if (answer.kind === "planned") return answer.plan;
    if (answer.kind === "unknown") {
      const text = `${answer.what} "${answer.name}" is not known`;
      return new Problem({ symbol: "valet_error", status: 404, text });
    }
    for (const stackId of answer.stackIds) {
      const stored = round > MOST_ROUNDS ? null : await ctx.store.planByStack(stackId);
      stacks.set(stackId, stored && placedApplication(stored));
    }
  }
}
