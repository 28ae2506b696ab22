import { dirname, resolve } from "node:path";
import type { ProcessUser } from "./environment.ts";
import type { Findings } from "./findings.ts";
import { checkWritable, type Owned } from "./permissions.ts";

const MAX_BYTES = 1024 * 1024;

/** A file and who may touch it, as it was at one moment. */
export interface TrustedFile {
  readonly text: string;
  readonly file: Owned;
  /** Where the file is, and where the link to it is. */
  readonly directories: readonly Owned[];
}

/**
 * Reads a file whose content the process is going to trust, and looks who else may change it; null after an error.
 * Permissions and content are those of one open file, so that nobody can swap it in between.
 */
export function readTrusted(
  given: string,
  { findings, user }: { findings: Findings; user: ProcessUser | null },
): TrustedFile | null {
  try {
    const path = Deno.realPathSync(given);
    // Opening a pipe would wait for its other end.
    if (!Deno.statSync(path).isFile) return refused(findings, given);
    using open = Deno.openSync(path);
    const state = open.statSync();
    if (state.size > MAX_BYTES) return refused(findings, given);
    const file = ownedAt(path, state);
    const folders = new Set([dirname(path), Deno.realPathSync(dirname(resolve(given)))]);
    const directories = [...folders].map((folder) => ownedAt(folder, Deno.statSync(folder)));
    if (user !== null) checkWritable(findings, { file, directories, user });
    const text = new TextDecoder("utf-8", { fatal: true }).decode(contentOf(open, state.size));
    return { text, file, directories };
  } catch (error) {
    return reportUnreadable(error, { given, findings });
  }
}

function refused(findings: Findings, path: string): null {
  findings.error(path, `Wanted a regular file of at most ${MAX_BYTES} bytes`);
  return null;
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

function reportUnreadable(error: unknown, { given, findings }: { given: string; findings: Findings }): null {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    findings.error(given, "No such file");
  } else if (error instanceof Deno.errors.PermissionDenied) {
    findings.error(given, "May not be read by the user that runs Valet");
  } else if (error instanceof TypeError) {
    findings.error(given, "Wanted UTF-8 text");
  } else if (isOfSystem(error)) {
    findings.error(given, `Can't be read: ${error.message}`);
  } else {
    throw error;
  }
  return null;
}

/** Errors of the system carry a code, or are among those that the runtime has names for. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error &&
    ("code" in error || Object.values(Deno.errors).some((kind) => error instanceof kind));
}
