import { DeadlineExceeded, Unavailable } from "../ports/failures.ts";
import type { UseCaseContext } from "./context.ts";
import { TIMED_OUT } from "./decide.ts";

/** The optimizer's word on itself, as `/v1/status` shows it. */
export interface OptimizerStatus {
  readonly alive: boolean;
  readonly ostro: {
    readonly status: { readonly type: "ok" | "error"; readonly message: string };
    readonly resources?: { readonly ip: string; readonly id: number };
  };
}

/** Pings the optimizer once; an optimizer that does not answer in time is a status, not a failure. */
export async function optimizerStatus(ctx: UseCaseContext): Promise<OptimizerStatus> {
  try {
    const { ip, id } = await ctx.optimizer.ping({ timeoutMs: ctx.limits.pingMs });
    return { alive: true, ostro: { status: { type: "ok", message: "ping" }, resources: { ip, id } } };
  } catch (error) {
    if (!(error instanceof DeadlineExceeded) && !(error instanceof Unavailable)) throw error;
    return { alive: false, ostro: { status: { type: "error", message: TIMED_OUT } } };
  }
}
