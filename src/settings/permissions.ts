import type { ProcessUser } from "./environment.ts";
import type { Findings } from "./findings.ts";

const ROOT = 0;
const GROUP_MAY_WRITE = 0o020;
const OTHERS_MAY_READ = 0o004;
const OTHERS_MAY_WRITE = 0o002;
const STICKY = 0o1000;

/** A file or a directory, and the part of its state on which its safety depends. */
export interface Owned {
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Reports when somebody besides the process's user and root may change a file whose content the process is about to
 * trust, or swap it in one of `directories`.
 */
export function checkWritable(
  findings: Findings,
  { file, directories, user }: { file: Owned; directories: readonly Owned[]; user: ProcessUser },
): void {
  const { path } = file;
  const writer = writerOf(file, user);
  if (writer !== null) findings.permission(path, `May be written by ${writer}; run 'chmod go-w ${path}'`);
  for (const directory of directories) {
    const swapper = (directory.mode & STICKY) === 0 ? writerOf(directory, user) : null;
    if (swapper === null) continue;
    const remedy = `run 'chmod go-w ${directory.path}'`;
    findings.permission(path, `May be replaced by ${swapper} in its directory; ${remedy}`);
  }
  for (const { path: owned, uid } of [file, ...directories]) {
    if (uid === user.uid || uid === ROOT) continue;
    const text = owned === path
      ? `Belongs to user ${uid}; run 'chown root ${path}'`
      : `May be replaced by user ${uid}, whose directory it is in; run 'chown root ${owned}'`;
    // Root in a container works on files of a user outside, which is for root to judge.
    if (user.uid === ROOT) findings.warning(path, text);
    else findings.permission(path, text);
  }
}

/** Reports when a file that spells out secrets can be read by others. */
export function checkReadable(
  findings: Findings,
  { file, directories }: { file: Owned; directories: readonly Owned[] },
): void {
  if (mayBeReadByAll(file)) {
    const remedy = `run 'chmod o-r ${file.path}' or use placeholders`;
    findings.permission(file.path, `Spells out secrets and may be read by everybody; ${remedy}`);
  }
  if (directories.some(mayBeReadByAll)) {
    findings.warning(file.path, "Spells out secrets in a directory that everybody may list");
  }
}

export function mayBeReadByAll({ mode }: Owned): boolean {
  return (mode & OTHERS_MAY_READ) !== 0;
}

function writerOf({ mode, gid }: Owned, { gids }: ProcessUser): string | null {
  if ((mode & OTHERS_MAY_WRITE) !== 0) return "everybody";
  if ((mode & GROUP_MAY_WRITE) !== 0 && gid !== ROOT && !gids.includes(gid)) {
    return `the foreign group ${gid}`;
  }
  return null;
}
