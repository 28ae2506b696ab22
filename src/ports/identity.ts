import type { Caller } from "../domain/caller.ts";

/** What a request shows of who sends it. */
export interface Credentials {
  readonly token: string;
  /** Of a service that passes on the token of a user, which may have expired on the way; null without one. */
  readonly serviceToken: string | null;
  /** What is called, as some tokens are good for some calls only. The path is without query and slash at the end. */
  readonly call: { readonly method: string; readonly path: string };
}

/** Who stands behind a token, and which projects exist. */
export interface Identity {
  /**
   * The caller behind a token; null for a token that is unknown, expired, not scoped to a project, or not good for
   * this call. Throws `Unavailable` when the truth can't be learned now. Safe to repeat.
   */
  authenticate(credentials: Credentials): Promise<Caller | null>;
  /**
   * Of `projectIds`, those that name an existing, enabled project, in the order given.
   * Throws `Unavailable`. Safe to repeat.
   */
  knownProjects(projectIds: readonly string[]): Promise<readonly string[]>;
  /** Resolves when the identity service answers; throws `Unavailable`. */
  ping(): Promise<void>;
  /** As `ping`, and whether it lets this service ask about callers: for an operator. Throws `Unavailable`. */
  check(): Promise<void>;
  close(): Promise<void>;
}
