import { assert, assertEquals, assertRejects } from "@std/assert";
import { CassandraStore, type CassandraStoreOptions } from "../../src/adapters/store/cassandra/store.ts";
import { LEDGER } from "../../src/adapters/store/cassandra/tables.ts";
import { OutcomeUnknown, Unavailable } from "../../src/ports/failures.ts";
import { sharedCassandra } from "../support/cassandra_node.ts";
import { cassandraAddress, freshSite, populateCassandra } from "../support/cassandra_store.ts";
import { cutOff, FaultyCassandra } from "../support/faulty_cassandra.ts";
import { planRows, readPlans, storePlan } from "../support/store_rows.ts";

const address = cassandraAddress(await sharedCassandra(), "terms");
await populateCassandra(address);

interface Process extends AsyncDisposable {
  readonly store: CassandraStore;
  readonly connection: FaultyCassandra;
  readonly lost: string[];
  begin(epoch: number): Promise<void>;
}

/** What one process has of a store that others use too. */
async function processOn(
  site: string,
  options: Partial<Pick<CassandraStoreOptions, "bucketEntries" | "patienceMs">> = {},
): Promise<Process> {
  const connection = await FaultyCassandra.connect(address);
  const store = new CassandraStore({ connection, site, patienceMs: 300, ...options });
  const lost: string[] = [];
  return {
    store,
    connection,
    lost,
    begin: (epoch) =>
      store.beginWriting(epoch, {
        lost: ({ message }) => void lost.push(message),
        holds: () => lost.length === 0,
      }),
    [Symbol.asyncDispose]: () => store.close(),
  };
}

Deno.test("CassandraStore writes nothing before its first term", async () => {
  await using one = await processOn(await freshSite(address));
  await assertRejects(() => storePlan(one.store, planRows("a")), Unavailable);
  assertEquals(await readPlans(one.store), []);
});

Deno.test("CassandraStore.beginWriting keeps the process of the term before from writing", async () => {
  const site = await freshSite(address);
  await using one = await processOn(site);
  await using two = await processOn(site);
  await one.begin(1);
  const first = await storePlan(one.store, planRows("a"));
  await two.begin(2);
  await assertRejects(() => storePlan(one.store, planRows("b")), Unavailable);
  assertEquals(one.lost.length, 1);
  const second = await storePlan(two.store, planRows("c"));
  assertEquals(await readPlans(two.store), [first, second]);
  assertEquals(await readPlans(one.store), [first, second]);
});

Deno.test("CassandraStore.beginWriting refuses a term that is not newer than the last", async () => {
  const site = await freshSite(address);
  await using one = await processOn(site);
  await using two = await processOn(site);
  await one.begin(2);
  await assertRejects(() => two.begin(2), Unavailable);
  await assertRejects(() => two.begin(1), Unavailable);
  await storePlan(one.store, planRows("a"));
});

Deno.test("CassandraStore.beginWriting carries over what the term before wrote last", async () => {
  const site = await freshSite(address);
  await using one = await processOn(site);
  await using two = await processOn(site);
  await one.begin(1);
  one.connection.beforeWrite = cutOff;
  await assertRejects(() => storePlan(one.store, planRows("a")), OutcomeUnknown);
  assertEquals(one.lost.length, 1);
  await assertRejects(() => one.store.planById("plan-a"), Unavailable, "does not know yet");
  await two.begin(2);
  assertEquals(await two.store.planById("plan-a"), planRows("a"));
  one.store.leaveWriting();
  assertEquals(await one.store.planById("plan-a"), planRows("a"));
});

Deno.test("CassandraStore finds out what became of a write whose answer was lost", async () => {
  const site = await freshSite(address);
  await using one = await processOn(site);
  await one.begin(1);
  one.connection.lostAnswers = 1;
  await storePlan(one.store, planRows("a"));
  one.connection.lostRequests = 2;
  await storePlan(one.store, planRows("b"));
  assertEquals((await readPlans(one.store)).map(({ plan }) => plan.id), ["plan-a", "plan-b"]);
  assertEquals(one.lost, []);
  await using two = await processOn(site);
  await two.begin(2);
  assertEquals((await readPlans(two.store)).length, 2);
});

Deno.test("CassandraStore ends its term when it can't find out what became of a write", async () => {
  const site = await freshSite(address);
  await using one = await processOn(site);
  await one.begin(1);
  one.connection.lostRequests = Infinity;
  await assertRejects(() => storePlan(one.store, planRows("a")), OutcomeUnknown);
  assertEquals(one.lost.length, 1);
  await assertRejects(() => one.store.planById("plan-a"), Unavailable);
  await assertRejects(() => storePlan(one.store, planRows("b")), Unavailable);
  one.connection.lostRequests = 0;
  await one.begin(2);
  assertEquals(await one.store.planById("plan-a"), null);
  await storePlan(one.store, planRows("a"));
});

Deno.test("CassandraStore rows of a later term stay when those of an earlier one arrive after them", async () => {
  const site = await freshSite(address);
  await using one = await processOn(site, { patienceMs: 10_000 });
  await using two = await processOn(site);
  await one.begin(1);
  const gate = Promise.withResolvers<void>();
  one.connection.beforeWrite = () => gate.promise;
  const late = storePlan(one.store, planRows("a"));
  // Until the entry is in the ledger a later term would not know of it.
  while ((await entries(one.connection, site)).length === 0);
  await two.begin(2);
  const { plan, placements } = planRows("a");
  const changed = { plan: { ...plan, name: "changed", version: 2 }, placements: placements.slice(1) };
  assertEquals(await two.store.replacePlan(changed.plan, changed.placements), "replaced");
  gate.resolve();
  await late;
  assertEquals(await two.store.planById("plan-a"), changed);
  assertEquals(await two.store.placementById("placement-a-0"), null);
});

Deno.test("CassandraStore begins new buckets, and drops those that are carried over", async () => {
  const site = await freshSite(address);
  const keys = Array.from({ length: 130 }, (_, index) => `${index}`.padStart(3, "0"));
  await using one = await processOn(site, { bucketEntries: 7 });
  await one.begin(1);
  for (const key of keys.slice(0, 100)) await storePlan(one.store, planRows(key));
  await using two = await processOn(site, { bucketEntries: 7 });
  await two.begin(2);
  for (const key of keys.slice(100)) await storePlan(two.store, planRows(key));
  assertEquals((await readPlans(two.store)).length, keys.length);
  await two.store.endWriting();
  const left = await entries(two.connection, site);
  assert(left.length <= 7, `Only the last bucket is left, got ${left.length} entries`);
  await using three = await processOn(site);
  await three.begin(3);
  assertEquals((await readPlans(three.store)).length, keys.length);
});

Deno.test("CassandraStore writes that come together share an entry", async () => {
  const site = await freshSite(address);
  await using one = await processOn(site);
  await one.begin(1);
  await storePlan(one.store, planRows("first"));
  await Promise.all(Array.from({ length: 40 }, (_, index) => storePlan(one.store, planRows(`${index}`))));
  const count = (await entries(one.connection, site)).length;
  assert(count < 30, `41 writes took ${count} entries`);
});

Deno.test("CassandraStore asks nothing for ids without a plan once it has read all plans in its term", async () => {
  await using one = await processOn(await freshSite(address));
  await one.begin(1);
  const given = await storePlan(one.store, planRows("given"));
  await one.begin(2);
  const readsOf = async (work: () => Promise<unknown>) => {
    const before = one.connection.reads;
    await work();
    return one.connection.reads - before;
  };
  const { store } = one;
  assert(await readsOf(() => store.planById("plan-first")) > 0);
  assertEquals(await readPlans(store), [given]);
  await store.countPlans();
  const reads = await readsOf(async () => {
    await storePlan(store, planRows("new"));
    assertEquals(await store.planById("stack-other"), null);
    assertEquals(await store.planByStack("stack-other"), null);
    assertEquals((await store.plansOfServers(["server-other-0", "server-other-1"])).size, 0);
    assertEquals(await store.placementById("placement-other-0"), null);
    await store.deletePlan("plan-new");
    assertEquals(await store.planByStack("stack-new"), null);
  });
  assertEquals(reads, 0);
  assertEquals(await store.planByStack("stack-given"), given);
  await one.begin(3);
  assert(await readsOf(() => store.planById("plan-second")) > 0);
});

Deno.test("CassandraStore counts plans once for all writes that come first in a term", async () => {
  await using one = await processOn(await freshSite(address));
  await one.begin(1);
  const before = one.connection.reads;
  await one.store.countPlans();
  const reads = one.connection.reads - before;
  await one.begin(2);
  const again = one.connection.reads;
  assertEquals(
    await Promise.all(Array.from({ length: 10 }, () => one.store.countPlans())),
    Array(10).fill(0),
  );
  assertEquals(one.connection.reads - again, reads);
});

async function entries(connection: FaultyCassandra, site: string): Promise<readonly unknown[]> {
  const { rows } = await connection.client.execute(
    `SELECT site, seq FROM ${connection.keyspace}.${LEDGER.name} WHERE site = ? ALLOW FILTERING`,
    [site],
    { prepare: true },
  );
  return rows.filter(({ seq }) => seq !== null);
}
