import type { Settings } from "../settings/settings.ts";
import { type ConfigChoice, faultOf, loadAndReport } from "./configuration.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { startFailure } from "./failures.ts";
import type { Surroundings } from "./surroundings.ts";

/** What a check does besides reading the configuration. */
export interface CheckChoice extends ConfigChoice {
  /** Shows the configuration as it was read. */
  readonly print?: boolean;
  /** Asks what the service depends on for an answer, which takes a configuration that this build can run on. */
  readonly connect?: boolean;
}

/** Tells everything that is wrong with a configuration, or `Config OK`. */
export async function check(
  { print: wanted, connect = false, ...choice }: CheckChoice,
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { settings, findings, printable } = await loadAndReport(choice, surroundings);
  const fault = faultOf(findings) ??
    (settings === null ? null : await inventoryFault(settings, surroundings)) ??
    (connect ? await connectionFault(settings, surroundings) : null);
  // A misspelt name hides that its value is a secret.
  if (wanted && printable !== null && fault === null) surroundings.print(JSON.stringify(printable, null, 2));
  if (fault === null) surroundings.print("Config OK");
  return fault ?? EXIT.ok;
}

/** Whether the inventory can be read: the service would not start without it. */
async function inventoryFault(
  settings: Settings,
  { checkInventory, complain }: Surroundings,
): Promise<ExitCode | null> {
  try {
    await checkInventory(settings);
    return null;
  } catch (error) {
    const failure = startFailure(error, settings);
    if (failure === null) throw error;
    complain(`error: inventory: ${failure.text}`);
    return failure.exitCode;
  }
}

/** Names each dependency, and whether it answers. */
async function connectionFault(
  settings: Settings | null,
  { checkConnections, print, complain }: Surroundings,
): Promise<ExitCode | null> {
  if (settings === null) {
    complain("error: Nothing was connected to, since this build lacks a driver that the configuration names");
    return EXIT.failed;
  }
  const connections = await checkConnections(settings);
  for (const { part, failure } of connections) {
    if (failure === null) print(`${part} answers`);
    else complain(`error: ${part}: ${failure}`);
  }
  return connections.some(({ failure }) => failure !== null) ? EXIT.failed : null;
}
