import { dirname } from "node:path";
import { evaluateConfig } from "./config_module.ts";
import type { Environment } from "./environment.ts";
import { type Finding, Findings } from "./findings.ts";
import { locateConfig } from "./locate.ts";
import { lookupIn } from "./lookup.ts";
import { isLoopback } from "./loopback.ts";
import { checkReadable } from "./permissions.ts";
import { expand } from "./placeholders.ts";
import { type RawConfig, readSettings } from "./schema.ts";
import { masked } from "./secrets.ts";
import type { Settings } from "./settings.ts";
import { readTrusted } from "./trusted_file.ts";

/** What became of a configuration. */
export interface LoadedSettings {
  /** The config file. */
  readonly path: string;
  /** Null when the service can't run on it; `findings` say why. */
  readonly settings: Settings | null;
  readonly findings: readonly Finding[];
  /** The configuration with its placeholders replaced and its secrets masked; null when the file gave none. */
  readonly printable: unknown;
}

/** Values of the command line that win over those of the file. */
export interface Overrides {
  readonly host?: string;
  readonly port?: string;
}

/**
 * Settings from the config file `given`, or from where it is looked for without one. Never throws because a
 * configuration is wrong.
 *
 * The file is code, and may hold secrets: it is not run when others may change it, nor accepted when it spells out a
 * secret and others may read it. `VALET_ALLOW_INSECURE_CONFIG=1` makes warnings of both.
 */
export async function loadSettings(
  given: string | null,
  { environment, overrides = {} }: { environment: Environment; overrides?: Overrides },
): Promise<LoadedSettings> {
  const tolerant = environment.variable("VALET_ALLOW_INSECURE_CONFIG") === "1";
  const findings = new Findings({ tolerant });
  const path = locateConfig(given, environment);
  const failed = () => ({ path, settings: null, findings: findings.list, printable: null });

  const source = readTrusted(path, { findings, user: environment.user });
  if (source === null || findings.has("permission")) return failed();
  const templates = await evaluateConfig({ path, text: source.text }, findings);
  if (templates === null) return failed();

  const lookup = lookupIn(environment, findings);
  const { value, spelled } = expand(templates, { findings, lookup });
  const raw = overridden(value as RawConfig, overrides);
  const settings = readSettings(raw, { folder: dirname(path), findings, user: environment.user });
  if (spelled.length > 0 && !areHarmless(spelled, raw)) checkReadable(findings, source);
  if (environment.user?.uid === 0 && raw.demo !== true) {
    findings.warning(path, "Valet runs as root, wanted a user of its own");
  }
  const usable = findings.has("permission", "error") ? null : settings;
  return { path, settings: usable, findings: findings.list, printable: masked(raw) };
}

function overridden(raw: RawConfig, overrides: Overrides): RawConfig {
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  const server = raw.server ?? {};
  return typeof server === "object" ? { ...raw, server: { ...server, ...given } } : raw;
}

/** Whether the secrets at `paths` are tokens of a service that only users of this machine may reach. */
function areHarmless(paths: readonly string[], { server, demo }: RawConfig): boolean {
  const { host }: { host?: unknown } = Object(server);
  const isLocal = demo === true || (typeof host === "string" && isLoopback(host));
  return isLocal && paths.every((path) => path.startsWith("identity.tokens."));
}
