import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { openConnection } from "../../src/adapters/store/sqlite/connection.ts";
import { StoreLocked, StoreTooNew } from "../../src/adapters/store/sqlite/failures.ts";
import { SqliteSchemaAdmin } from "../../src/adapters/store/sqlite/schema_admin.ts";
import { SqliteStore } from "../../src/adapters/store/sqlite/store.ts";
import { Rejected, Unavailable } from "../../src/ports/failures.ts";
import { openSqliteStore, temporaryFolder } from "../support/sqlite_store.ts";
import { planRows, readAll, readPlans, storePlan } from "../support/store_rows.ts";

function pragma(connection: DatabaseSync, name: string): unknown {
  return Object.values(connection.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/** Runs statements on a closed store's file, as an operator's hand or another release would. */
function alter(path: string, ...statements: string[]): void {
  const connection = new DatabaseSync(path);
  for (const statement of statements) connection.prepare(statement).all();
  connection.close();
}

function modeOf(path: string): string {
  return ((Deno.statSync(path).mode ?? 0) & 0o777).toString(8);
}

Deno.test("openConnection makes every COMMIT durable and keeps references whole", () => {
  using folder = temporaryFolder();
  const connection = openConnection(folder.file("valet.db"));
  assertEquals(pragma(connection, "journal_mode"), "wal");
  assertEquals(pragma(connection, "synchronous"), 2);
  assertEquals(pragma(connection, "foreign_keys"), 1);
  assertEquals(pragma(connection, "locking_mode"), "exclusive");
  assertEquals(pragma(connection, "busy_timeout"), 1000);
  connection.close();
});

Deno.test("openConnection creates file and folder for the owner alone", () => {
  using folder = temporaryFolder();
  const path = folder.file("state/deep/valet.db");
  const connection = openConnection(path);
  connection.prepare("CREATE TABLE notes (name TEXT)").run();
  assertEquals(modeOf(folder.file("state")), "700");
  assertEquals(modeOf(folder.file("state/deep")), "700");
  assertEquals(modeOf(path), "600");
  assertEquals(modeOf(`${path}-wal`), "600");
  connection.close();
});

Deno.test("SqliteStore.open is StoreLocked while another process has the file, and names it", async () => {
  await using tested = openSqliteStore();
  const child = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.resolve("../support/store_open_child.ts"), tested.path],
    stderr: "inherit",
  }).output();
  const said = new TextDecoder().decode(child.stdout).trim();
  assertEquals(said, `StoreLocked: The store's file '${tested.path}' is in use by another process`);
  await storePlan(tested.store, planRows("a"));
});

Deno.test("SqliteStore.open is StoreLocked for a second store of the same process", async () => {
  await using tested = openSqliteStore();
  const error = assertThrows(() => SqliteStore.open({ path: tested.path }), StoreLocked);
  assertInstanceOf(error, Unavailable);
  const later = await tested.reopen();
  await later.ping();
});

Deno.test("SqliteStore.open refuses a file of a newer release, changing nothing", async () => {
  await using tested = openSqliteStore();
  await tested.store.close();
  alter(tested.path, "PRAGMA user_version = 1000");
  const error = assertThrows(() => SqliteStore.open({ path: tested.path }), StoreTooNew);
  assertInstanceOf(error, Rejected);
  assertEquals(
    error.message,
    `The store's file '${tested.path}' has schema version 1000, wanted 1 at most`,
  );
  const connection = new DatabaseSync(tested.path);
  assertEquals(pragma(connection, "user_version"), 1000);
  connection.close();
});

Deno.test("SqliteStore.open refuses a database of another program, changing nothing", () => {
  using folder = temporaryFolder();
  const path = folder.file("other.db");
  alter(path, "CREATE TABLE bookmarks (url TEXT)");
  const error = assertThrows(() => SqliteStore.open({ path }), Rejected);
  assertStringIncludes(error.message, `The file '${path}' is a database of another program`);
  const connection = new DatabaseSync(path);
  assertEquals(pragma(connection, "journal_mode"), "delete");
  assertEquals(connection.prepare("SELECT count(*) AS count FROM sqlite_schema").get()?.count, 1);
  connection.close();
});

Deno.test("SqliteStore.open refuses a file that is no database, and names it", () => {
  using folder = temporaryFolder();
  const path = folder.file("notes.txt");
  Deno.writeTextFileSync(path, "These are my notes. ".repeat(1000));
  const error = assertThrows(() => SqliteStore.open({ path }), Rejected);
  assertEquals(error.message, `The store's file is damaged or not a SQLite database: '${path}'`);
});

Deno.test("SqliteStore tells a damaged file from a passing trouble, without words of SQL", async () => {
  await using tested = openSqliteStore();
  for (let key = 0; key < 50; key++) await storePlan(tested.store, planRows(`${key}`));
  await tested.store.close();
  const file = Deno.openSync(tested.path, { write: true });
  file.seekSync(4096 * 10, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(4096 * 20).fill(0xff));
  file.close();
  const later = await tested.reopen();
  const error = await assertRejects(() => readPlans(later), Rejected);
  assertEquals(error.message, "The store's file is damaged or not a SQLite database");
});

Deno.test("SqliteStore.open is Unavailable where a file can't be opened, and names it", () => {
  using folder = temporaryFolder();
  Deno.mkdirSync(folder.file("taken"));
  const error = assertThrows(() => SqliteStore.open({ path: folder.file("taken") }), Unavailable);
  assertStringIncludes(error.message, `'${folder.file("taken")}'`);
  Deno.writeTextFileSync(folder.file("file"), "");
  assertThrows(() => SqliteStore.open({ path: folder.file("file/valet.db") }), Unavailable);
});

Deno.test("SqliteStore.open adds what an older file lacks and keeps its rows", async () => {
  await using tested = openSqliteStore();
  const rows = await storePlan(tested.store, planRows("a"));
  await tested.store.close();
  alter(
    tested.path,
    "DROP TABLE groups",
    "DROP INDEX placements_by_resource",
    "ALTER TABLE placements DROP COLUMN origin",
    "PRAGMA user_version = 0",
  );
  const later = await tested.reopen();
  assertEquals(await readPlans(later), [rows]);
  assertEquals(await readAll(later.groups()), []);
  await later.close();
  const connection = new DatabaseSync(tested.path);
  assertEquals(pragma(connection, "user_version"), 1);
  connection.close();
});

Deno.test("SqliteStore.open refuses a file whose tables were changed by hand, with the remedy", async () => {
  await using tested = openSqliteStore();
  await tested.store.close();
  alter(tested.path, "DROP INDEX plans_by_age", "CREATE INDEX plans_by_age ON plans (name)");
  const error = assertThrows(() => SqliteStore.open({ path: tested.path }), Rejected);
  assertStringIncludes(error.message, "another index plans_by_age: DROP INDEX plans_by_age; CREATE INDEX");
});

Deno.test("SqliteSchemaAdmin.populate creates every object once, then finds them", async () => {
  using folder = temporaryFolder();
  const admin = new SqliteSchemaAdmin(folder.file("valet.db"));
  const first = await Array.fromAsync(admin.populate());
  const objects = first.map(({ object }) => object);
  assertEquals(objects.slice(0, 3), ["table groups", "table plans", "table placements"]);
  assert(objects.includes("index placements_by_resource"));
  assertEquals(first, objects.map((object) => ({ object, state: "created" as const })));
  const second = await Array.fromAsync(admin.populate());
  assertEquals(second, objects.map((object) => ({ object, state: "exists" as const })));
  await admin.close();
});

Deno.test("SqliteSchemaAdmin.populate leaves rows as they are", async () => {
  await using tested = openSqliteStore();
  const rows = await storePlan(tested.store, planRows("a"));
  await tested.store.close();
  await Array.fromAsync(new SqliteSchemaAdmin(tested.path).populate());
  assertEquals(await readPlans(await tested.reopen()), [rows]);
});

Deno.test("SqliteSchemaAdmin.populate tells what differs and how to repair it", async () => {
  await using tested = openSqliteStore();
  await tested.store.close();
  alter(
    tested.path,
    "DROP TABLE groups",
    "CREATE TABLE groups (id TEXT, name TEXT, description TEXT, type TEXT, level INTEGER, created_at_ms INTEGER)",
  );
  const steps = await Array.fromAsync(new SqliteSchemaAdmin(tested.path).populate());
  assertEquals(steps.filter(({ state }) => state === "differs"), [
    {
      object: "column groups.level",
      state: "differs",
      remedy: "It has type INTEGER, wanted TEXT; copy the table anew",
    },
    {
      object: "column groups.members",
      state: "differs",
      remedy: "It is missing; ALTER TABLE groups ADD COLUMN members TEXT NOT NULL DEFAULT …",
    },
  ]);
});

Deno.test("SqliteStore.plans ends a page early when its plans are large", async () => {
  await using tested = openSqliteStore();
  const keys = Array.from({ length: 20 }, (_, number) => String.fromCharCode("a".charCodeAt(0) + number));
  for (const key of keys) {
    const { plan, placements } = planRows(key);
    const [server] = plan.application.servers;
    const servers = [{ ...server, locations: Array.from({ length: 6000 }, (_, host) => `host-${host}`) }];
    await storePlan(tested.store, {
      plan: { ...plan, application: { servers, assignments: [] } },
      placements,
    });
  }
  const pages = await Array.fromAsync(tested.store.plans("all"));
  const ids = keys.map((key) => `plan-${key}`);
  assertEquals(pages.map((page) => page.map(({ plan }) => plan.id)), [ids.slice(0, 16), ids.slice(16)]);
});
