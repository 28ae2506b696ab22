/** What is known for a while: at most `capacity` entries, of which the one unused for longest makes room. */
export class BoundedCache<Value> {
  readonly #capacity: number;
  readonly #nowMs: () => number;
  /** Least recently used first. */
  readonly #entries = new Map<string, { readonly value: Value; readonly endMs: number }>();

  /** `nowMs` is a clock that never goes back. */
  constructor({ capacity, nowMs }: { capacity: number; nowMs: () => number }) {
    this.#capacity = capacity;
    this.#nowMs = nowMs;
  }

  get(key: string): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.endMs <= this.#nowMs()) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Keeps nothing when `lifeMs` is not positive. */
  set(key: string, { value, lifeMs }: { value: Value; lifeMs: number }): void {
    if (!(lifeMs > 0)) return;
    this.#entries.delete(key);
    this.#entries.set(key, { value, endMs: this.#nowMs() + lifeMs });
    if (this.#entries.size > this.#capacity) this.#entries.delete(this.#entries.keys().next().value!);
  }
}
