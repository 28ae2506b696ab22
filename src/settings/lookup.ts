import { join } from "node:path";
import type { Environment } from "./environment.ts";
import type { Findings } from "./findings.ts";
import { mayBeReadByAll } from "./permissions.ts";
import type { Lookup } from "./placeholders.ts";
import { readTrusted } from "./trusted_file.ts";

/**
 * Looks a name up in the environment, then in the file that `NAME_FILE` names there, then among the credentials that
 * systemd hands to the service.
 */
export function lookupIn({ variable, user }: Environment, findings: Findings): Lookup {
  const content = (path: string) => readTrusted(path, { findings, user });
  return (name, { secret }) => {
    const value = variable(name);
    if (value !== undefined) return value;
    const named = variable(`${name}_FILE`);
    if (named !== undefined) {
      const source = content(named);
      if (secret && source !== null && mayBeReadByAll(source.file)) {
        findings.warning(
          source.path,
          `Holds a secret and may be read by everybody; run 'chmod o-r ${source.path}'`,
        );
      }
      return source === null ? undefined : withoutNewline(source.text);
    }
    const credentials = variable("CREDENTIALS_DIRECTORY");
    const credential = credentials === undefined ? null : join(credentials, name);
    if (credential === null || !exists(credential)) return undefined;
    const source = content(credential);
    return source === null ? undefined : withoutNewline(source.text);
  };
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, "");
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
