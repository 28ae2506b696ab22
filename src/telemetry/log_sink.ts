/** Where log lines go. */
export interface LogSink {
  /** Takes a line and returns at once; never throws. */
  write(line: string): void;
  /** Resolves when every accepted line is written; lines after it are ignored. */
  close(): Promise<void>;
}

/** What a sink writes to: a file, or the standard error stream. */
export interface LogTarget {
  /** Writes a part of `bytes`, at least one; how many. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export interface BatchedSinkOptions {
  readonly target: LogTarget;
  /** The line that tells how many lines were lost before it. */
  readonly lossLine: (lines: number) => string;
  /** How long a line may wait for others that are written with it. */
  readonly delayMs?: number;
  /** Characters that may wait; beyond it lines are lost and counted. */
  readonly maxWaiting?: number;
}

/**
 * Writes lines in batches and off the caller's path: a line costs a push on a list, and a slow or failing target
 * never holds up a request.
 */
export class BatchedSink implements LogSink {
  readonly #options: Required<BatchedSinkOptions>;
  readonly #encoder = new TextEncoder();
  #lines: string[] = [];
  #waiting = 0;
  #lost = 0;
  #timer: number | null = null;
  #writing: Promise<void> | null = null;
  #closed = false;

  constructor({ delayMs = 20, maxWaiting = 8_388_608, ...options }: BatchedSinkOptions) {
    this.#options = { delayMs, maxWaiting, ...options };
  }

  write(line: string): void {
    if (this.#closed) return;
    if (this.#waiting + line.length > this.#options.maxWaiting) {
      this.#lost += 1;
      return;
    }
    this.#lines.push(line);
    this.#waiting += line.length;
    if (this.#timer === null && this.#writing === null) {
      this.#timer = setTimeout(() => this.#start(), this.#options.delayMs);
    }
  }

  async close(): Promise<void> {
    const first = !this.#closed;
    this.#closed = true;
    await this.#writing;
    if (!first) return;
    this.#start();
    await this.#writing;
    this.#options.target.close();
  }

  #start(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#lines.length > 0) this.#writing = this.#drain();
  }

  async #drain(): Promise<void> {
    while (this.#lines.length > 0) {
      const lines = this.#lines;
      const lost = this.#lost;
      this.#lines = [];
      this.#waiting = 0;
      this.#lost = 0;
      const text = (lost > 0 ? this.#options.lossLine(lost) : "") + lines.join("");
      if (!await this.#writeAll(this.#encoder.encode(text))) this.#lost += lost + lines.length;
    }
    // In the same step as the last look at the list, so that no line is left without a writer.
    this.#writing = null;
  }

  /** False when the target fails, e.g. on a full disk; the next batch tries again and tells of the loss. */
  async #writeAll(bytes: Uint8Array): Promise<boolean> {
    try {
      for (let done = 0; done < bytes.length;) done += await this.#options.target.write(bytes.subarray(done));
      return true;
    } catch {
      return false;
    }
  }
}
