import type { StopSignals } from "./surroundings.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Programs that start Valet, such as npx, pass on the signal of a Ctrl-C that the terminal sends to Valet as well. */
const SAME_PRESS_MS = 1000;

/** Exit status of a process that a signal ended, as shells count: 128 and SIGINT's number. */
const INTERRUPTED = 130;

/** SIGINT and SIGTERM: the first asks to stop, a later one ends the process on the spot. */
export class ProcessSignals implements StopSignals, Disposable {
  readonly #monotonicMs: () => number;
  readonly #exit: (code: number) => void;
  readonly #asked = Promise.withResolvers<void>();
  #askedAtMs: number | null = null;

  constructor(
    { monotonicMs = () => performance.now(), exit = Deno.exit }: {
      monotonicMs?: () => number;
      exit?: (code: number) => void;
    } = {},
  ) {
    this.#monotonicMs = monotonicMs;
    this.#exit = exit;
  }

  first(): Promise<void> {
    for (const signal of SIGNALS) Deno.addSignalListener(signal, this.receive);
    return this.#asked.promise;
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, this.receive);
  }

  /** What a signal does. */
  readonly receive = () => {
    const nowMs = this.#monotonicMs();
    this.#askedAtMs ??= nowMs;
    if (nowMs - this.#askedAtMs >= SAME_PRESS_MS) this.#exit(INTERRUPTED);
    this.#asked.resolve();
  };
}
