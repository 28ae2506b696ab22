import type { Settings } from "../settings/settings.ts";
import { type ConfigChoice, faultOf, loadAndReport } from "./configuration.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { startFailure } from "./failures.ts";
import type { Surroundings } from "./surroundings.ts";

/** Tells everything that is wrong with a configuration, or `Config OK`. */
export async function check(
  { print: wanted, ...choice }: ConfigChoice & { readonly print?: boolean },
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { settings, findings, printable } = await loadAndReport(choice, surroundings);
  const fault = faultOf(findings) ??
    (settings === null ? null : await inventoryFault(settings, surroundings));
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
