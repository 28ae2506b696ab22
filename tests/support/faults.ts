import { OutcomeUnknown, Unavailable } from "../../src/ports/failures.ts";

type Fault = "fail" | "lose" | "hold";

/** Methods of the ports that give no promise and never throw: nothing can happen to them. */
const UNDISTURBED: ReadonlySet<string> = new Set(["settle", "release", "confirm", "publish", "close"]);

/** Methods of the ports that give pages. */
const LISTS: ReadonlySet<string> = new Set(["groups", "plans", "placements"]);

/** Faults that a test switches on before the adapter of a port; `wrap` goes into `ComposeOptions.wrap`. */
export class FaultInjector<T extends object> {
  /** How often each method was called. */
  readonly calls = new Map<string, number>();
  readonly #part: string;
  readonly #faults = new Map<string, Fault>();
  #healed = Promise.withResolvers<void>();
  #held = Promise.withResolvers<void>();

  /** `part` is named in the failures. */
  constructor(part: string) {
    this.#part = part;
  }

  /** These methods throw `Unavailable`, without having done anything. */
  fail(...methods: (keyof T & string)[]): void {
    this.#switch("fail", methods);
  }

  /** These methods do their work, then throw `OutcomeUnknown`. */
  lose(...methods: (keyof T & string)[]): void {
    this.#switch("lose", methods);
  }

  /** These methods wait before they do their work; resolves when the first of them waits. */
  hold(...methods: (keyof T & string)[]): Promise<void> {
    this.#switch("hold", methods);
    this.#held = Promise.withResolvers();
    return this.#held.promise;
  }

  /** Ends all faults; what waits goes on. */
  heal(): void {
    this.#faults.clear();
    this.#healed.resolve();
    this.#healed = Promise.withResolvers();
  }

  /** The adapter with the faults before it. */
  readonly wrap = (adapter: T): T =>
    new Proxy(adapter, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target);
        if (typeof member !== "function" || typeof name !== "string") return member;
        return (...args: unknown[]) => this.#call(name, () => member.apply(target, args));
      },
    });

  #switch(fault: Fault, methods: readonly string[]): void {
    for (const method of methods) this.#faults.set(method, fault);
  }

  #call(method: string, work: () => unknown): unknown {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    if (UNDISTURBED.has(method) || !this.#faults.has(method)) return work();
    if (LISTS.has(method)) return this.#list(method, work as () => AsyncIterable<unknown>);
    return this.#disturb(method, work);
  }

  async #disturb(method: string, work: () => unknown): Promise<unknown> {
    const fault = this.#faults.get(method);
    if (fault === "fail") throw new Unavailable(this.#part, `The ${this.#part} is out of order`);
    if (fault === "hold") {
      this.#held.resolve();
      await this.#healed.promise;
    }
    const result = await work();
    if (fault === "lose") throw new OutcomeUnknown(this.#part, `The ${this.#part} gave no answer`);
    return result;
  }

  async *#list(method: string, work: () => AsyncIterable<unknown>): AsyncGenerator<unknown> {
    await this.#disturb(method, () => {});
    yield* work();
  }
}
