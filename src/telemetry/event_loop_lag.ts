import type { Clock } from "../ports/clock.ts";
import { RecentMaximum } from "./recent_maximum.ts";

export interface EventLoopLagOptions {
  readonly clock: Clock;
  /** How often the lag is sampled. */
  readonly periodMs?: number;
  /** The reading covers at least this long, at most twice as long. */
  readonly windowMs?: number;
}

/**
 * How late timers fire because the thread was busy: the longest delay of a periodic timer in the recent past. The
 * runtime's `monitorEventLoopDelay` does not see a blocked thread.
 */
export class EventLoopLag {
  readonly #timer: number;
  readonly #longest: RecentMaximum;

  constructor({ clock, periodMs = 250, windowMs = 15_000 }: EventLoopLagOptions) {
    this.#longest = new RecentMaximum({ windowMs, nowMs: clock.monotonicMs() });
    let lastMs = clock.monotonicMs();
    this.#timer = setInterval(() => {
      const nowMs = clock.monotonicMs();
      this.#longest.add(Math.max(0, nowMs - lastMs - periodMs), nowMs);
      lastMs = nowMs;
    }, periodMs);
    Deno.unrefTimer(this.#timer);
  }

  /** The longest recent delay in milliseconds, whoever reads it and however often. */
  get longestMs(): number {
    return this.#longest.value;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
