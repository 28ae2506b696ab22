import { dirname } from "node:path";
import type { ProcessUser } from "./environment.ts";
import type { Findings } from "./findings.ts";

const ROOT = 0;
const GROUP_MAY_WRITE = 0o020;
const OTHERS_MAY_READ = 0o004;
const OTHERS_MAY_WRITE = 0o002;
const STICKY = 0o1000;

/** The part of a file's state on which its safety depends. */
export interface Ownership {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Reports when somebody besides the process's user and root may change a file whose content the process is about to
 * trust, or swap it through its directory.
 */
export function checkWritable(
  findings: Findings,
  { path, file, directory, user }: {
    path: string;
    file: Ownership;
    directory: Ownership;
    user: ProcessUser;
  },
): void {
  const repair = `run 'chown root ${path} && chmod go-w ${path}'`;
  const writer = writerOf(file, user);
  if (writer !== null) findings.permission(path, `May be written by ${writer}; ${repair}`);
  const folder = dirname(path);
  const swapper = (directory.mode & STICKY) === 0 ? writerOf(directory, user) : null;
  if (swapper !== null) {
    const text = `Its directory may be written by ${swapper}; run 'chmod go-w ${folder}'`;
    findings.permission(path, text);
  }
  if (file.uid !== user.uid && file.uid !== ROOT) {
    findings.warning(path, `Belongs to user ${file.uid}, wanted ${user.uid} or root`);
  }
}

/** Reports when a file that spells out secrets can be read by others. */
export function checkReadable(
  findings: Findings,
  { path, file, directory }: { path: string; file: Ownership; directory: Ownership },
): void {
  if (mayBeReadByAll(file)) {
    const text = `Holds secrets and may be read by everybody; run 'chmod o-r ${path}' or use placeholders`;
    findings.permission(path, text);
  }
  if (mayBeReadByAll(directory)) {
    findings.warning(path, `Holds secrets in a directory that everybody may list`);
  }
}

export function mayBeReadByAll({ mode }: Ownership): boolean {
  return (mode & OTHERS_MAY_READ) !== 0;
}

function writerOf({ mode, gid }: Ownership, { gids }: ProcessUser): string | null {
  if ((mode & OTHERS_MAY_WRITE) !== 0) return "everybody";
  if ((mode & GROUP_MAY_WRITE) !== 0 && gid !== ROOT && !gids.includes(gid)) {
    return `the foreign group ${gid}`;
  }
  return null;
}
