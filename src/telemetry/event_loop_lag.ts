import type { Clock } from "../ports/clock.ts";

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
  readonly #clock: Clock;
  readonly #timer: number;
  readonly #windowMs: number;
  #expectedMs: number;
  #windowEndMs: number;
  #current = 0;
  #previous = 0;

  constructor({ clock, periodMs = 250, windowMs = 15_000 }: EventLoopLagOptions) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#expectedMs = clock.monotonicMs() + periodMs;
    this.#windowEndMs = clock.monotonicMs() + windowMs;
    this.#timer = setInterval(() => this.#sample(periodMs), periodMs);
    Deno.unrefTimer(this.#timer);
  }

  /** The longest recent delay in milliseconds, whoever reads it and however often. */
  longestMs(): number {
    return Math.max(this.#current, this.#previous);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #sample(periodMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs >= this.#windowEndMs) {
      this.#previous = this.#current;
      this.#current = 0;
      this.#windowEndMs = nowMs + this.#windowMs;
    }
    this.#current = Math.max(this.#current, nowMs - this.#expectedMs);
    this.#expectedMs = nowMs + periodMs;
  }
}
