import type { Clock } from "../../../ports/clock.ts";
import type { Logger } from "../../../ports/logger.ts";

type Fields = Readonly<Record<string, unknown>>;

const REPEAT_MS = 60_000;
const MAX_KEPT = 100;

/** A log for what goes wrong again and again: the same warning comes once a minute. */
export class Remarks {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #saidMs = new Map<string, number>();

  constructor({ logger, clock }: { logger: Logger; clock: Clock }) {
    this.#logger = logger;
    this.#clock = clock;
  }

  /** Good news; after it every warning is new. */
  info(event: string, fields: Fields): void {
    this.#saidMs.clear();
    this.#logger.info(event, fields);
  }

  warn(event: string, fields: Fields): void {
    const text = event + JSON.stringify(fields);
    const nowMs = this.#clock.monotonicMs();
    const saidMs = this.#saidMs.get(text);
    if (saidMs !== undefined && nowMs - saidMs < REPEAT_MS) return;
    if (this.#saidMs.size >= MAX_KEPT) this.#saidMs.clear();
    this.#saidMs.set(text, nowMs);
    this.#logger.warn(event, fields);
  }
}
