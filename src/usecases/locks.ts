/** What a piece of work needs for itself, and what must stay as it is meanwhile; no key is given twice. */
export interface LockKeys {
  readonly exclusive?: readonly string[];
  readonly shared?: readonly string[];
}

interface Holder {
  readonly shared: boolean;
  /** Resolves when it has left. */
  readonly left: Promise<void>;
}

/** Mutual exclusion by key within this process, in the order of the calls. */
export class Locks {
  /** Who holds or waits for a key, by key. */
  readonly #queues = new Map<string, Holder[]>();

  /** Runs `work` alone among all holders of `key`. */
  exclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.all({ exclusive: [key] }, work);
  }

  /**
   * Runs `work` while it holds all keys: alone those of `exclusive`, together with other shared holders those of
   * `shared`. It queues for all of them at once, so that no two holders of several keys wait for each other.
   */
  async all<T>({ exclusive = [], shared = [] }: LockKeys, work: () => Promise<T>): Promise<T> {
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    const alone: Holder = { shared: false, left };
    const beside: Holder = { shared: true, left };
    const before = [
      ...exclusive.flatMap((key) => this.#enter(key, alone)),
      ...shared.flatMap((key) => this.#enter(key, beside)),
    ];
    try {
      if (before.length > 0) await Promise.all(before);
      return await work();
    } finally {
      leave();
      for (const key of exclusive) this.#leave(key, alone);
      for (const key of shared) this.#leave(key, beside);
    }
  }

  /** Queues for a key; the ends of all that has to end first. */
  #enter(key: string, holder: Holder): Promise<void>[] {
    const queue = this.#queues.get(key) ?? [];
    this.#queues.set(key, queue);
    const before = queue.filter((other) => !holder.shared || !other.shared);
    queue.push(holder);
    return before.map((other) => other.left);
  }

  #leave(key: string, holder: Holder): void {
    const queue = this.#queues.get(key)!;
    queue.splice(queue.indexOf(holder), 1);
    if (queue.length === 0) this.#queues.delete(key);
  }
}
