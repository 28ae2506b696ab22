import { OutcomeUnknown, OutsideFailure, Unavailable } from "../../../ports/failures.ts";
import type { Mail } from "../../../ports/mail.ts";
import type { Relay, RelayedAnswer, RelayedCall } from "../../../ports/relay.ts";
import type { Leadership } from "./leadership.ts";
import { answerBox, callBox, type Farewell, type SentAnswer, type SentCall } from "./letters.ts";
import { Inbox, Outbox } from "./outbox.ts";
import { pause } from "./pause.ts";

export interface MailRelayOptions {
  readonly mail: Mail;
  readonly leadership: Leadership;
  /** This process. */
  readonly process: string;
  /** How long a call waits for a process that decides, and for its answer. */
  readonly timeoutMs: number;
  /** Calls that may wait; beyond it `Unavailable`. */
  readonly maxOpen: number;
  /** Pause between two looks for answers. */
  readonly pollMs?: number;
}

/** A call that waits for its answer. */
interface Open {
  readonly sent: SentCall;
  readonly answered: PromiseWithResolvers<RelayedAnswer | null>;
  /** The term that it was sent in; null before. */
  epoch: number | null;
}

/** Both boxes of one term. */
interface Post {
  readonly epoch: number;
  readonly outbox: Outbox;
  readonly inbox: Inbox<SentAnswer | Farewell>;
  /** Whether the process that decides takes nothing more in this term. */
  isOver: boolean;
}

/** Sends calls to the process that decides, and waits for its answers. */
export class MailRelay implements Relay {
  readonly #options: Required<MailRelayOptions>;
  readonly #open = new Map<string, Open>();
  #post: Post | null = null;
  #reading: Promise<void> | null = null;
  #closed = false;

  constructor(options: MailRelayOptions) {
    this.#options = { pollMs: 5, ...options };
    options.leadership.onChange(() => this.#turn());
  }

  get here(): boolean {
    return this.#options.leadership.here;
  }

  async send(call: RelayedCall): Promise<RelayedAnswer | null> {
    const { maxOpen, timeoutMs } = this.#options;
    if (this.#closed) throw new Unavailable("optimizer", "The service stops");
    if (this.#open.size >= maxOpen) {
      throw new Unavailable("optimizer", `${maxOpen} answers are waited for already`);
    }
    const sent: SentCall = { id: crypto.randomUUID(), call };
    const open: Open = { sent, answered: Promise.withResolvers(), epoch: null };
    const timer = setTimeout(() => this.#fail(open, `No process answered within ${timeoutMs} ms`), timeoutMs);
    this.#open.set(sent.id, open);
    this.#give(open);
    try {
      return await open.answered.promise;
    } finally {
      clearTimeout(timer);
      this.#open.delete(sent.id);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const open of this.#open.values()) this.#fail(open, "The service stops");
    await this.#post?.outbox.close();
    await this.#reading;
  }

  /** Sends a call, if anybody is there who decides; else it waits until somebody is. */
  #give(open: Open): void {
    const post = this.#currentPost();
    if (post === null) return;
    open.epoch = post.epoch;
    post.outbox.add(open.sent);
    this.#reading ??= this.#read();
  }

  #currentPost(): Post | null {
    const { leadership: { serving }, mail, process } = this.#options;
    if (serving === null || serving.process === process) return null;
    const { epoch } = serving;
    if (this.#post?.epoch !== epoch) {
      void this.#post?.outbox.close();
      const outbox = new Outbox(mail, callBox(process, epoch));
      this.#post = { epoch, outbox, inbox: new Inbox(mail, answerBox(process, epoch)), isOver: false };
    }
    return this.#post.isOver ? null : this.#post;
  }

  /** Another process decides: what it was not asked yet is asked, or asked again where that does no harm. */
  #turn(): void {
    const { serving } = this.#options.leadership;
    if (serving === null) return;
    for (const open of this.#open.values()) {
      if (open.epoch === serving.epoch) continue;
      const isHarmless = open.epoch === null || open.sent.call.repeatable;
      if (!isHarmless) this.#fail(open, "The process that was asked decides no longer");
      else if (serving.process === this.#options.process) open.answered.resolve(null);
      else this.#give(open);
    }
  }

  #fail(open: Open, reason: string): void {
    const failure = open.epoch === null
      ? new Unavailable("optimizer", reason)
      : new OutcomeUnknown("optimizer", reason);
    open.answered.reject(failure);
  }

  async #read(): Promise<void> {
    const { pollMs } = this.#options;
    while (this.#open.size > 0 && this.#post !== null && !this.#closed) {
      const post: Post = this.#post;
      const answers = await post.inbox.read().catch((error): readonly (SentAnswer | Farewell)[] => {
        if (!(error instanceof OutsideFailure)) throw error;
        return [];
      });
      for (const answer of answers) {
        if ("farewell" in answer) this.#takeBack(post);
        else this.#settle(answer);
      }
      if (answers.length === 0) await pause(pollMs);
    }
    this.#reading = null;
  }

  /** What was asked in a term that is over, and not answered, was not worked on: it waits for the next one. */
  #takeBack(post: Post): void {
    post.isOver = true;
    for (const open of this.#open.values()) if (open.epoch === post.epoch) open.epoch = null;
  }

  #settle(sent: SentAnswer): void {
    const open = this.#open.get(sent.id);
    if (open === undefined) return;
    if ("answer" in sent) return open.answered.resolve(sent.answer);
    const { failure, undone } = sent;
    const error = undone ? new Unavailable("optimizer", failure) : new OutcomeUnknown("optimizer", failure);
    open.answered.reject(error);
  }
}
