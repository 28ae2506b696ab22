import { join, resolve } from "node:path";
import type { Environment } from "./environment.ts";

const SYSTEM_CONFIG = "/etc/valet/config.ts";

/** Absolute path of the config file: the one given, else `$VALET_CONFIG`, `$VALET_CONFIG_PATH/config.ts`, /etc/valet/config.ts. */
export function locateConfig(given: string | null, { variable }: Pick<Environment, "variable">): string {
  const folder = variable("VALET_CONFIG_PATH");
  return resolve(
    given || variable("VALET_CONFIG") || (folder ? join(folder, "config.ts") : SYSTEM_CONFIG),
  );
}
