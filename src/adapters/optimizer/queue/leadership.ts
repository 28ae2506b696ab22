import type { Clock } from "../../../ports/clock.ts";
import { OutsideFailure } from "../../../ports/failures.ts";
import type { Candidate, Lease, LeaseHolder } from "../../../ports/lease.ts";
import type { Logger } from "../../../ports/logger.ts";
import type { SharedStore } from "../../../ports/store.ts";
import { pause } from "./pause.ts";

export interface LeadershipOptions {
  readonly lease: Lease;
  readonly store: Pick<SharedStore, "beginWriting" | "endWriting" | "leaveWriting">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly self: Candidate;
  /** Whether this process may decide. */
  readonly eligible: boolean;
  /** How long a lease lasts. It is renewed four times as often, and given up when it could not be for three quarters. */
  readonly leaseMs: number;
  /** How often a process without the lease looks whose it is. */
  readonly pollMs?: number;
  /** Told when a term of this process is over. */
  readonly ended: () => void;
}

/** A term of this process. */
interface Term {
  readonly epoch: number;
  renewedMs: number;
  serving: boolean;
}

/**
 * Takes the lease when nobody has it, holds it on, and tells who has it. README.md tells what happens when the holder
 * dies, hangs, or can't reach the store.
 */
export class Leadership {
  readonly #options: Required<LeadershipOptions>;
  readonly #listeners = new Set<() => void>();
  #life: Promise<void> | null = null;
  #term: Term | null = null;
  /** Resolved while this process writes. */
  #writing = Promise.withResolvers<void>();
  #holder: LeaseHolder | null = null;
  #closed = false;
  #wake = () => {};

  constructor(options: LeadershipOptions) {
    this.#options = { pollMs: 250, ...options };
  }

  /** Begins to look whose the lease is; called once. Resolves when that is known, or can't be told for the moment. */
  async start(): Promise<void> {
    const looked = Promise.withResolvers<void>();
    this.#life = this.#live(looked.resolve);
    await looked.promise;
  }

  /** Who answers at the moment; null while nobody does. */
  get serving(): LeaseHolder | null {
    return this.#holder?.serving ? this.#holder : null;
  }

  /** The number of this process's term, in which it may not answer yet; null without the lease. */
  get term(): number | null {
    return this.#term?.epoch ?? null;
  }

  /** Whether this process answers. */
  get here(): boolean {
    return this.#term !== null && this.serving?.epoch === this.#term.epoch;
  }

  /** Resolves as soon as this process may write to the store. */
  writing(): Promise<void> {
    return this.#writing.promise;
  }

  /** Calls `listener` whenever somebody else answers than before, or nobody. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** The engine of this process is ready, or no longer. */
  engineIsReady(ready: boolean): void {
    if (this.#term === null || this.#term.serving === ready) return;
    this.#term.serving = ready;
    this.#wake();
  }

  /** Gives the lease back, if this process has it. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#life;
    if (this.#term !== null) await this.#end(this.#term);
  }

  async #live(looked: () => void): Promise<void> {
    const { pollMs, leaseMs, logger } = this.#options;
    while (!this.#closed) {
      const { promise: woken, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      try {
        if (this.#term === null) await this.#look();
        else await this.#renew(this.#term);
      } catch (error) {
        if (!(error instanceof OutsideFailure)) throw error;
        logger.debug("The lease can't be read", { reason: error.message });
        this.#tell(null);
      }
      looked();
      await pause(this.#term === null ? pollMs : leaseMs / 4, woken);
    }
  }

  async #look(): Promise<void> {
    const { lease, self, eligible, store } = this.#options;
    const holder = await lease.holder();
    if (holder !== null && holder.process !== self.process) {
      if (holder.serving) store.leaveWriting();
      return this.#tell(holder);
    }
    this.#tell(null);
    if (!eligible || this.#closed) return;
    // Left from a term that ended before its lease, or from an attempt whose outcome was lost.
    if (holder !== null) await lease.release();
    const epoch = await lease.acquire();
    if (epoch !== null) await this.#begin(epoch);
  }

  async #begin(epoch: number): Promise<void> {
    const { clock, logger, store, leaseMs } = this.#options;
    const fromMs = clock.monotonicMs();
    const term: Term = { epoch, renewedMs: fromMs, serving: false };
    this.#term = term;
    const renewing = setInterval(() => void this.#renew(term), leaseMs / 4);
    try {
      await store.beginWriting(epoch, {
        lost: (reason) => void this.#lose(term, reason),
        holds: () => this.#term === term && clock.monotonicMs() - term.renewedMs < this.#silenceMs,
      });
      if (this.#term !== term) return;
      const tookMs = Math.round(clock.monotonicMs() - fromMs);
      logger.info("This process decides from now on", { epoch, tookMs });
      this.#writing.resolve();
    } catch (error) {
      if (!(error instanceof OutsideFailure)) throw error;
      await this.#lose(term, error);
    } finally {
      clearInterval(renewing);
    }
  }

  async #renew(term: Term): Promise<void> {
    const { lease, clock, self } = this.#options;
    const { epoch, serving } = term;
    const fromMs = clock.monotonicMs();
    try {
      const held = await lease.renew(epoch, { serving });
      if (this.#term !== term) return;
      if (!held) return await this.#lose(term, new Error("Another process has the lease, or it ended"));
      term.renewedMs = fromMs;
      this.#tell({ ...self, epoch, serving });
    } catch (error) {
      if (!(error instanceof OutsideFailure)) throw error;
      if (clock.monotonicMs() - term.renewedMs > this.#silenceMs) await this.#lose(term, error);
    }
  }

  async #lose(term: Term, reason: Error): Promise<void> {
    if (this.#term !== term) return;
    this.#options.logger.warn("This process decides no longer", {
      epoch: term.epoch,
      reason: reason.message,
    });
    await this.#end(term);
  }

  async #end(term: Term): Promise<void> {
    if (this.#term !== term) return;
    const { store, lease, ended } = this.#options;
    this.#term = null;
    this.#writing = Promise.withResolvers();
    this.#tell(null);
    ended();
    await store.endWriting();
    await lease.release().catch(() => {});
  }

  /** How long a lease that could not be renewed is held on: until it might end, as the store counts whole seconds. */
  get #silenceMs(): number {
    return this.#options.leaseMs * 3 / 4;
  }

  #tell(holder: LeaseHolder | null): void {
    const before = this.serving?.epoch;
    this.#holder = holder;
    if (this.serving?.epoch === before) return;
    for (const listener of this.#listeners) listener();
  }
}
