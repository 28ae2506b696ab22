import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { DatabaseSync } from "node:sqlite";
import { CommitQueue } from "../../src/adapters/store/sqlite/commit_queue.ts";
import { openConnection } from "../../src/adapters/store/sqlite/connection.ts";
import { Unavailable } from "../../src/ports/failures.ts";
import { countCommits, observe } from "../support/sqlite_observer.ts";
import { openSqliteStore, temporaryFolder } from "../support/sqlite_store.ts";
import { planRows, readPlans } from "../support/store_rows.ts";

interface Bench extends Disposable {
  readonly path: string;
  readonly connection: DatabaseSync;
  insert(name: string): void;
  /** Names in the table: as this connection sees them, and as a crash would leave them. */
  names(): string[];
  durableNames(): string[];
}

const NAMES = "SELECT name FROM notes ORDER BY name";

function namesIn(connection: DatabaseSync): string[] {
  return connection.prepare(NAMES).all().map(({ name }) => String(name));
}

function openBench(): Bench {
  const folder = temporaryFolder();
  const path = folder.file("bench.db");
  const connection = openConnection(path);
  connection.prepare("CREATE TABLE notes (name TEXT NOT NULL UNIQUE) STRICT").run();
  const insert = connection.prepare("INSERT INTO notes VALUES (?)");
  return {
    path,
    connection,
    insert: (name) => void insert.run(name),
    names: () => namesIn(connection),
    durableNames: () => observe(path, namesIn),
    [Symbol.dispose]: () => {
      connection.close();
      folder[Symbol.dispose]();
    },
  };
}

Deno.test("CommitQueue.run resolves with the result of the work, in the order of the calls", async () => {
  using bench = openBench();
  const queue = new CommitQueue(bench.connection);
  const order: string[] = [];
  const results = await Promise.all(["b", "a", "c"].map((name) =>
    queue.run(() => {
      bench.insert(name);
      order.push(name);
      return `stored ${name}`;
    })
  ));
  assertEquals(results, ["stored b", "stored a", "stored c"]);
  assertEquals(order, ["b", "a", "c"]);
});

Deno.test("CommitQueue.run resolves no promise before its COMMIT has returned", async () => {
  using bench = openBench();
  const queue = new CommitQueue(bench.connection, { batch: 2 });
  const names = ["a", "b", "c", "d", "e"];
  const writes = names.map(async (name) => {
    await queue.run(() => {
      bench.insert(name);
      assert(bench.connection.isTransaction, "Work is done inside a transaction");
      assert(!bench.durableNames().includes(name), "Nothing is durable before the commit");
    });
    assert(!bench.connection.isTransaction, "The transaction has ended when a promise resolves");
    assert(bench.durableNames().includes(name), `'${name}' is answered, wanted durable`);
  });
  await Promise.all(writes);
  assertEquals(bench.durableNames(), names);
});

Deno.test("CommitQueue.run commits the writes of one turn of the event loop together", async () => {
  using bench = openBench();
  const queue = new CommitQueue(bench.connection);
  const before = countCommits(bench.path);
  await Promise.all(["a", "b", "c", "d"].map((name) => queue.run(() => bench.insert(name))));
  assertEquals(countCommits(bench.path) - before, 1);
});

Deno.test("CommitQueue.run puts at most `batch` writes into one transaction", async () => {
  using bench = openBench();
  const queue = new CommitQueue(bench.connection, { batch: 2 });
  const before = countCommits(bench.path);
  await Promise.all(["a", "b", "c", "d", "e"].map((name) => queue.run(() => bench.insert(name))));
  assertEquals(countCommits(bench.path) - before, 3);
});

Deno.test("CommitQueue.run undoes a failing write alone", async () => {
  using bench = openBench();
  const queue = new CommitQueue(bench.connection);
  const outcomes = await Promise.allSettled([
    queue.run(() => bench.insert("a")),
    queue.run(() => {
      bench.insert("b");
      bench.insert("half");
      throw new RangeError("The work failed");
    }),
    queue.run(() => bench.insert("a")),
    queue.run(() => bench.insert("c")),
  ]);
  assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "rejected", "fulfilled"]);
  const [, bug, refused] = outcomes.map((outcome) => outcome.status === "rejected" ? outcome.reason : null);
  assertInstanceOf(bug, RangeError);
  assertEquals(refused.message, "The store refused a row that breaks one of its rules");
  assertEquals(bench.durableNames(), ["a", "c"]);
});

Deno.test("CommitQueue.run rejects a whole batch whose COMMIT fails, and goes on with the next", async () => {
  using bench = openBench();
  const { connection } = bench;
  connection.prepare(
    "CREATE TABLE replies (note TEXT REFERENCES notes (name) DEFERRABLE INITIALLY DEFERRED)",
  ).run();
  const reply = connection.prepare("INSERT INTO replies VALUES (?)");
  const queue = new CommitQueue(connection);
  const outcomes = await Promise.allSettled([
    queue.run(() => bench.insert("a")),
    queue.run(() => reply.run("nowhere")),
    queue.run(() => bench.insert("b")),
  ]);
  assertEquals(outcomes.map(({ status }) => status), ["rejected", "rejected", "rejected"]);
  assertEquals(bench.names(), []);
  await queue.run(() => bench.insert("c"));
  assertEquals(bench.durableNames(), ["c"]);
});

Deno.test("CommitQueue.run rejects a whole batch when the disk is full, and nothing of it is there", async () => {
  using bench = openBench();
  const { connection } = bench;
  const queue = new CommitQueue(connection);
  await queue.run(() => bench.insert("before"));
  connection.prepare("PRAGMA max_page_count = 8").all();
  const outcomes = await Promise.allSettled([
    queue.run(() => bench.insert("a")),
    queue.run(() => bench.insert("x".repeat(100_000))),
    queue.run(() => bench.insert("b")),
  ]);
  for (const outcome of outcomes) {
    assert(outcome.status === "rejected", "Wanted the whole batch rejected");
    assertInstanceOf(outcome.reason, Unavailable);
    assertEquals(outcome.reason.message, "The store's disk is full");
    assertEquals(outcome.reason.part, "store");
  }
  assertEquals(bench.names(), ["before"]);
  await queue.run(() => bench.insert("c"));
  assertEquals(bench.durableNames(), ["before", "c"]);
});

Deno.test("CommitQueue.run is Unavailable beyond its limit, and takes writes again later", async () => {
  using bench = openBench();
  const queue = new CommitQueue(bench.connection, { limit: 2 });
  const accepted = [queue.run(() => bench.insert("a")), queue.run(() => bench.insert("b"))];
  const error = await assertRejects(() => queue.run(() => bench.insert("c")), Unavailable);
  assertEquals(error.message, "The store has 2 changes waiting, wanted fewer");
  await Promise.all(accepted);
  await queue.run(() => bench.insert("d"));
  assertEquals(bench.durableNames(), ["a", "b", "d"]);
});

Deno.test("CommitQueue.close commits what waits and refuses what comes later", async () => {
  using bench = openBench();
  const queue = new CommitQueue(bench.connection, { batch: 1 });
  const accepted = [queue.run(() => bench.insert("a")), queue.run(() => bench.insert("b"))];
  queue.close();
  assertEquals(bench.durableNames(), ["a", "b"]);
  await Promise.all(accepted);
  await assertRejects(() => queue.run(() => bench.insert("c")), Unavailable, "The store is closed");
});

Deno.test("SqliteStore answers a write only when a crash could not undo it", async () => {
  await using tested = openSqliteStore();
  const { store, path } = tested;
  const durablePlans = () =>
    observe(path, (copy) => copy.prepare("SELECT id FROM plans ORDER BY id").all().map(({ id }) => id));
  const keys = ["a", "b", "c"];
  const writes = keys.map(async (key) => {
    const { plan, placements } = planRows(key);
    await store.createPlan(plan, placements);
    assert(durablePlans().includes(plan.id), `'${plan.id}' is answered, wanted durable`);
  });
  assertEquals(durablePlans(), []);
  assertEquals(await readPlans(store), []);
  await Promise.all(writes);
  assertEquals(durablePlans(), ["plan-a", "plan-b", "plan-c"]);
});
