import { OutcomeUnknown, Rejected, Unavailable } from "../../../ports/failures.ts";
import { COMPLETE, epochOf, fence, type Head, type Mark, readMark, setEpoch } from "./buckets.ts";
import { carryOver, sizeOf } from "./carry_over.ts";
import type { Change } from "./changes.ts";
import type { CassandraConnection } from "./connection.ts";
import { notWriting, storeClosed, tooManyWrites } from "./failures.ts";
import { pause } from "./pause.ts";
import { LEDGER, MARKS } from "./tables.ts";

export interface LedgerOptions {
  readonly site: string;
  /** The term's number: whoever has a larger one keeps this one from writing. */
  readonly epoch: number;
  /** Called once, when this process may write no longer; `unsure` tells that something may be written all the same. */
  readonly lost: (reason: Error, state: { readonly unsure: boolean }) => void;
  /** Writes that may wait; beyond it `Unavailable`. */
  readonly queuedWrites?: number;
  /** Writes that share an entry. */
  readonly batchedWrites?: number;
  /** Entries of one bucket. */
  readonly bucketEntries?: number;
  /** How long a change may stay uncertain, or be written but not be carried over yet. */
  readonly patienceMs?: number;
}

/** One write that waits. */
interface Waiting {
  readonly changes: readonly Change[];
  readonly done: PromiseWithResolvers<void>;
}

/** An entry takes no further write once it has so many characters; Cassandra refuses rows of more than 16 MiB. */
const ENTRY_TEXT = 512 * 1024;
const BUCKET_TEXT = 16 * 1024 * 1024;

const PAUSE_MS = 20;

/**
 * A conditional write costs a node as much as some twenty plain ones: so entries follow each other at this distance,
 * and each takes what came meanwhile. Who writes alone does not wait.
 */
const DISTANCE_MS = 8;

/** A mark is written after so many entries. */
const MARK_EVERY = 50;

/**
 * The changes of one site in their order. A change is made by a conditional write that only the process of the newest
 * term can do; after it, the change is carried over into the tables that are read. README.md tells why nothing is lost.
 */
export class Ledger {
  readonly #connection: CassandraConnection;
  readonly #options: Required<LedgerOptions>;
  readonly #waiting: Waiting[] = [];
  #head: Head;
  /** All entries up to here are carried over. */
  #carried: Mark;
  #marked: Mark;
  /** Entries that are being carried over, oldest first. */
  readonly #open: { readonly mark: Mark; over: boolean }[] = [];
  #pumping: Promise<void> | null = null;
  /** When the next entry may be begun. */
  #nextMs = -Infinity;
  #marking: Promise<void> = Promise.resolve();
  readonly #carrying = new Set<Promise<void>>();
  #lost: Error | null = null;

  /**
   * Begins a term: takes the right to write from all earlier ones, and carries over what they left. Throws
   * `Unavailable`, also when a later term has begun meanwhile, and `Rejected` for an entry that can't be read.
   */
  static async open(connection: CassandraConnection, options: LedgerOptions): Promise<Ledger> {
    const mark = await readMark(connection, options.site);
    const { head, entries } = await fence(connection, { ...options, from: mark });
    for (const { stamp, changes } of entries) await carryOver(connection, changes, stamp);
    return new Ledger(connection, { options, head, marked: mark });
  }

  private constructor(
    connection: CassandraConnection,
    { options, head, marked }: { options: LedgerOptions; head: Head; marked: Mark },
  ) {
    this.#connection = connection;
    this.#options = {
      queuedWrites: 4096,
      batchedWrites: 64,
      bucketEntries: 1000,
      patienceMs: 3000,
      ...options,
    };
    this.#head = head;
    this.#carried = head;
    this.#marked = marked;
  }

  /**
   * Makes changes, all or none; resolves when they are durable and can be read. Throws `Unavailable` when nothing was
   * changed, `OutcomeUnknown` when that can't be told, which also ends the term.
   */
  async append(changes: readonly Change[]): Promise<void> {
    if (this.#lost !== null) throw notWriting();
    const { queuedWrites } = this.#options;
    if (this.#waiting.length >= queuedWrites) throw tooManyWrites(queuedWrites);
    const done = Promise.withResolvers<void>();
    this.#waiting.push({ changes, done });
    this.#pumping ??= this.#pump();
    await done.promise;
  }

  /** Ends what was begun, and writes down how far it got. */
  async close(): Promise<void> {
    await this.#pumping;
    while (this.#carrying.size > 0) await Promise.all(this.#carrying);
    await this.#marking;
    if (this.#lost === null) {
      this.#lost = storeClosed();
      if (this.#carried.seq > this.#marked.seq) await this.#mark().catch(() => {});
    }
  }

  /** Makes entries of what waits until nothing does; one at a time, so that their order is known. */
  async #pump(): Promise<void> {
    // What is asked for in the same turn goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const waitMs = this.#nextMs - performance.now();
      if (waitMs > 0 && this.#lost === null) await pause(waitMs);
      const batch = this.#takeBatch();
      this.#nextMs = batch.length > 1 ? performance.now() + DISTANCE_MS : -Infinity;
      try {
        const mark = await this.#write(batch.flatMap(({ changes }) => changes));
        const carrying = this.#carry(mark, batch).finally(() => this.#carrying.delete(carrying));
        this.#carrying.add(carrying);
      } catch (error) {
        for (const { done } of batch) done.reject(error);
      }
    }
    this.#pumping = null;
  }

  #takeBatch(): Waiting[] {
    const { batchedWrites } = this.#options;
    let text = 0;
    let count = 0;
    while (count < Math.min(this.#waiting.length, batchedWrites) && text < ENTRY_TEXT) {
      text += sizeOf(this.#waiting[count].changes);
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  /** Where the entry is. */
  async #write(changes: readonly Change[]): Promise<Mark> {
    if (this.#lost !== null) throw notWriting();
    const { bucketEntries } = this.#options;
    if (this.#head.entries >= bucketEntries || this.#head.text >= BUCKET_TEXT) await this.#turnOver();
    const { bucket, seq, stamp, entries, text: before } = this.#head;
    const mark: Mark = { bucket, seq: seq + 1, stamp: Math.max(stamp + 1, Date.now() * 1000) };
    const text = JSON.stringify(changes);
    await this.#insert(mark, text);
    this.#head = { ...mark, entries: entries + 1, text: before + text.length };
    this.#open.push({ mark, over: false });
    return mark;
  }

  async #insert({ bucket, seq, stamp }: Mark, text: string): Promise<void> {
    const { site, epoch } = this.#options;
    const id = crypto.randomUUID();
    const done = await this.#decided(
      () =>
        this.#connection.writeIf(
          `UPDATE ${
            this.#connection.table(LEDGER)
          } SET id = ?, stamp = ?, changes = ? WHERE site = ? AND bucket = ? AND seq = ? ` +
            "IF epoch = ?",
          [id, stamp, text, site, bucket, seq, epoch],
        ),
      async () => {
        const [row] = await this.#connection.readSerial(
          `SELECT id FROM ${this.#connection.table(LEDGER)} WHERE site = ? AND bucket = ? AND seq = ?`,
          [site, bucket, seq],
        );
        return row?.id === id;
      },
    );
    if (!done) throw this.#lose(notWriting(), { unsure: false });
  }

  /** Completes the bucket and begins the next one. */
  async #turnOver(): Promise<void> {
    const { epoch } = this.#options;
    const { bucket } = this.#head;
    const completed = await this.#setEpoch(bucket, { to: COMPLETE, from: epoch });
    const begun = completed && await this.#setEpoch(bucket + 1, { to: epoch, from: null });
    if (!begun) throw this.#lose(notWriting(), { unsure: false });
    this.#head = { ...this.#head, bucket: bucket + 1, entries: 0, text: 0 };
  }

  async #setEpoch(bucket: number, { to, from }: { to: number; from: number | null }): Promise<boolean> {
    const { site } = this.#options;
    return await this.#decided(
      () => setEpoch(this.#connection, { site, bucket, to, from }),
      async () => await epochOf(this.#connection, { site, bucket }) === to,
    );
  }

  /** Whether a conditional write was done; when its outcome is lost, what was written tells. */
  async #decided(write: () => Promise<{ done: boolean }>, written: () => Promise<boolean>): Promise<boolean> {
    const endMs = performance.now() + this.#options.patienceMs;
    for (let known = true;;) {
      try {
        // Nothing that was proposed before a serial reading can come true after it.
        if (!known && await written()) return true;
        const { done } = await write();
        return done;
      } catch (error) {
        if (error instanceof Rejected) throw error;
        if (known && error instanceof Unavailable) throw error;
        known = false;
        if (performance.now() > endMs || this.#lost !== null) {
          const unknown = new OutcomeUnknown("store", "The store did not tell what became of a change", {
            cause: error,
          });
          throw this.#lose(unknown, { unsure: true });
        }
        await pause(PAUSE_MS);
      }
    }
  }

  /** Carries an entry over into the tables, and tells those who wait for it. */
  async #carry(mark: Mark, batch: readonly Waiting[]): Promise<void> {
    const endMs = performance.now() + this.#options.patienceMs;
    const rest = new Set(batch);
    for (;;) {
      const failures = await Promise.all(
        [...rest].map((waiting) =>
          this.#carryOne(waiting, mark).then(() => void rest.delete(waiting), (error) => error)
        ),
      );
      if (rest.size === 0) return this.#over(mark);
      const error = failures.find((failure) => failure !== undefined);
      if (performance.now() > endMs || this.#lost !== null) {
        const unknown = new OutcomeUnknown("store", "The store did not carry out a change in time", {
          cause: error,
        });
        this.#lose(unknown, { unsure: true });
        for (const { done } of rest) done.reject(unknown);
        return;
      }
      await pause(PAUSE_MS);
    }
  }

  async #carryOne({ changes, done }: Waiting, { stamp }: Mark): Promise<void> {
    await carryOver(this.#connection, changes, stamp);
    done.resolve();
  }

  #over(mark: Mark): void {
    const entry = this.#open.find((open) => open.mark === mark);
    if (entry !== undefined) entry.over = true;
    while (this.#open[0]?.over) this.#carried = this.#open.shift()!.mark;
    if (this.#carried.seq - this.#marked.seq >= MARK_EVERY) {
      this.#marking = this.#marking.then(() => this.#mark()).catch(() => {});
    }
  }

  /** Writes down how far the ledger is carried over, and drops the buckets before. */
  async #mark(): Promise<void> {
    const { site } = this.#options;
    const before = this.#marked;
    const { bucket, seq, stamp } = this.#marked = this.#carried;
    if (seq === before.seq) return;
    await this.#connection.write(
      `INSERT INTO ${
        this.#connection.table(MARKS)
      } (site, bucket, seq, stamp) VALUES (?, ?, ?, ?) USING TIMESTAMP ?`,
      [site, bucket, seq, stamp, stamp],
    );
    for (let old = before.bucket; old < bucket; old++) {
      await this.#connection.write(
        `DELETE FROM ${this.#connection.table(LEDGER)} WHERE site = ? AND bucket = ?`,
        [site, old],
      );
    }
  }

  #lose(reason: Error, state: { readonly unsure: boolean }): Error {
    if (this.#lost === null) {
      this.#lost = reason;
      this.#options.lost(reason, state);
    }
    return reason;
  }
}
