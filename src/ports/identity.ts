import type { Caller } from "../domain/caller.ts";

/** Who stands behind a token, and which projects exist. */
export interface Identity {
  /**
   * The caller behind a token; null for a token that is unknown, expired, or not scoped to a project.
   * Throws `Unavailable` when the truth can't be learned now. Safe to repeat.
   */
  authenticate(token: string): Promise<Caller | null>;
  /**
   * Of `projectIds`, those that name an existing, enabled project, in the order given.
   * Throws `Unavailable`. Safe to repeat.
   */
  knownProjects(projectIds: readonly string[]): Promise<readonly string[]>;
  /** Resolves when the identity service answers; throws `Unavailable`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
