import { checkConnections, checkInventory, compose, composeSchema } from "../compose/mod.ts";
import { processEnvironment } from "../settings/environment.ts";
import type { ExitCode } from "./exit_codes.ts";
import { run } from "./program.ts";
import { ProcessSignals } from "./stop_signals.ts";

/** Runs a command line in this process, and tells the exit status. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  using stopSignals = new ProcessSignals();
  return await run(args, {
    print: (line) => console.log(line),
    complain: (line) => console.error(line),
    environment: processEnvironment(),
    compose,
    composeSchema,
    checkInventory,
    checkConnections,
    stopSignals,
  });
}
