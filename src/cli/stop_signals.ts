import type { StopSignals } from "./surroundings.ts";

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

/** Programs that start Valet, such as npx, pass on the signal of a Ctrl-C that the terminal sends to Valet as well. */
const SAME_PRESS_MS = 1000;

/** Exit status of a process that a signal ended, as shells count: 128 and SIGINT's number. */
const INTERRUPTED = 130;

/** SIGINT and SIGTERM: the first asks to stop, a later one ends the process on the spot. */
export function processSignals(
  { monotonicMs = () => performance.now(), exit = Deno.exit }: {
    monotonicMs?: () => number;
    exit?: (code: number) => void;
  } = {},
): StopSignals {
  return {
    first: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let firstMs: number | null = null;
      const listener = () => {
        if (firstMs === null) firstMs = monotonicMs();
        else if (monotonicMs() - firstMs >= SAME_PRESS_MS) exit(INTERRUPTED);
        resolve();
      };
      for (const signal of SIGNALS) Deno.addSignalListener(signal, listener);
      return promise;
    },
  };
}
