/** Lets work on the same key wait in line, and work on different keys go on side by side. */
export class KeyLocks {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` alone with all of its keys; whoever came first goes first, so that no two wait for each other. */
  async alone<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const own = Promise.withResolvers<void>();
    const wanted = [...new Set(keys)];
    const before = wanted.flatMap((key) => this.#last.get(key) ?? []);
    for (const key of wanted) this.#last.set(key, own.promise);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      for (const key of wanted) if (this.#last.get(key) === own.promise) this.#last.delete(key);
      own.resolve();
    }
  }
}
