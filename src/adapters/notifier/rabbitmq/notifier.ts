import type { Clock } from "../../../ports/clock.ts";
import { Unavailable } from "../../../ports/failures.ts";
import type { Ids } from "../../../ports/ids.ts";
import type { Logger } from "../../../ports/logger.ts";
import type { Metrics } from "../../../ports/metrics.ts";
import type { Notification, Notifier } from "../../../ports/notifier.ts";
import { Dialer } from "./dialer.ts";
import type { Flags, Link, LinkEvents, LinkOptions, Server, Verdict } from "./link.ts";
import { encodeMessage, routingKeyOf, type Stamp } from "./message.ts";
import { type Message, Outbox } from "./outbox.ts";
import { Preparation } from "./preparation.ts";
import { Remarks } from "./remarks.ts";
import { Tally } from "./tally.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

export interface RabbitNotifierOptions extends LinkOptions {
  /** Tried in turn. */
  readonly servers: readonly Server[];
  /** How exchange and queue are made when nobody has; null leaves that to others. */
  readonly declare: Flags | null;
  /** How long a notification may wait, and `close` for all of them. */
  readonly timeoutMs: number;
  /** How often a notification is published again; may be infinite. */
  readonly retries: number;
  /** Notifications that wait, and bytes of all. */
  readonly queueLimit: number;
  readonly queueBytes: number;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, "notificationsEnded">;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** A connection on which the bus says nothing of a message for so long is given up. */
const CONFIRM_MS = 10_000;

/** After the bus did not take a message, since the next one will hardly fare better. */
const REFUSED_PAUSE_MS = 100;

/** By this the bus ends a channel for a message that is larger than it allows. */
const PRECONDITION_FAILED = 406;

/** The bus ends a channel for want of an exchange, or of the right to write to it: nothing has got through. */
const NEVER_ARRIVED: ReadonlySet<number | null> = new Set([403, 404]);

/** A notification that is not a message yet. */
interface Draft extends Stamp {
  readonly tell: () => Notification;
  readonly publishedMs: number;
}

/**
 * Publishes notifications on RabbitMQ as oslo.messaging's driver `messaging` does, but declares nothing as long as
 * somebody receives them: a listener dies of an exchange or a queue that exists with other flags than its own.
 */
export class RabbitNotifier implements Notifier {
  readonly active = true;
  readonly #options: RabbitNotifierOptions;
  readonly #outbox: Outbox;
  readonly #tally: Tally;
  readonly #remarks: Remarks;
  readonly #dialer: Dialer;
  readonly #preparation: Preparation;
  readonly #closing = new AbortController();
  readonly #connected: Promise<void>;
  #drafts: Draft[] = [];
  #soon: number | null = null;
  #wake: number | null = null;
  #link: Link | null = null;
  /** Ends the wait of `#keepConnected` for the link's end. */
  #linkLost = () => {};
  #isBlocked = false;
  #unblockedMs = 0;
  #pausedUntilMs = 0;
  #emptied = () => {};
  #closed: Promise<void> | null = null;

  constructor(options: RabbitNotifierOptions) {
    this.#options = options;
    const { queueLimit: limit, queueBytes: maxBytes, timeoutMs, retries, metrics, clock } = options;
    const logger = options.logger.child({ logger: "notifications" });
    this.#tally = new Tally({ metrics, logger });
    const ended: Tally["count"] = (outcome, count) => this.#tally.count(outcome, count);
    this.#outbox = new Outbox({ limit, maxBytes, timeoutMs, retries, ended });
    this.#remarks = new Remarks({ logger, clock });
    const { declare: flags, exchange } = options;
    const done = () => this.#pump();
    const { signal } = this.#closing;
    this.#preparation = new Preparation({ flags, exchange, clock, remarks: this.#remarks, signal, done });
    this.#dialer = new Dialer({ ...options, remarks: this.#remarks, events: this.#events() });
    this.#connected = this.#keepConnected();
  }

  publish(tell: () => Notification): void {
    if (this.#closing.signal.aborted || this.#closed !== null) return this.#tally.count("failed", 1);
    const { ids, clock, queueLimit } = this.#options;
    if (this.#drafts.length >= queueLimit) {
      this.#drafts.shift();
      this.#tally.count("dropped_full", 1);
    }
    this.#drafts.push({
      tell,
      messageId: ids.uuid(),
      uniqueId: ids.uuid().replaceAll("-", ""),
      timeMs: clock.nowMs(),
      publishedMs: clock.monotonicMs(),
    });
    // A large body takes a while to become a message, and its answer is not to wait for that.
    this.#soon ??= setTimeout(() => this.#takeIn(), 0);
  }

  ping(): Promise<void> {
    if (this.#link !== null && !this.#isBlocked) return Promise.resolve();
    const reason = this.#link === null ? "No connection to RabbitMQ" : "RabbitMQ takes no messages";
    return Promise.reject(new Unavailable("messaging", reason));
  }

  close(): Promise<void> {
    return this.#closed ??= this.#finish();
  }

  async #finish(): Promise<void> {
    this.#takeIn();
    if (!this.#outbox.isEmpty) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, this.#options.timeoutMs);
      this.#emptied = resolve;
      await promise;
      clearTimeout(timer);
    }
    this.#closing.abort();
    if (this.#wake !== null) clearTimeout(this.#wake);
    this.#outbox.clear();
    this.#tally.close();
    await this.#link?.close();
    await this.#connected;
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#closing;
    for (;;) {
      const link = await this.#dialer.dial(signal);
      if (link === null) return;
      if (signal.aborted) return await link.close();
      const { promise: lost, resolve } = Promise.withResolvers<void>();
      this.#linkLost = resolve;
      this.#link = link;
      this.#pump();
      await lost;
    }
  }

  #events(): LinkEvents {
    const { clock } = this.#options;
    return {
      judged: (message, verdict) => this.#judged(message, verdict),
      channelClosed: (trouble) => this.#channelClosed(trouble),
      blocked: (isBlocked) => {
        this.#isBlocked = isBlocked;
        this.#unblockedMs = clock.monotonicMs();
        if (isBlocked) this.#remarks.warn("RabbitMQ takes no messages for want of memory or disk", {});
        this.#pump();
      },
      lost: (reason) => {
        this.#link = null;
        this.#isBlocked = false;
        if (!this.#closing.signal.aborted) this.#remarks.warn("Connection to RabbitMQ lost", { reason });
        this.#outbox.takeBack("all", { mayHaveArrived: true });
        this.#pump();
        this.#linkLost();
      },
    };
  }

  /** Makes messages of what was published. */
  #takeIn(): void {
    if (this.#soon !== null) clearTimeout(this.#soon);
    this.#soon = null;
    const drafts = this.#drafts;
    this.#drafts = [];
    for (const { tell, publishedMs, ...stamp } of drafts) {
      try {
        const notification = tell();
        const bytes = encodeMessage(notification, stamp);
        const { uniqueId } = stamp;
        this.#outbox.add({ uniqueId, routingKey: routingKeyOf(notification), bytes, publishedMs });
      } catch (error) {
        this.#tally.count("failed", 1);
        this.#remarks.warn("A notification can't be made", { reason: troubleOf(error).reason });
      }
    }
    this.#pump();
  }

  /** Sends what may be sent now, and comes again when time changes that. */
  #pump(): void {
    const nowMs = this.#options.clock.monotonicMs();
    this.#outbox.expire(nowMs);
    const confirmMs = this.#confirmDueMs();
    if (confirmMs !== null && nowMs >= confirmMs) this.#link?.break(`No answer within ${CONFIRM_MS} ms`);
    while (
      this.#link !== null && !this.#preparation.isBusy && !this.#isBlocked && nowMs >= this.#pausedUntilMs
    ) {
      const message = this.#outbox.take(nowMs);
      if (message === null) break;
      this.#link.publish(message);
    }
    if (this.#outbox.isEmpty) this.#emptied();
    this.#sleep(nowMs);
  }

  /** When the bus has to have said something; null while nothing is asked of it. */
  #confirmDueMs(): number | null {
    const oldest = this.#outbox.oldestInFlight;
    if (oldest === null || this.#isBlocked) return null;
    return Math.max(oldest.sentMs, this.#unblockedMs) + CONFIRM_MS;
  }

  #sleep(nowMs: number): void {
    if (this.#wake !== null) clearTimeout(this.#wake);
    this.#wake = null;
    if (this.#closing.signal.aborted) return;
    const pauseMs = this.#pausedUntilMs > nowMs ? this.#pausedUntilMs : null;
    const dues = [this.#outbox.nextExpiryMs, this.#confirmDueMs(), pauseMs].filter((due) => due !== null);
    if (dues.length === 0) return;
    this.#wake = setTimeout(() => this.#pump(), Math.max(1, Math.ceil(Math.min(...dues) - nowMs)));
  }

  #judged({ uniqueId, routingKey }: Message, verdict: Verdict): void {
    if (verdict === "taken") {
      this.#dialer.worked();
      this.#outbox.settle(uniqueId, "sent");
    } else if (verdict === "refused") {
      this.#remarks.warn("RabbitMQ refused a notification", {});
      this.#pausedUntilMs = this.#options.clock.monotonicMs() + REFUSED_PAUSE_MS;
      this.#outbox.takeBack(uniqueId, { mayHaveArrived: false });
    } else if (this.#preparation.isBusy || this.#preparation.mayDeclare) {
      this.#outbox.takeBack(uniqueId, { mayHaveArrived: false });
      this.#preparation.declare(this.#link!, routingKey);
    } else {
      this.#outbox.settle(uniqueId, "failed");
    }
    this.#pump();
  }

  #channelClosed(trouble: Trouble): void {
    const { oldestInFlight: oldest, inFlightCount } = this.#outbox;
    // Several are sent again one at a time, and then the one at fault is known.
    if (trouble.code === PRECONDITION_FAILED && oldest !== null && inFlightCount === 1) {
      this.#outbox.settle(oldest.uniqueId, "failed");
    }
    this.#outbox.takeBack("all", { mayHaveArrived: !NEVER_ARRIVED.has(trouble.code) });
    this.#preparation.reopen(this.#link!, { trouble, routingKey: oldest?.routingKey ?? null });
  }
}
