/** A wait that can be cut short. */
export class Pause {
  readonly #cut = Promise.withResolvers<void>();

  async wait(durationMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, durationMs);
    await Promise.race([promise, this.#cut.promise]);
    clearTimeout(timer);
  }

  /** Ends the wait, and every later one at once. */
  cut(): void {
    this.#cut.resolve();
  }
}
