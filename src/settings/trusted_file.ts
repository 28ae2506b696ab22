import { dirname } from "node:path";
import type { ProcessUser } from "./environment.ts";
import type { Findings } from "./findings.ts";
import { checkWritable, type Ownership } from "./permissions.ts";

const MAX_BYTES = 1024 * 1024;

/** A file and who may touch it, as it was at one moment. */
export interface TrustedFile {
  /** With links resolved. */
  readonly path: string;
  readonly text: string;
  readonly file: Ownership;
  readonly directory: Ownership;
}

/**
 * Reads a file whose content the process is going to trust, and looks who else may change it; null after an error.
 * File, permissions and content are those of one open file, so that nobody can swap it in between.
 */
export function readTrusted(
  given: string,
  { findings, user }: { findings: Findings; user: ProcessUser | null },
): TrustedFile | null {
  try {
    const path = Deno.realPathSync(given);
    using file = Deno.openSync(path);
    const state = file.statSync();
    if (!state.isFile || state.size > MAX_BYTES) {
      findings.error(given, `Wanted a regular file of at most ${MAX_BYTES} bytes`);
      return null;
    }
    const owned = { path, file: ownership(state), directory: ownership(Deno.statSync(dirname(path))) };
    if (user !== null) checkWritable(findings, { ...owned, user });
    const text = new TextDecoder("utf-8", { fatal: true }).decode(contentOf(file, state.size));
    return { ...owned, text };
  } catch (error) {
    return reportUnreadable(error, { given, findings });
  }
}

function ownership({ mode, uid, gid }: Deno.FileInfo): Ownership {
  return { mode: mode ?? 0, uid: uid ?? 0, gid: gid ?? 0 };
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
  } else {
    throw error;
  }
  return null;
}
