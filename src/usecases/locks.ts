/**
 * Mutual exclusion by key within this process: the operations of one stack run one after another, and a group's
 * members are not changed while a plan that relies on them is being made.
 */
export class Locks {
  readonly #queues = new Map<string, { shared: boolean; tail: Promise<void> }[]>();

  /** Runs `work` alone among all holders of `key`, in the order of the calls. */
  exclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#enter(key, false, work);
  }

  /** Runs `work` together with other shared holders of `key`, never beside an exclusive one. */
  shared<T>(key: string, work: () => Promise<T>): Promise<T> {
    return this.#enter(key, true, work);
  }

  async #enter<T>(key: string, shared: boolean, work: () => Promise<T>): Promise<T> {
    const queue = this.#queues.get(key) ?? [];
    this.#queues.set(key, queue);
    const before = queue.filter((holder) => !shared || !holder.shared).map((holder) => holder.tail);
    const { promise: tail, resolve: leave } = Promise.withResolvers<void>();
    const self = { shared, tail };
    queue.push(self);
    try {
      if (before.length > 0) await Promise.all(before);
      return await work();
    } finally {
      leave();
      queue.splice(queue.indexOf(self), 1);
      if (queue.length === 0) this.#queues.delete(key);
    }
  }
}
