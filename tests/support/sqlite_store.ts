import { join } from "node:path";
import { SqliteStore, type SqliteStoreOptions } from "../../src/adapters/store/sqlite/store.ts";
import type { StoreUnderTest } from "./store_suite.ts";

/** A folder of its own that is removed with everything in it. */
export interface TemporaryFolder extends Disposable {
  /** The path of a file in it. */
  file(name: string): string;
}

export function temporaryFolder(): TemporaryFolder {
  const folder = Deno.makeTempDirSync({ prefix: "valet-store-" });
  return {
    file: (name) => join(folder, name),
    [Symbol.dispose]: () => Deno.removeSync(folder, { recursive: true }),
  };
}

/** An empty store on a file of its own. */
export function openSqliteStore(
  options: Omit<SqliteStoreOptions, "path"> = {},
): StoreUnderTest & { path: string } {
  const folder = temporaryFolder();
  const path = folder.file("valet.db");
  const opened = [SqliteStore.open({ ...options, path })];
  return {
    path,
    store: opened[0],
    reopen: async () => {
      await opened[0].close();
      const later = SqliteStore.open({ ...options, path });
      opened.push(later);
      return later;
    },
    [Symbol.asyncDispose]: async () => {
      for (const store of opened) await store.close();
      folder[Symbol.dispose]();
    },
  };
}
