/** The largest value of the recent past: of at least one window, at most two. */
export class RecentMaximum {
  readonly #windowMs: number;
  #windowEndMs: number;
  #current = 0;
  #previous = 0;

  constructor({ windowMs, nowMs }: { windowMs: number; nowMs: number }) {
    this.#windowMs = windowMs;
    this.#windowEndMs = nowMs + windowMs;
  }

  /** Takes a value of the time `nowMs`, which never goes back. */
  add(value: number, nowMs: number): void {
    if (nowMs >= this.#windowEndMs) {
      this.#previous = nowMs >= this.#windowEndMs + this.#windowMs ? 0 : this.#current;
      this.#current = 0;
      this.#windowEndMs = nowMs + this.#windowMs;
    }
    this.#current = Math.max(this.#current, value);
  }

  get value(): number {
    return Math.max(this.#current, this.#previous);
  }
}
