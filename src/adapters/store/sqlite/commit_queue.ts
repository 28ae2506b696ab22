import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setImmediate } from "node:timers";
import { commitFailure, storeClosed, storeFailure, tooManyWrites } from "./failures.ts";

interface Write {
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly failure: unknown };

/**
 * Makes the writes of concurrent requests durable together. Writes that arrive during one turn of the event loop
 * are run one after another in one transaction, each in a savepoint of its own, and one COMMIT pays for all of
 * them. A promise is resolved only after that COMMIT has returned.
 *
 * A batch runs without a pause, so no reader on the same thread sees a row before it is committed.
 */
export class CommitQueue {
  readonly #connection: DatabaseSync;
  readonly #limit: number;
  readonly #batch: number;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #rollback: StatementSync;
  readonly #save: StatementSync;
  readonly #release: StatementSync;
  readonly #undo: StatementSync;
  #waiting: Write[] = [];
  #failed = false;
  #closed = false;

  /** `limit` bounds the writes that wait, `batch` those that share a transaction. */
  constructor(connection: DatabaseSync, { limit = 4096, batch = 64 } = {}) {
    this.#connection = connection;
    this.#limit = limit;
    this.#batch = batch;
    this.#begin = connection.prepare("BEGIN IMMEDIATE");
    this.#commit = connection.prepare("COMMIT");
    this.#rollback = connection.prepare("ROLLBACK");
    this.#save = connection.prepare("SAVEPOINT one");
    this.#release = connection.prepare("RELEASE one");
    this.#undo = connection.prepare("ROLLBACK TO one");
  }

  /**
   * Runs `work` in the next batch; resolves with its result once that is durable. When `work` throws, only its
   * own changes are undone. Rejects with `Unavailable` (nothing happened) or `OutcomeUnknown`.
   */
  run<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(storeClosed());
    if (this.#waiting.length >= this.#limit) return Promise.reject(tooManyWrites(this.#limit));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting.push({ run: work, resolve, reject });
    if (this.#waiting.length === 1) setImmediate(() => this.#turn());
    return promise as Promise<T>;
  }

  /** Whether the last batch could not be made durable. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Commits what is waiting and refuses what comes later. */
  close(): void {
    this.#closed = true;
    while (this.#waiting.length > 0) this.#commitBatch(this.#waiting.splice(0, this.#batch));
  }

  #turn(): void {
    if (this.#waiting.length === 0) return;
    this.#commitBatch(this.#waiting.splice(0, this.#batch));
    if (this.#waiting.length > 0) setImmediate(() => this.#turn());
  }

  #commitBatch(batch: readonly Write[]): void {
    let outcomes: readonly Outcome[];
    try {
      outcomes = this.#transact(batch);
      this.#failed = false;
    } catch (failure) {
      this.#failed = true;
      for (const write of batch) write.reject(failure);
      return;
    }
    batch.forEach((write, index) => {
      const outcome = outcomes[index];
      if ("value" in outcome) write.resolve(outcome.value);
      else write.reject(outcome.failure);
    });
  }

  /** Throws when nothing of the batch was committed, or when nobody can tell. */
  #transact(batch: readonly Write[]): readonly Outcome[] {
    let outcomes: readonly Outcome[];
    try {
      this.#begin.run();
      outcomes = batch.map((write) => this.#attempt(write));
    } catch (error) {
      this.#giveUp();
      throw storeFailure(error);
    }
    try {
      this.#commit.run();
    } catch (error) {
      this.#giveUp();
      throw commitFailure(error);
    }
    return outcomes;
  }

  #attempt(write: Write): Outcome {
    this.#save.run();
    try {
      const value = write.run();
      this.#release.run();
      return { value };
    } catch (error) {
      // A full disk makes SQLite take back the whole transaction, and with it the writes before this one.
      if (!this.#connection.isTransaction) throw error;
      this.#undo.run();
      this.#release.run();
      return { failure: storeFailure(error) };
    }
  }

  #giveUp(): void {
    if (this.#connection.isTransaction) this.#rollback.run();
  }
}
