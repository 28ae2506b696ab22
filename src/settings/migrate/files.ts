import { dirname, join, resolve } from "node:path";
import type { ProcessUser } from "../environment.ts";
import { configText } from "./config_text.ts";
import type { Migration } from "./migration.ts";
import type { OldFile } from "./old_settings.ts";

const MAX_BYTES = 256 * 1024;
const ROOT = 0;

/** A file could not be read or written; the text names it. */
export class FileFailure extends Error {}

/** What was written, as absolute paths. */
export interface WrittenFiles {
  readonly config: string;
  readonly secrets: readonly { readonly name: string; readonly path: string }[];
}

/** Throws `FileFailure`. */
export function readOldFile(path: string): OldFile {
  return told(path, () => {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile || size > MAX_BYTES) {
      throw new FileFailure(`Wanted a regular file of at most ${MAX_BYTES} bytes, got '${path}'`);
    }
    const bytes = Deno.readFileSync(path);
    try {
      return { path, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
    } catch {
      throw new FileFailure(`Wanted UTF-8 text, got '${path}'`);
    }
  });
}

/**
 * Writes the config file `out`, and each secret into a file of its own in `secrets` beside it; both are for their
 * owner and the group of the folder. Files that are there are replaced only with `force`, and nothing is written
 * when one of them may not be. Throws `FileFailure`.
 */
export function writeMigration(
  { blocks, secrets }: Migration,
  { out, force, user }: { out: string; force: boolean; user: ProcessUser | null },
): WrittenFiles {
  const config = resolve(out);
  const folder = join(dirname(config), "secrets");
  const files = [...secrets].map(([name, secret]) => ({ name, path: join(folder, name), secret }));
  if (!force) {
    const taken = [config, ...files.map(({ path }) => path)].filter(exists);
    if (taken.length > 0) throw new FileFailure(`${taken.join(", ")} exists; --force replaces it`);
  }
  const gid = told(dirname(config), () => Deno.statSync(dirname(config)).gid);
  // Nobody but root may give files to a group that he is not in.
  const group = user?.uid === ROOT ? gid : null;
  if (files.length > 0) makeFolder(folder, group);
  for (const { path, secret } of files) write(path, { text: `${secret}\n`, group });
  write(config, { text: configText(blocks), group });
  return { config, secrets: files.map(({ name, path }) => ({ name, path })) };
}

function exists(path: string): boolean {
  return told(path, () => {
    try {
      return Deno.lstatSync(path) !== null;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}

function makeFolder(path: string, group: number | null): void {
  told(path, () => {
    if (exists(path)) return;
    Deno.mkdirSync(path, { mode: 0o750 });
    if (group !== null) Deno.chownSync(path, null, group);
  });
}

/** Written beside its place first, so that a full disk or a crash leaves the old file whole. */
function write(path: string, { text, group }: { text: string; group: number | null }): void {
  told(path, () => {
    const draft = `${path}.new`;
    if (exists(draft)) Deno.removeSync(draft);
    Deno.writeTextFileSync(draft, text, { createNew: true, mode: 0o640 });
    if (group !== null) Deno.chownSync(draft, null, group);
    Deno.renameSync(draft, path);
  });
}

/** What `work` returns; an error of the system becomes a `FileFailure` that names `path`. */
function told<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileFailure) throw error;
    if (error instanceof Deno.errors.NotFound) throw new FileFailure(`There is no '${path}'`);
    if (error instanceof Deno.errors.PermissionDenied) throw new FileFailure(`'${path}' may not be touched`);
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new FileFailure(`'${path}': ${error.message}`);
  }
}
