import type { DataCenter } from "../domain/data_center.ts";
import type { Holding } from "../domain/holding.ts";
import type { Decision, PlacementRequest } from "../domain/placement_request.ts";

export interface EngineSettings {
  /** Candidate hosts that one request may examine before the search gives up. */
  readonly maxSteps: number;
  /** Emergency stop of one request on the wall clock, in milliseconds; reported when it ends a search. */
  readonly emergencyMs: number;
  /** Milliseconds of a clock that never goes back; read only for the emergency stop. */
  readonly monotonicMs: () => number;
}

/**
 * The optimizer's model of one site and the search on it: synchronous, and deterministic given the same calls in
 * the same order.
 */
export class Engine {
  constructor(_dataCenter: DataCenter, _settings: EngineSettings) {}

  /** Takes a stored holding into the model, whether or not it fits: what was promised stays promised. */
  hold(_holding: Holding): void {}

  /** Decides a request and books the answer; see `Decision`. */
  place(_request: PlacementRequest): Decision {
    throw new Error("unwritten");
  }

  /** Ends a booking; `undone` restores what was held before it. Unknown ids are a bug and throw. */
  settle(_bookingId: number, _outcome: "kept" | "undone"): void {}

  /** Gives back what is held for these servers; unknown ids are ignored. */
  release(_serverIds: readonly string[]): void {}

  /** See `Optimizer.confirm`. */
  confirm(_servers: readonly { readonly serverId: string; readonly resourceId: string | null }[]): void {}

  /** Orchestration ids of the servers held in the named group, in ascending order. */
  groupServers(_groupName: string): string[] {
    return [];
  }

  /** Held servers that break a rule where they are: orchestration id to reason, in ascending order. */
  invalidPlacements(): Map<string, string> {
    return new Map();
  }
}
