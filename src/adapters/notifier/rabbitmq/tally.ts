import type { Logger } from "../../../ports/logger.ts";
import type { Metrics } from "../../../ports/metrics.ts";
import { NOTIFICATION_OUTCOMES, type NotificationOutcome } from "../../../ports/notifier.ts";

const NONE: Readonly<Record<NotificationOutcome, number>> = {
  sent: 0,
  dropped_full: 0,
  dropped_late: 0,
  failed: 0,
};

export interface TallyOptions {
  readonly metrics: Pick<Metrics, "notificationsEnded">;
  readonly logger: Logger;
  /** Least time between two entries of the log. */
  readonly reportMs?: number;
}

/** Counts what becomes of notifications, and logs the counts of a minute in which some were not delivered. */
export class Tally {
  readonly #options: Required<TallyOptions>;
  #unreported = { ...NONE };
  #timer: number | null = null;
  #closed = false;

  constructor({ reportMs = 60_000, ...options }: TallyOptions) {
    this.#options = { reportMs, ...options };
  }

  count(outcome: NotificationOutcome, count: number): void {
    this.#options.metrics.notificationsEnded(outcome, count);
    this.#unreported[outcome] += count;
    if (outcome === "sent" || this.#closed) return;
    this.#timer ??= setTimeout(() => this.#report(), this.#options.reportMs);
  }

  /** Reports what is left to be reported; from now on there are only counts. */
  close(): void {
    this.#closed = true;
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#report();
  }

  #report(): void {
    this.#timer = null;
    const counts = Object.fromEntries(
      NOTIFICATION_OUTCOMES.map((outcome) => [outcome, this.#unreported[outcome]]),
    );
    this.#options.logger.warn("Notifications were not delivered", counts);
    this.#unreported = { ...NONE };
  }
}
