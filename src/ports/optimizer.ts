import type { ConfirmedServer } from "../domain/holding.ts";
import type { ExplainQuestion, Explanation } from "../domain/explanation.ts";
import type { MoveAnswer, MoveQuestion } from "../domain/moves.ts";
import type { Decision, PlacementRequest } from "../domain/placement_request.ts";

/** Who answers a ping: the contract's `ip` and `id` (priority). */
export interface OptimizerInstance {
  readonly ip: string;
  readonly id: number;
}

/**
 * Decides and holds capacity. Requests of one stack must not overlap (the caller's duty); requests of different
 * stacks are decided one after another on one model, so that no two of them are given the same capacity.
 *
 * Every method throws `Unavailable` while no engine can answer. Nothing is booked then.
 */
export interface Optimizer {
  /**
   * Hosts for a whole application, booked at once. The caller settles every placed decision exactly once.
   * Throws `DeadlineExceeded` after `timeoutMs`; a decision that comes later is undone by the adapter.
   */
  place(request: PlacementRequest, options: { readonly timeoutMs: number }): Promise<Decision>;
  /** Says what `place` would answer and why, and books nothing. Throws `DeadlineExceeded` after `timeoutMs`. */
  explain(
    request: PlacementRequest,
    question: ExplainQuestion,
    options: { readonly timeoutMs: number },
  ): Promise<Explanation>;
  /** Plans moves of servers that are held, and moves nothing. Throws `DeadlineExceeded` after `timeoutMs`. */
  planMoves(question: MoveQuestion, options: { readonly timeoutMs: number }): Promise<MoveAnswer>;
  /** `kept`: the decision is durable. `undone`: give everything back as it was before. Never throws. */
  settle(bookingId: number, outcome: "kept" | "undone"): void;
  /** Gives back what is held for these servers; unknown ids are ignored. Never throws. */
  release(serverIds: readonly string[]): void;
  /**
   * Records that held servers exist now: the hold no longer expires, a migrating server's old host is given back,
   * and its Nova id is known. Unknown ids are ignored. Never throws.
   */
  confirm(servers: readonly ConfirmedServer[]): void;
  /** Orchestration ids of the servers held in the named group. */
  groupServers(groupName: string, options: { readonly timeoutMs: number }): Promise<readonly string[]>;
  /** Held servers that break a rule where they are: orchestration id to reason. */
  invalidPlacements(options: { readonly timeoutMs: number }): Promise<ReadonlyMap<string, string>>;
  ping(options: { readonly timeoutMs: number }): Promise<OptimizerInstance>;
  close(): Promise<void>;
}
