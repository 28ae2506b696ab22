import type { ConfirmedServer } from "../domain/holding.ts";
import type { BookedServer, Decision, PlacementRequest } from "../domain/placement_request.ts";
import { DeadlineExceeded, OutcomeUnknown } from "../ports/failures.ts";
import type { UseCaseContext } from "./context.ts";
import { Problem } from "./problem.ts";

/** Decided hosts by server id. */
export type Hosts = ReadonlyMap<string, BookedServer>;

export interface DecideOptions<T> {
  readonly action: "create" | "update" | "replan" | "migrate";
  /** The request's own `timeout`; null for none. */
  readonly timeoutMs: number | null;
  /** Whether the hosts are only asked for, and given back at once. */
  readonly dryRun: boolean;
  /** Servers without which an answer is worth nothing. */
  readonly wanted: readonly string[];
  /** Makes the hosts durable, or not in a dry run. A `Problem` or an exception says that nothing is, `OutcomeUnknown` that nobody knows. */
  readonly store: (hosts: Hosts) => Promise<T | Problem>;
  /** Servers that are then reserved where they are: what is held for them has no end. */
  readonly reserved?: readonly ConfirmedServer[];
}

/** Asks the optimizer for hosts and stores them; what is not stored is given back. */
export async function decide<T>(
  ctx: UseCaseContext,
  request: PlacementRequest,
  { action, timeoutMs, dryRun, wanted, store, reserved = [] }: DecideOptions<T>,
): Promise<T | Problem> {
  const decision = await askForHosts(ctx, request, { action, timeoutMs });
  if (decision instanceof Problem) return decision;
  let outcome: "kept" | "undone" = "undone";
  try {
    const hosts: Hosts = new Map(decision.placements.map((server) => [server.serverId, server]));
    if (!wanted.every((id) => hosts.has(id))) return failed("incomplete response");
    const result = await store(hosts);
    if (!(result instanceof Problem) && !dryRun) outcome = "kept";
    return result;
  } catch (error) {
    // What may be durable stays held: the stack's next request can correct that, but not a host promised twice.
    if (error instanceof OutcomeUnknown) outcome = "kept";
    throw error;
  } finally {
    ctx.optimizer.settle(decision.bookingId, outcome);
    if (outcome === "kept" && reserved.length > 0) ctx.optimizer.confirm(reserved);
  }
}

async function askForHosts(
  ctx: UseCaseContext,
  request: PlacementRequest,
  { action, timeoutMs }: Pick<DecideOptions<never>, "action" | "timeoutMs">,
): Promise<Decision & { kind: "placed" } | Problem> {
  const limitMs = Math.min(timeoutMs ?? Infinity, ctx.limits.decisionMs);
  const startedMs = ctx.clock.monotonicMs();
  let outcome: "placed" | "refused" | "failed" = "failed";
  try {
    const decision = await answered(ctx, () => ctx.optimizer.place(request, { timeoutMs: limitMs }));
    if (decision instanceof Problem) return decision;
    outcome = decision.kind;
    if (decision.kind === "placed") return decision;
    return new Problem({ symbol: "optimizer_refused", refusal: decision.refusal });
  } finally {
    ctx.metrics.decisionMade({ action, outcome, durationMs: ctx.clock.monotonicMs() - startedMs });
  }
}

/** Asks the optimizer something that books nothing. */
export function askOptimizer<T>(
  ctx: UseCaseContext,
  ask: (options: { readonly timeoutMs: number }) => Promise<T>,
): Promise<T | Problem> {
  return answered(ctx, () => ask({ timeoutMs: ctx.limits.decisionMs }));
}

async function answered<T>({ waits }: UseCaseContext, ask: () => Promise<T>): Promise<T | Problem> {
  try {
    return await waits.run(ask);
  } catch (error) {
    if (error instanceof DeadlineExceeded) return failed(TIMED_OUT);
    throw error;
  }
}

/** The contract's text for an optimizer that gives no answer in time. */
export const TIMED_OUT = "Timed out waiting for a response.";

function failed(text: string): Problem {
  return new Problem({ symbol: "optimizer_failed", text });
}
