import { type ConfigChoice, faultOf, loadAndReport } from "./configuration.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import type { Surroundings } from "./surroundings.ts";

/** Tells everything that is wrong with a configuration, or `Config OK`. */
export async function check(
  { print: wanted, ...choice }: ConfigChoice & { readonly print?: boolean },
  surroundings: Surroundings,
): Promise<ExitCode> {
  const { findings, printable } = await loadAndReport(choice, surroundings);
  if (wanted && printable !== null) surroundings.print(JSON.stringify(printable, null, 2));
  const fault = faultOf(findings);
  if (fault === null) surroundings.print("Config OK");
  return fault ?? EXIT.ok;
}
