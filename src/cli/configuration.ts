import type { Finding } from "../settings/findings.ts";
import { type LoadedSettings, loadSettings, type Overrides } from "../settings/load.ts";
import type { Settings } from "../settings/settings.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import type { Surroundings } from "./surroundings.ts";

/** Where a command's configuration comes from, as commander hands it over. */
export interface ConfigChoice extends Overrides {
  /** The config file, when the command names one. */
  readonly config?: string;
}

/** Loads the configuration, and writes what is to be said about it. */
export async function loadAndReport(
  { config, host, port }: ConfigChoice,
  { environment, complain }: Surroundings,
): Promise<LoadedSettings> {
  const loaded = await loadSettings(config ?? null, { environment, overrides: { host, port } });
  for (const finding of loaded.findings) complain(lineOf(finding));
  return loaded;
}

/** The settings to run on, or the exit status when there are none. */
export async function settingsToRun(
  choice: ConfigChoice,
  surroundings: Surroundings,
): Promise<Settings | ExitCode> {
  const { path, settings, findings } = await loadAndReport(choice, surroundings);
  if (settings !== null) return settings;
  surroundings.complain(`Valet can't run on ${path}`);
  return faultOf(findings) ?? EXIT.badConfig;
}

/** The exit status that a configuration earns by its errors; null when it has none. */
export function faultOf(findings: readonly Finding[]): ExitCode | null {
  if (findings.some(({ kind }) => kind === "permission")) return EXIT.unsafeFile;
  return findings.some(({ kind }) => kind === "error") ? EXIT.badConfig : null;
}

function lineOf({ kind, path, text }: Finding): string {
  const severity = kind === "warning" ? "warning" : "error";
  return `${severity}: ${path}: ${text}`;
}
