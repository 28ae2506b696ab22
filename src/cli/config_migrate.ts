import { FileFailure, readOldFile, writeMigration, type WrittenFiles } from "../settings/migrate/files.ts";
import { migrate, type Migration } from "../settings/migrate/migration.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import type { Surroundings } from "./surroundings.ts";

/** The old files, one of the first two at least, and where the new one goes. */
export interface MigrateChoice {
  readonly py?: string;
  readonly ini?: string;
  readonly listener?: string;
  readonly listenerPasswd?: string;
  readonly out: string;
  /** Replaces files that are there. */
  readonly force?: boolean;
}

/** Writes a configuration, and files for its secrets, out of the original's; tells what is left to a person. */
export function configMigrate(
  { py, ini, listener, listenerPasswd, out, force = false }: MigrateChoice,
  { print, complain, environment }: Pick<Surroundings, "print" | "complain" | "environment">,
): ExitCode {
  try {
    const read = (path: string | undefined) => path === undefined ? null : readOldFile(path);
    const migration = migrate({
      python: read(py),
      ini: read(ini),
      listener: read(listener),
      passwords: read(listenerPasswd),
    });
    for (const { kind, origin, text } of migration.remarks) complain(`${kind}: ${origin}: ${text}`);
    if (migration.remarks.some(({ kind }) => kind === "error")) return EXIT.badConfig;
    const written = writeMigration(migration, { out, force, user: environment.user });
    for (const line of report(migration, written)) print(line);
    return EXIT.ok;
  } catch (error) {
    if (!(error instanceof FileFailure)) throw error;
    complain(`error: ${error.message}`);
    return EXIT.failed;
  }
}

function report({ remarks }: Migration, { config, secrets }: WrittenFiles): string[] {
  const manual = remarks.filter(({ kind }) => kind === "manual").length;
  const variables = secrets.map(({ name, path }) => `${name}_FILE=${path} `).join("");
  return [
    `Wrote ${config}`,
    ...secrets.map(({ path }) => `Wrote ${path}`),
    ...(secrets.length === 0
      ? []
      : ["", "The unit gets the secrets by these lines of its [Service] section:"]),
    ...secrets.map(({ name, path }) => `  LoadCredential=${name}:${path}`),
    "",
    "What is left to do:",
    ...(manual === 0 ? [] : [`  ${manual} things by hand, marked 'manual' above`]),
    `  ${variables}valet check ${config}`,
  ];
}
