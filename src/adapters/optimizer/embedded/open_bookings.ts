/** Bookings that are not settled yet, with whoever made them. */
export class OpenBookings<Maker> {
  readonly #makers = new Map<number, Maker>();
  #emptied = Promise.withResolvers<void>();

  add(id: number, maker: Maker): void {
    this.#makers.set(id, maker);
  }

  /** Forgets a booking; its maker, or undefined for one that is not open. */
  take(id: number): Maker | undefined {
    const maker = this.#makers.get(id);
    this.#makers.delete(id);
    if (this.#makers.size === 0) this.#emptied.resolve();
    return maker;
  }

  /** How many are open when none is any more, when `timeoutMs` have passed, or when `givenUp` resolves. */
  async left({ timeoutMs, givenUp }: { timeoutMs: number; givenUp: Promise<unknown> }): Promise<number> {
    if (this.#makers.size === 0) return 0;
    this.#emptied = Promise.withResolvers();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    await Promise.race([this.#emptied.promise, late, givenUp]);
    clearTimeout(timer);
    return this.#makers.size;
  }
}
