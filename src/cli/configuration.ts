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
  for (const { kind, path, text } of loaded.findings) {
    const severity = kind === "error" || kind === "permission" ? "error" : "warning";
    complain(`${severity}: ${path}: ${text}`);
  }
  return loaded;
}

/** The settings to run on, or the exit status when there are none. */
export async function settingsToRun(
  choice: ConfigChoice,
  surroundings: Surroundings,
): Promise<Settings | ExitCode> {
  const { path, settings, findings } = await loadAndReport(choice, surroundings);
  if (settings !== null) return settings;
  const lacking = findings.filter(({ kind }) => kind === "unavailable").map(({ path }) => path);
  const reason = lacking.length > 0 ? `, this build lacks what it asks for in ${lacking.join(", ")}` : "";
  surroundings.complain(`error: Valet can't run on '${path}'${reason}`);
  return faultOf(findings) ?? EXIT.badConfig;
}

/** The exit status that a configuration earns by its errors; null when it has none. */
export function faultOf(findings: readonly Finding[]): ExitCode | null {
  if (findings.some(({ kind }) => kind === "permission")) return EXIT.unsafeFile;
  return findings.some(({ kind }) => kind === "error") ? EXIT.badConfig : null;
}
