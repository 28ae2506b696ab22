import type { Notifier } from "../ports/notifier.ts";
import type { Relay } from "../ports/relay.ts";
import type { Policy } from "../usecases/access.ts";
import type { UseCaseContext } from "../usecases/context.ts";

export interface HttpLimits {
  readonly bodyBytes: number;
  readonly jsonDepth: number;
  /** Requests worked on at once; beyond it 503. */
  readonly inFlight: number;
  /** Longest time from a request's head to its answer. */
  readonly requestMs: number;
}

/** Which parts of the service work, by name. */
export interface Health {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, "ok" | "failed">>;
}

export interface AppOptions {
  readonly context: UseCaseContext;
  readonly notifier: Notifier;
  readonly policy: Policy;
  readonly adminRoles: readonly string[];
  readonly unowned: "admin" | "all";
  /** Base of links, without a slash at the end; null takes it from each request. */
  readonly publicUrl: string | null;
  readonly limits: HttpLimits;
  /** Whether the service can do its work now. */
  readonly ready: () => Promise<Health>;
  /** Whether a peer's address reads `/metrics` without a token. */
  readonly metricsAllowed: (address: string) => boolean;
  readonly version: string;
  /** Gives calls to the process that decides; null where this is the only one. */
  readonly relay: Relay | null;
}

/** What is known of a request's peer. */
export interface PeerInfo {
  readonly remoteAddress: string;
}
