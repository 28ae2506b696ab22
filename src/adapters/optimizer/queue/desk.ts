import { OutcomeUnknown, OutsideFailure } from "../../../ports/failures.ts";
import type { Logger } from "../../../ports/logger.ts";
import type { Mail } from "../../../ports/mail.ts";
import type { RelayedAnswer, RelayedCall } from "../../../ports/relay.ts";
import type { Leadership } from "./leadership.ts";
import { answerBox, callBox, type Farewell, type SentAnswer, type SentCall } from "./letters.ts";
import { Inbox, Outbox } from "./outbox.ts";
import { pause } from "./pause.ts";

export interface DeskOptions {
  readonly mail: Mail;
  readonly leadership: Leadership;
  readonly logger: Logger;
  /** This process. */
  readonly process: string;
  /** Works on a call of another process. Throws `OutsideFailure`; anything else is a bug and is logged. */
  readonly work: (call: RelayedCall) => Promise<RelayedAnswer>;
  /** Calls that are worked on at once; the rest stays in its box. */
  readonly maxOpen: number;
  /** Pause between two looks for calls, while there are some and while there are none. */
  readonly busyPollMs?: number;
  readonly idlePollMs?: number;
  /** How often this process says that it is there, and looks who is. */
  readonly announceMs?: number;
}

/** One other process, and how far its calls of this term are read: none is worked on twice. */
interface Peer {
  readonly inbox: Inbox<SentCall>;
  readonly outbox: Outbox;
  isThere: boolean;
}

const FAREWELL_MS = 2000;

/** After a call the desk expects another one for so long. */
const BUSY_MS = 1000;

/** Works on the calls of other processes, while this one decides. */
export class Desk {
  readonly #options: Required<DeskOptions>;
  readonly #peers = new Map<string, Peer>();
  readonly #working = new Set<Promise<void>>();
  #epoch: number | null = null;
  #closed = false;
  #lastCallMs = -Infinity;
  #life: Promise<unknown> | null = null;

  constructor(options: DeskOptions) {
    this.#options = { busyPollMs: 5, idlePollMs: 20, announceMs: 500, ...options };
  }

  start(): void {
    this.#life = Promise.all([this.#announce(), this.#serve()]);
  }

  /** Takes no further call; resolves when those that were taken are answered. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#life;
    await Promise.all(this.#working);
    const isHere = this.#options.leadership.term === this.#epoch;
    await Promise.all([...this.#peers.values()].map(({ outbox }) => sayFarewell(outbox, isHere)));
  }

  async #announce(): Promise<void> {
    const { mail, announceMs } = this.#options;
    while (!this.#closed) {
      await outsideMayFail(async () => {
        await mail.announce();
        await this.#meet();
      });
      await pause(announceMs);
    }
  }

  /** Opens the boxes of who is new. */
  async #meet(): Promise<void> {
    const { mail, leadership, process } = this.#options;
    if (leadership.term === null) return;
    const there = (await mail.processes()).filter((each) => each !== process);
    const epoch = leadership.term;
    if (epoch === null) return;
    if (epoch !== this.#epoch) this.#peers.clear();
    this.#epoch = epoch;
    for (const [name, peer] of this.#peers) peer.isThere = there.includes(name);
    for (const name of there.filter((each) => !this.#peers.has(each))) {
      const inbox = new Inbox<SentCall>(mail, callBox(name, epoch));
      this.#peers.set(name, { inbox, outbox: new Outbox(mail, answerBox(name, epoch)), isThere: true });
    }
  }

  async #serve(): Promise<void> {
    const { busyPollMs, idlePollMs, leadership } = this.#options;
    leadership.onChange(() => void outsideMayFail(() => this.#meet()));
    while (!this.#closed) {
      const isHere = leadership.here && leadership.term === this.#epoch;
      const peers = isHere ? [...this.#peers.values()].filter(({ isThere }) => isThere) : [];
      const found = await Promise.all(peers.map((peer) => this.#take(peer)));
      const isBusy = performance.now() - this.#lastCallMs < BUSY_MS;
      if (!found.includes(true)) await pause(isBusy ? busyPollMs : idlePollMs);
    }
  }

  /** Takes the calls of one process that wait; whether there were any. */
  async #take({ inbox, outbox }: Peer): Promise<boolean> {
    if (this.#working.size >= this.#options.maxOpen) return false;
    let calls: readonly SentCall[] = [];
    await outsideMayFail(async () => {
      calls = await inbox.read();
    });
    if (calls.length > 0) this.#lastCallMs = performance.now();
    for (const { id, call } of calls) {
      const working = this.#work({ id, call }).then((answer) => outbox.add(answer))
        .finally(() => this.#working.delete(working));
      this.#working.add(working);
    }
    return calls.length > 0;
  }

  async #work({ id, call }: SentCall): Promise<SentAnswer> {
    try {
      return { id, answer: await this.#options.work(call) };
    } catch (error) {
      if (!(error instanceof OutsideFailure)) {
        this.#options.logger.error("A call of another process failed", { requestId: call.requestId, error });
      }
      const undone = error instanceof OutsideFailure && !(error instanceof OutcomeUnknown);
      return { id, failure: error instanceof OutsideFailure ? error.message : "The call failed", undone };
    }
  }
}

/** Sends what is left, but not for ever: the store may be out of reach. */
async function sayFarewell(outbox: Outbox, isHere: boolean): Promise<void> {
  if (isHere) outbox.add({ farewell: true } satisfies Farewell);
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, FAREWELL_MS);
  await Promise.race([outbox.flushed(), late]);
  clearTimeout(timer);
  await outbox.close();
}

async function outsideMayFail(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof OutsideFailure)) throw error;
  }
}
