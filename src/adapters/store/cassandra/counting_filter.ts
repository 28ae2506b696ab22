import { fnv1a } from "./fnv.ts";

/** With a million keys one of seven that are not there passes for one that is; with 200,000 one of 400. */
const COUNTERS = 2 ** 22;

/** A counter that has got this high is not exact any more, and stays. */
const FULL = 255;

/**
 * Tells of a key for sure that it is not there, and otherwise that it may be: a Bloom filter with counters, so that
 * keys can be taken out again (Fan, Cao, Almeida and Broder, "Summary cache", 2000). Takes 4 MiB at most, as far as
 * they are touched.
 */
export class CountingFilter {
  readonly #counters = new Uint8Array(COUNTERS);
  /** Unknown to those who choose the keys, so that they can't make them meet. */
  readonly #basis = crypto.getRandomValues(new Uint32Array(1))[0];

  add(key: string): void {
    for (const slot of this.#slots(key)) if (this.#counters[slot] < FULL) this.#counters[slot] += 1;
  }

  /** Only what was added may be taken out. */
  remove(key: string): void {
    for (const slot of this.#slots(key)) if (this.#counters[slot] < FULL) this.#counters[slot] -= 1;
  }

  /** False only for a key that was added no more often than it was removed. */
  mayHave(key: string): boolean {
    return this.#slots(key).every((slot) => this.#counters[slot] > 0);
  }

  #slots(key: string): readonly [number, number, number] {
    const hash = fnv1a(key, this.#basis);
    const step = mixed(hash) | 1;
    return [hash % COUNTERS, (hash + step >>> 0) % COUNTERS, (hash + 2 * step >>> 0) % COUNTERS];
  }
}

/** The finalizer of MurmurHash3: every bit depends on every other. */
function mixed(hash: number): number {
  let bits = Math.imul(hash ^ hash >>> 16, 0x85ebca6b);
  bits = Math.imul(bits ^ bits >>> 13, 0xc2b2ae35);
  return (bits ^ bits >>> 16) >>> 0;
}
