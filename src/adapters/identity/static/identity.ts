import { createHash } from "node:crypto";
import type { Caller } from "../../../domain/caller.ts";
import type { Credentials, Identity } from "../../../ports/identity.ts";

export interface StaticIdentityOptions {
  readonly tokens: readonly {
    readonly token: string;
    readonly userId: string;
    readonly projectId: string;
    readonly roles: readonly string[];
  }[];
  /** Known besides the projects of the tokens. */
  readonly projectIds: readonly string[];
}

/**
 * Callers and projects from the configuration. Tokens are kept and compared as SHA-256 digests: memory dumps hold none
 * of them, and the time of a look-up tells nothing about how much of a guess was right.
 */
export class StaticIdentity implements Identity {
  readonly #callers: ReadonlyMap<string, Caller>;
  readonly #projects: ReadonlySet<string>;

  constructor({ tokens, projectIds }: StaticIdentityOptions) {
    this.#callers = new Map(
      tokens.map(({ token, userId, projectId, roles }) => [digest(token), { userId, projectId, roles }]),
    );
    this.#projects = new Set([...projectIds, ...tokens.map(({ projectId }) => projectId)]);
  }

  authenticate({ token }: Credentials): Promise<Caller | null> {
    return Promise.resolve(this.#callers.get(digest(token)) ?? null);
  }

  knownProjects(projectIds: readonly string[]): Promise<readonly string[]> {
    return Promise.resolve(projectIds.filter((id) => this.#projects.has(id)));
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  check(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
