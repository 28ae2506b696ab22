import type { DataCenter } from "../../../domain/data_center.ts";
import type { Holding } from "../../../domain/holding.ts";
import type { Profile } from "../../../domain/quality.ts";
import type { ExplainQuestion, Explanation } from "../../../domain/explanation.ts";
import type { MoveAnswer, MoveQuestion } from "../../../domain/moves.ts";
import type { Decision, PlacementRequest } from "../../../domain/placement_request.ts";

/** How hard the engine tries, see `EngineSettings`. */
export interface SearchLimits {
  readonly maxSteps: number;
  readonly improveSteps: number;
  readonly profile: Profile;
  readonly moveSteps: number;
  readonly emergencyMs: number;
}

/** Questions to the engine's thread: what each carries, and what comes back. */
export interface Questions {
  load: { asks: { readonly dataCenter: DataCenter; readonly limits: SearchLimits }; answers: null };
  hold: { asks: readonly Holding[]; answers: null };
  place: { asks: PlacementRequest; answers: Decision };
  explain: {
    asks: { readonly request: PlacementRequest; readonly question: ExplainQuestion };
    answers: Explanation;
  };
  planMoves: { asks: MoveQuestion; answers: MoveAnswer };
  groupServers: { asks: string; answers: readonly string[] };
  invalidPlacements: { asks: null; answers: ReadonlyMap<string, string> };
  ping: { asks: null; answers: null };
}

export type QuestionKind = keyof Questions;

/** A question under the number of its call. The call of a `place` is also the id of the booking that it makes. */
export type Question = {
  [K in QuestionKind]: { readonly kind: K; readonly call: number; readonly asks: Questions[K]["asks"] };
}[QuestionKind];

/** What the engine is told and does not answer. */
export type Order =
  /** Ends a booking; one that is not open, or that was never made, is passed over. */
  | { readonly kind: "settle"; readonly booking: number; readonly outcome: "kept" | "undone" }
  | { readonly kind: "release"; readonly serverIds: readonly string[] }
  | {
    readonly kind: "confirm";
    readonly servers: readonly { readonly serverId: string; readonly resourceId: string | null }[];
  };

export type ToEngine = Question | Order;

/** What an exception in the engine said. */
export interface Failure {
  readonly message: string;
  readonly stack: string;
}

export type FromEngine =
  | { readonly call: number; readonly answers: unknown }
  | { readonly call: number; readonly failure: Failure }
  /** An order failed: the model can't be trusted any more. */
  | { readonly call: null; readonly failure: Failure };
