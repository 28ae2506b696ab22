import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { Rejected } from "../../../ports/failures.ts";
import { openFailure } from "./failures.ts";
import { Query } from "./query.ts";
import { refuseForeignFile } from "./schema.ts";

/** How long a starting process waits for one that is about to let go of the file. */
const BUSY_MS = 1000;

/** A checkpoint stops the thread: longer logs mean fewer checkpoints, each of them longer. */
const CHECKPOINT_PAGES = 2000;
const CACHE_KIB = 16 * 1024;

/**
 * Opens a file for this process alone, durable at every COMMIT, and creates it when it is missing. The lock is
 * the kernel's and ends with the process, however that ends.
 * Throws `StoreLocked`, `StoreTooNew`, `Rejected` (not a store) or `Unavailable`; the text names the file.
 */
export function openConnection(path: string): DatabaseSync {
  let connection: DatabaseSync | null = null;
  try {
    createFile(path);
    connection = new DatabaseSync(path, { timeout: BUSY_MS });
    configure(connection, path);
    return connection;
  } catch (error) {
    connection?.close();
    throw openFailure(error, path);
  }
}

/**
 * SQLite gives its log the mode of the file, and would itself create both readable by everyone. A file that is
 * there stays unopened: closing it again would end this process's locks on it.
 */
function createFile(path: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

function configure(connection: DatabaseSync, path: string): void {
  const set = (setting: string) => connection.prepare(`PRAGMA ${setting}`).all();
  set("locking_mode = EXCLUSIVE");
  refuseForeignFile(connection, path);
  const mode = new Query<[string]>(connection, "PRAGMA journal_mode = WAL").first()?.[0];
  if (mode !== "wal") {
    throw new Rejected("store", `The store's file '${path}' can't have a write-ahead log where it lies`);
  }
  set("synchronous = FULL");
  set("foreign_keys = ON");
  set("temp_store = MEMORY");
  set(`cache_size = -${CACHE_KIB}`);
  set(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
}
