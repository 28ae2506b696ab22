import type { Level } from "../domain/levels.ts";
import type { Clock } from "../ports/clock.ts";
import type { Identity } from "../ports/identity.ts";
import type { Ids } from "../ports/ids.ts";
import type { Inventory } from "../ports/inventory.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Optimizer } from "../ports/optimizer.ts";
import type { Store } from "../ports/store.ts";
import type { Locks } from "./locks.ts";
import type { Waits } from "./waits.ts";

/** Limits that use cases keep; every one is a setting. */
export interface UseCaseLimits {
  /** Stored plans; beyond it a create is answered 503. */
  readonly plans: number;
  /** Resources of one plan, or moves that are applied at once; beyond it 400. */
  readonly resourcesPerPlan: number;
  /** Moves that one plan of moves may have; who is left over is for a later one. */
  readonly movesPerPlan: number;
  /** Moves of one wave that a host is an end of, unless a request says otherwise. */
  readonly movesPerHost: number;
  /** Longest wait for a decision; a request's own `timeout` can only shorten it. */
  readonly decisionMs: number;
  readonly pingMs: number;
  /** How long an unreserved placement stays held after the last contact; 0 for ever. */
  readonly holdMs: number;
}

/** Everything that a use case works with. */
export interface UseCaseContext {
  readonly store: Store;
  readonly optimizer: Optimizer;
  readonly identity: Identity;
  readonly inventory: Inventory;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly locks: Locks;
  /** Bounds the answers of the optimizer that are waited for. */
  readonly waits: Waits;
  /** The levels of the topology that the site has. */
  readonly levels: () => readonly Level[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly limits: UseCaseLimits;
}
