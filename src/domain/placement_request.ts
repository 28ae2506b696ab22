import type { Application } from "./application.ts";
import type { Demand } from "./demand.ts";
import type { Quality } from "./quality.ts";
import type { Refusal } from "./refusal.ts";

/** What a request says about one server beyond what the application says. */
export interface ServerDirective {
  readonly serverId: string;
  /** Where the server is held now, and with how much; absent for a server that has no host yet. */
  readonly standing?: {
    readonly host: string;
    readonly demand: Demand;
    readonly resourceId: string | null;
    readonly origin: string | null;
    readonly expiresAtMs: number | null;
  };
  /** `must`: stays where it stands; `should`: moves only when nothing else works; `free`: no preference. */
  readonly stay: "must" | "should" | "free";
  /** The only hosts that may receive the server; absent for any. */
  readonly allowedHosts?: readonly string[];
  /** Hosts that may not receive the server. */
  readonly forbiddenHosts?: readonly string[];
  /** The server is no longer where it stands, as its host was lost: nothing stays held there once it is placed. */
  readonly gone?: boolean;
}

/** One question to the optimizer: hosts for every server of an application, all or nothing. */
export interface PlacementRequest {
  readonly stackId: string;
  readonly application: Application;
  /** One per server that is not simply free; servers without one are free. */
  readonly directives: readonly ServerDirective[];
  /** True for a migration: a server that moves keeps its old host held as `origin`. */
  readonly keepOrigin: boolean;
  /** End of the hold on what is newly placed; null for never. */
  readonly holdUntilMs: number | null;
  /** The caller's time, for holds that have ended. */
  readonly nowMs: number;
}

export interface PlacedServer {
  readonly serverId: string;
  readonly host: string;
  readonly demand: Demand;
}

/** A server of an answer, as it is booked. */
export interface BookedServer extends PlacedServer {
  /** The host that it is still on while it migrates, which stays held; null for none. */
  readonly origin: string | null;
}

/** How an answer was found. */
export interface Effort {
  /** Candidate hosts examined. */
  readonly steps: number;
  /** Seed of the weighted restarts. */
  readonly seed: number;
  /** What ended the search: an answer or a proof, the budget of steps, or the emergency clock. */
  readonly endedBy: "answer" | "proof" | "steps" | "time";
}

/**
 * The answer. A placed application is already booked in the optimizer's model under `bookingId`,
 * together with the release of what the stack held before, until the booking is settled.
 */
export type Decision =
  | {
    readonly kind: "placed";
    readonly bookingId: number;
    /** One per server of the application, in its order. */
    readonly placements: readonly BookedServer[];
    readonly effort: Effort;
    readonly quality: Quality;
  }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly effort: Effort };
