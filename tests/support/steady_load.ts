import type { TestService } from "./service.ts";

/** Durations of calls, by phase. */
export interface Phase {
  readonly p99Ms: number;
  readonly calls: number;
  /** Statuses other than 200, and calls that failed. */
  readonly wrong: readonly string[];
}

/** Calls at a steady rate, whether or not those before were answered. */
export class SteadyLoad {
  readonly #service: TestService;
  readonly #timer: number;
  readonly #open = new Set<Promise<void>>();
  #durations: number[] = [];
  #wrong: string[] = [];
  #total = 0;

  constructor(service: TestService, { perSecond = 100, path = "/v1/groups" } = {}) {
    this.#service = service;
    this.#timer = setInterval(() => {
      const call = this.#call(path).finally(() => this.#open.delete(call));
      this.#open.add(call);
    }, 1000 / perSecond);
  }

  /** All calls so far. */
  get total(): number {
    return this.#total;
  }

  /** Ends a phase of this length at least, and of as many calls. */
  async phase({ calls, ms = 0 }: { calls: number; ms?: number }): Promise<Phase> {
    await Promise.all(this.#open);
    this.#durations = [];
    this.#wrong = [];
    const endMs = performance.now() + ms;
    while (this.#durations.length < calls || performance.now() < endMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const sorted = this.#durations.toSorted((a, b) => a - b);
    return { p99Ms: sorted[Math.floor(sorted.length * 0.99)], calls: sorted.length, wrong: this.#wrong };
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#open);
  }

  async #call(path: string): Promise<void> {
    this.#total++;
    const begunMs = performance.now();
    try {
      const { status } = await this.#service.call("GET", path);
      if (status !== 200) this.#wrong.push(String(status));
    } catch (error) {
      this.#wrong.push(String(error));
    }
    this.#durations.push(performance.now() - begunMs);
  }
}
