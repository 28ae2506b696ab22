import type { Buffer } from "node:buffer";
import type { NotificationOutcome } from "../../../ports/notifier.ts";

/** A message that is ready to be sent. */
export interface Message {
  readonly uniqueId: string;
  readonly routingKey: string;
  readonly bytes: Buffer;
  /** By the clock that never goes back. */
  readonly publishedMs: number;
}

interface Entry extends Message {
  /** How often it was handed out. */
  attempts: number;
  sentMs: number;
  /** Whether listeners may have it: then only the bus can tell what became of it. */
  mayHaveArrived: boolean;
}

export interface OutboxOptions {
  /** Messages that wait for the first time. */
  readonly limit: number;
  /** Bytes of all messages. */
  readonly maxBytes: number;
  /** A message that waits longer is dropped, unless it may have arrived. */
  readonly timeoutMs: number;
  /** How often a message is handed out again; may be infinite. */
  readonly retries: number;
  /** Told of each message exactly once, when it leaves. */
  readonly ended: (outcome: NotificationOutcome, count: number) => void;
}

/**
 * Messages handed out at once. oslo.messaging's listener knows a repeated message among its last 16 only
 * (`DUP_MSG_CHECK_SIZE`, 18.3.1), so no more may have to be repeated.
 */
const WINDOW = 16;

/** Bytes handed out at once; a message that is larger goes alone. */
const WINDOW_BYTES = 4 * 1024 * 1024;

/**
 * Messages on their way out. Those that have to be repeated go before the others and one at a time, so that one the
 * bus chokes on takes no other with it.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #waiting: Entry[] = [];
  #repeats: Entry[] = [];
  readonly #inFlight = new Map<string, Entry>();
  #bytes = 0;
  #inFlightBytes = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#waiting.length + this.#repeats.length + this.#inFlight.size === 0;
  }

  /** What waits longest for a word of the bus. */
  get oldestInFlight():
    | { readonly uniqueId: string; readonly routingKey: string; readonly sentMs: number }
    | null {
    const [oldest = null] = this.#inFlight.values();
    return oldest;
  }

  get inFlightCount(): number {
    return this.#inFlight.size;
  }

  /** When a message will be too late; null when none can be. */
  get nextExpiryMs(): number | null {
    const [oldest] = [
      ...this.#repeats.filter(({ mayHaveArrived }) => !mayHaveArrived),
      ...this.#waiting.slice(0, 1),
    ];
    return oldest === undefined ? null : oldest.publishedMs + this.#options.timeoutMs;
  }

  /** Takes a message in, and drops the oldest waiting ones that then are too many. */
  add(message: Message): void {
    const { limit, maxBytes } = this.#options;
    this.#waiting.push({ ...message, attempts: 0, sentMs: 0, mayHaveArrived: false });
    this.#bytes += message.bytes.length;
    while (this.#waiting.length > limit || (this.#bytes > maxBytes && this.#waiting.length > 0)) {
      this.#end(this.#waiting.shift()!, "dropped_full");
    }
  }

  /** Hands out the next message that may be sent now; null when it has to wait. */
  take(nowMs: number): Message | null {
    const repeat = this.#repeats.at(0);
    if (this.#inFlight.size > 0 && (repeat !== undefined || this.#isFull())) return null;
    const entry = repeat ?? this.#waiting.at(0);
    if (entry === undefined) return null;
    (repeat ? this.#repeats : this.#waiting).shift();
    entry.attempts++;
    entry.sentMs = nowMs;
    this.#inFlight.set(entry.uniqueId, entry);
    this.#inFlightBytes += entry.bytes.length;
    return entry;
  }

  /** Ends a message that was handed out. */
  settle(uniqueId: string, outcome: "sent" | "failed"): void {
    const entry = this.#landed(uniqueId);
    if (entry !== null) this.#end(entry, outcome);
  }

  /** Wants a message that was handed out, or all of them, to be sent again. */
  takeBack(which: string | "all", { mayHaveArrived }: { mayHaveArrived: boolean }): void {
    for (const uniqueId of which === "all" ? [...this.#inFlight.keys()] : [which]) {
      const entry = this.#landed(uniqueId);
      if (entry === null) continue;
      entry.mayHaveArrived ||= mayHaveArrived;
      if (entry.attempts > this.#options.retries) this.#end(entry, "failed");
      else this.#repeats.push(entry);
    }
  }

  /** Drops what has waited too long. */
  expire(nowMs: number): void {
    const isLate = ({ publishedMs, mayHaveArrived }: Entry) =>
      !mayHaveArrived && nowMs - publishedMs >= this.#options.timeoutMs;
    const count = this.#waiting.findIndex((entry) => !isLate(entry));
    const late = this.#waiting.splice(0, count === -1 ? this.#waiting.length : count);
    late.push(...this.#repeats.filter(isLate));
    this.#repeats = this.#repeats.filter((entry) => !isLate(entry));
    for (const entry of late) this.#end(entry, "dropped_late");
  }

  /** Ends everything that is left. */
  clear(): void {
    this.takeBack("all", { mayHaveArrived: true });
    for (const entry of this.#repeats) this.#end(entry, entry.mayHaveArrived ? "failed" : "dropped_late");
    for (const entry of this.#waiting) this.#end(entry, "dropped_late");
    this.#repeats = [];
    this.#waiting = [];
  }

  /** Whether nothing more may be in flight. A repeated message, first in flight, is alone there. */
  #isFull(): boolean {
    const [first] = this.#inFlight.values();
    const nextBytes = this.#waiting.at(0)?.bytes.length ?? 0;
    return first.attempts > 1 || this.#inFlight.size >= WINDOW ||
      this.#inFlightBytes + nextBytes > WINDOW_BYTES;
  }

  #landed(uniqueId: string): Entry | null {
    const entry = this.#inFlight.get(uniqueId);
    if (entry === undefined) return null;
    this.#inFlight.delete(uniqueId);
    this.#inFlightBytes -= entry.bytes.length;
    return entry;
  }

  #end(entry: Entry, outcome: NotificationOutcome): void {
    this.#bytes -= entry.bytes.length;
    this.#options.ended(outcome, 1);
  }
}
