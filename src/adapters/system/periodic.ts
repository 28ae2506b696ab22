export interface PeriodicOptions {
  /** From the end of one round to the beginning of the next. */
  readonly pauseMs: number;
  readonly work: () => Promise<void>;
  /** Told of a round that failed; the next one comes all the same. */
  readonly failed: (error: unknown) => void;
}

/** Work that is done again and again, never two rounds at once. */
export class Periodic {
  readonly #options: PeriodicOptions;
  #timer: number | null = null;
  #round: Promise<void> | null = null;
  #closed = false;

  constructor(options: PeriodicOptions) {
    this.#options = options;
    this.#wait();
  }

  /** Begins no further round, and resolves when the current one has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#round;
  }

  #wait(): void {
    this.#timer = setTimeout(() => this.#round = this.#run(), this.#options.pauseMs);
  }

  async #run(): Promise<void> {
    const { work, failed } = this.#options;
    try {
      await work();
    } catch (error) {
      failed(error);
    }
    if (!this.#closed) this.#wait();
  }
}
