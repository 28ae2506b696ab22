import { join } from "node:path";
import type { Environment } from "./environment.ts";
import type { Findings } from "./findings.ts";
import { mayBeReadByAll } from "./permissions.ts";
import type { Lookup } from "./placeholders.ts";
import { readTrusted, type TrustedFile } from "./trusted_file.ts";

/**
 * Looks a name up in the environment, then in the file that `NAME_FILE` names there, then among the credentials that
 * systemd hands to the service. An empty credential is none: the unit sets it in the place of a missing file.
 */
export function lookupIn({ variable, user }: Environment, findings: Findings): Lookup {
  const files = new Map<string, TrustedFile | null>();
  const open = (path: string) => {
    if (!files.has(path)) files.set(path, readTrusted(path, { findings, user }));
    return files.get(path) ?? null;
  };
  return (name, { secret }) => {
    const value = variable(name);
    if (value !== undefined) return value;
    const named = variable(`${name}_FILE`);
    const path = named ?? credentialPath(name, variable("CREDENTIALS_DIRECTORY"));
    const source = path === null ? null : open(path);
    if (source === null) return undefined;
    if (secret && mayBeReadByAll(source.file)) {
      findings.warning(
        source.file.path,
        `Holds a secret and may be read by everybody; run 'chmod o-r ${path}'`,
      );
    }
    const text = source.text.replace(/\r?\n$/, "");
    return text === "" && named === undefined ? undefined : text;
  };
}

function credentialPath(name: string, folder: string | undefined): string | null {
  if (folder === undefined) return null;
  const path = join(folder, name);
  try {
    return Deno.statSync(path) && path;
  } catch (error) {
    // Whatever else is wrong with it is told when it is read.
    return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ? null : path;
  }
}
