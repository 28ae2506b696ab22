import type { Decision, PlacementRequest } from "../domain/placement_request.ts";
import { DeadlineExceeded, OutcomeUnknown, Unavailable } from "../ports/failures.ts";
import type { UseCaseContext } from "./context.ts";
import { Problem } from "./problem.ts";

export type Placed = Decision & { kind: "placed" };

const TIMED_OUT = "Timed out waiting for a response.";

export interface DecideOptions {
  readonly action: "create" | "update" | "replan" | "migrate";
  /** The request's own `timeout`; null for none. */
  readonly timeoutMs: number | null;
  /** The server without which an answer is worth nothing; null when all of them must be in it. */
  readonly targetId: string | null;
}

/** Asks the optimizer for hosts. A placed decision is booked: hand it to `commit`. */
export async function decide(
  ctx: UseCaseContext,
  request: PlacementRequest,
  { action, timeoutMs, targetId }: DecideOptions,
): Promise<Placed | Problem> {
  const limitMs = Math.min(timeoutMs ?? Infinity, ctx.limits.decisionMs);
  const startedMs = ctx.clock.monotonicMs();
  let outcome: "placed" | "refused" | "failed" = "failed";
  try {
    const decision = await ctx.waits.run(() => ctx.optimizer.place(request, { timeoutMs: limitMs }));
    outcome = decision.kind;
    if (decision.kind === "refused") {
      return new Problem({ symbol: "optimizer_refused", refusal: decision.refusal });
    }
    return complete(
      ctx,
      decision,
      targetId === null ? request.application.servers.map(({ id }) => id) : [targetId],
    );
  } catch (error) {
    if (error instanceof DeadlineExceeded) {
      return new Problem({ symbol: "optimizer_failed", text: TIMED_OUT });
    }
    throw error;
  } finally {
    ctx.metrics.decisionMade({ action, outcome, durationMs: ctx.clock.monotonicMs() - startedMs });
  }
}

/** The decision if all `wanted` servers are in it; one that lacks any is taken back. */
function complete(ctx: UseCaseContext, decision: Placed, wanted: readonly string[]): Placed | Problem {
  const placed = new Set(decision.placements.map(({ serverId }) => serverId));
  if (wanted.every((id) => placed.has(id))) return decision;
  ctx.optimizer.settle(decision.bookingId, "undone");
  return new Problem({ symbol: "optimizer_failed", text: "incomplete response" });
}

/** Asks the optimizer something that books nothing. */
export async function askOptimizer<T>(
  ctx: UseCaseContext,
  ask: (options: { readonly timeoutMs: number }) => Promise<T>,
): Promise<T | Problem> {
  try {
    return await ctx.waits.run(() => ask({ timeoutMs: ctx.limits.decisionMs }));
  } catch (error) {
    if (error instanceof DeadlineExceeded) {
      return new Problem({ symbol: "optimizer_failed", text: TIMED_OUT });
    }
    throw error;
  }
}

/**
 * Makes a booked decision durable, or takes it back. `write` tells what it did: a result other than a `Problem` is
 * durable. Where a lost write may have happened, `isWritten` reads whether it did.
 */
export async function commit<T>(
  ctx: UseCaseContext,
  { bookingId }: Placed,
  { write, isWritten }: { write: () => Promise<T | Problem>; isWritten: () => Promise<T | null> },
): Promise<T | Problem> {
  let kept = false;
  try {
    const result = await write();
    kept = !(result instanceof Problem);
    return result;
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error;
    const written = await isWritten();
    if (written === null) throw new Unavailable("store", error.message, undefined, { cause: error });
    kept = true;
    return written;
  } finally {
    ctx.optimizer.settle(bookingId, kept ? "kept" : "undone");
  }
}
