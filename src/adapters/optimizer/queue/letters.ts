import type { RelayedAnswer, RelayedCall } from "../../../ports/relay.ts";

/** A call on its way, with a name to match its answer by. */
export interface SentCall {
  readonly id: string;
  readonly call: RelayedCall;
}

/** What became of a call: an answer, or why there is none. */
export type SentAnswer =
  & { readonly id: string }
  & (
    | { readonly answer: RelayedAnswer }
    /** `undone`: nothing happened. */
    | { readonly failure: string; readonly undone: boolean }
  );

/** The last item of a box of answers: what is not answered by then was not worked on. */
export interface Farewell {
  readonly farewell: true;
}

/** The box for one process's calls in one term, and the one for the answers to them. */
export function callBox(process: string, epoch: number): string {
  return `calls/${process}/${epoch}`;
}

export function answerBox(process: string, epoch: number): string {
  return `answers/${process}/${epoch}`;
}
