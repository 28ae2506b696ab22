import { DatabaseSync } from "node:sqlite";
import { temporaryFolder } from "./sqlite_store.ts";

/**
 * What another process would find in the file after a crash at this moment: the file and its log are copied and
 * recovered elsewhere, because the file itself is locked.
 */
export function observe<T>(path: string, read: (copy: DatabaseSync) => T): T {
  using folder = temporaryFolder();
  const copy = folder.file("copy.db");
  Deno.copyFileSync(path, copy);
  Deno.copyFileSync(`${path}-wal`, `${copy}-wal`);
  const connection = new DatabaseSync(copy);
  try {
    return read(connection);
  } finally {
    connection.close();
  }
}

/**
 * Commits in the log of the file. A frame's header holds at byte 4 the size of the database after a commit, else
 * zero (sqlite.org/fileformat.html, section 4).
 */
export function countCommits(path: string): number {
  const log = Deno.readFileSync(`${path}-wal`);
  const view = new DataView(log.buffer);
  const frameBytes = 24 + view.getUint32(8);
  let commits = 0;
  for (let start = 32; start + frameBytes <= log.length; start += frameBytes) {
    if (view.getUint32(start + 4) !== 0) commits += 1;
  }
  return commits;
}
