import type { Logger } from "../ports/logger.ts";

export type PartState = "ok" | "failed";

/** Whether the service can do its work, and which of its parts do theirs. */
export interface Readiness {
  readonly ok: boolean;
  readonly checks: Readonly<Record<string, PartState>>;
}

export interface HealthOptions {
  /** By part: resolves when the part works, throws when it does not. */
  readonly checks: Readonly<Record<string, () => Promise<void>>>;
  /** The same for parts that the service can do without. */
  readonly told?: Readonly<Record<string, () => Promise<void>>>;
  readonly logger: Logger;
  /** A check that takes longer has failed. */
  readonly timeoutMs?: number;
}

/** Asks the parts of the service, and tells the log when one changes its state. */
export class Health {
  readonly #options: Required<HealthOptions>;
  readonly #last = new Map<string, PartState>();
  #running: Promise<Readiness> | null = null;
  #stopping = false;

  constructor({ timeoutMs = 2000, told = {}, ...options }: HealthOptions) {
    this.#options = { timeoutMs, told, ...options };
  }

  /** Never throws. Callers that ask at the same time share one round of checks. */
  readiness(): Promise<Readiness> {
    this.#running ??= this.#check().finally(() => this.#running = null);
    return this.#running;
  }

  /** From now on the service is not ready, so that nothing new is sent to it. */
  stopping(): void {
    this.#stopping = true;
  }

  async #check(): Promise<Readiness> {
    const { checks, told } = this.#options;
    const states = await Promise.all(
      Object.entries({ ...checks, ...told }).map(async ([part, check]) =>
        [part, await this.#state(part, check)] as const
      ),
    );
    const ok = !this.#stopping && states.every(([part, state]) => state === "ok" || part in told);
    return { ok, checks: Object.fromEntries(states) };
  }

  async #state(part: string, check: () => Promise<void>): Promise<PartState> {
    const { timeoutMs, logger } = this.#options;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(new Error(`No answer within ${timeoutMs} ms`)), timeoutMs);
    try {
      await Promise.race([check(), late]);
      if (this.#last.get(part) === "failed") logger.info("Part works again", { part });
      this.#last.set(part, "ok");
      return "ok";
    } catch (error) {
      if (this.#last.get(part) !== "failed") logger.warn("Part does not work", { part, error });
      this.#last.set(part, "failed");
      return "failed";
    } finally {
      clearTimeout(timer);
    }
  }
}
