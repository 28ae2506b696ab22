interface Entry {
  readonly atMs: number;
  readonly serverId: string;
}

/** Smallest number of entries at which outdated ones are looked for. */
const LEAST_COMPACTED = 1024;

/** When holds end: a binary heap, in which entries of holds that were renewed or ended stay until their time comes. */
export class ExpiryQueue {
  readonly #isCurrent: (entry: Entry) => boolean;
  #entries: Entry[] = [];
  #compactAt = LEAST_COMPACTED;

  /** `isCurrent`: whether the server's hold still ends then. */
  constructor(isCurrent: (entry: Entry) => boolean) {
    this.#isCurrent = isCurrent;
  }

  add(entry: Entry): void {
    if (this.#entries.length >= this.#compactAt) this.#compact();
    this.#entries.push(entry);
    this.#rise(this.#entries.length - 1);
  }

  /** Takes out the servers whose holds have ended by `nowMs`, in ascending order of their ids. */
  takeUntil(nowMs: number): string[] {
    const ended = new Set<string>();
    while (this.#entries.length > 0 && this.#entries[0].atMs <= nowMs) {
      const [first] = this.#entries;
      if (this.#isCurrent(first)) ended.add(first.serverId);
      const last = this.#entries.pop()!;
      if (this.#entries.length === 0) break;
      this.#entries[0] = last;
      this.#sink(0);
    }
    return [...ended].sort();
  }

  /** Forgets outdated entries; sorted, the others are a heap again. */
  #compact(): void {
    this.#entries = this.#entries.filter(this.#isCurrent).sort((a, b) => a.atMs - b.atMs);
    this.#compactAt = Math.max(LEAST_COMPACTED, 2 * this.#entries.length);
  }

  #rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#swapped(parent, at)) return;
      at = parent;
    }
  }

  #sink(from: number): void {
    for (let at = from;;) {
      const left = 2 * at + 1;
      if (left >= this.#entries.length) return;
      const right = left + 1;
      const rightIsEarlier = right < this.#entries.length &&
        this.#entries[right].atMs < this.#entries[left].atMs;
      const child = rightIsEarlier ? right : left;
      if (!this.#swapped(at, child)) return;
      at = child;
    }
  }

  /** Puts the earlier entry above the other; whether that changed anything. */
  #swapped(above: number, below: number): boolean {
    const [upper, lower] = [this.#entries[above], this.#entries[below]];
    if (upper.atMs <= lower.atMs) return false;
    [this.#entries[above], this.#entries[below]] = [lower, upper];
    return true;
  }
}
