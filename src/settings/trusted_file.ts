import { dirname, resolve } from "node:path";
import type { ProcessUser } from "./environment.ts";
import type { Findings } from "./findings.ts";
import { checkWritable, type Owned } from "./permissions.ts";

const MAX_BYTES = 1024 * 1024;

const NO_FILE = `Wanted a regular file of at most ${MAX_BYTES} bytes`;

/** A file and who may touch it, as it was at one moment. */
export interface TrustedFile {
  readonly text: string;
  readonly file: Owned;
  /** Where the file is, and where the link to it is. */
  readonly directories: readonly Owned[];
}

export interface TrustedFileOptions {
  readonly findings: Findings;
  readonly user: ProcessUser | null;
  /** The setting that names the file, for what is said of a file that can't be read. */
  readonly setting?: string;
}

/**
 * Reads a file whose content the process is going to trust, and looks who else may change it; null after an error.
 * Permissions and content are those of one open file, so that nobody can swap it in between.
 */
export function readTrusted(
  given: string,
  { findings, user, setting }: TrustedFileOptions,
): TrustedFile | null {
  const refuse = (text: string) => {
    findings.error(setting ?? given, setting === undefined ? text : `${text}: '${given}'`);
    return null;
  };
  try {
    const path = Deno.realPathSync(given);
    // Opening a pipe would wait for its other end.
    if (!Deno.statSync(path).isFile) return refuse(NO_FILE);
    using open = Deno.openSync(path);
    const state = open.statSync();
    if (state.size > MAX_BYTES) return refuse(NO_FILE);
    const file = ownedAt(path, state);
    const folders = new Set([dirname(path), Deno.realPathSync(dirname(resolve(given)))]);
    const directories = [...folders].map((folder) => ownedAt(folder, Deno.statSync(folder)));
    if (user !== null) checkWritable(findings, { file, directories, user });
    const text = new TextDecoder("utf-8", { fatal: true }).decode(contentOf(open, state.size));
    return { text, file, directories };
  } catch (error) {
    return refuse(unreadable(error));
  }
}

/** Systems without such modes and owners count as safe. */
function ownedAt(path: string, { mode, uid, gid }: Deno.FileInfo): Owned {
  return { path, mode: mode ?? 0, uid: uid ?? 0, gid: gid ?? 0 };
}

function contentOf(file: Deno.FsFile, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let filled = 0;
  while (filled < size) {
    const count = file.readSync(bytes.subarray(filled));
    if (count === null) break;
    filled += count;
  }
  return bytes.subarray(0, filled);
}

/** Why a file can't be read, in words; throws what is a bug. */
function unreadable(error: unknown): string {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return "No such file";
  }
  if (error instanceof Deno.errors.PermissionDenied) return "May not be read by the user that runs Valet";
  if (error instanceof TypeError) return "Wanted UTF-8 text";
  if (isOfSystem(error)) return `Can't be read: ${error.message}`;
  throw error;
}

/** Errors of the system carry a code, or are among those that the runtime has names for. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error &&
    ("code" in error || Object.values(Deno.errors).some((kind) => error instanceof kind));
}
