import type { Caller } from "../domain/caller.ts";

/** A call of the API, authenticated, that another process works on. */
export interface RelayedCall {
  readonly method: string;
  /** Path and query, as they came. */
  readonly target: string;
  readonly caller: Caller;
  /** The request's `Accept`. */
  readonly accept: string | null;
  /** Scheme and authority for links, without a slash at the end. */
  readonly root: string;
  readonly requestId: string;
  /** The body as text; null for none. */
  readonly body: string | null;
  /** Whether it may be worked on twice, as the second time changes nothing more. */
  readonly repeatable: boolean;
}

export interface RelayedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A JSON value; absent for none. */
  readonly body?: object;
  readonly text?: { readonly contentType: string; readonly content: string };
}

/** Gives calls to the process that decides. */
export interface Relay {
  /** Whether this process decides, so that it works on calls itself. */
  readonly here: boolean;
  /**
   * The answer of the process that decides; null when this process decides by now. Throws `Unavailable` when no process
   * took the call, `OutcomeUnknown` when one may have worked on it.
   */
  send(call: RelayedCall): Promise<RelayedAnswer | null>;
}
