import { assert, assertEquals } from "@std/assert";
import { CassandraSchemaAdmin } from "../../src/adapters/store/cassandra/schema_admin.ts";
import { CassandraStore } from "../../src/adapters/store/cassandra/store.ts";
import { TABLES } from "../../src/adapters/store/cassandra/tables.ts";
import { sharedCassandra } from "../support/cassandra_node.ts";
import type { CassandraAddress } from "../../src/adapters/store/cassandra/connection.ts";
import { cassandraAddress, connectCassandra, readCassandraPlans } from "../support/cassandra_store.ts";
import { readAll } from "../support/store_rows.ts";

const host = await sharedCassandra();

async function admin(address: CassandraAddress, replication: number | Record<string, number> = 1) {
  const connection = await connectCassandra(address);
  const admin = new CassandraSchemaAdmin({ connection, replication });
  return { admin, connection, [Symbol.asyncDispose]: () => admin.close() };
}

async function run(address: CassandraAddress, statements: readonly string[]): Promise<void> {
  const connection = await connectCassandra(address);
  for (const statement of statements) await connection.client.execute(statement);
  await connection.close();
}

Deno.test("CassandraSchemaAdmin.populate makes keyspace and tables once, and leaves rows as they are", async () => {
  const address = cassandraAddress(host, "schema_once");
  await using first = await admin(address, { datacenter1: 1 });
  const made = await readSteps(first.admin.populate());
  assertEquals(made.map(({ state }) => state), Array(TABLES.length + 1).fill("created"));
  await run(address, ["INSERT INTO schema_once.group_names (name, group_id) VALUES ('n', 'g')"]);
  await using second = await admin(address);
  assertEquals((await readSteps(second.admin.populate())).filter(({ state }) => state !== "exists"), []);
  const [row] = await second.connection.read("SELECT group_id FROM schema_once.group_names WHERE name = 'n'");
  assertEquals(row.group_id, "g");
  const [{ replication }] = await second.connection.read(
    "SELECT replication FROM system_schema.keyspaces WHERE keyspace_name = 'schema_once'",
  );
  assertEquals(replication.class, "org.apache.cassandra.locator.NetworkTopologyStrategy");
});

Deno.test("CassandraSchemaAdmin.check tells what is missing with the statement that makes it, and makes nothing", async () => {
  const address = cassandraAddress(host, "schema_check");
  await using tested = await admin(address, 1);
  const steps = await readSteps(tested.admin.check());
  assertEquals(steps.map(({ state }) => state), Array(TABLES.length + 1).fill("differs"));
  assert(steps[0].remedy?.includes("CREATE KEYSPACE IF NOT EXISTS schema_check"));
  assertEquals((await readSteps(tested.admin.check())).length, steps.length);
});

Deno.test("CassandraSchemaAdmin.populate does not alter a table that lacks a column, and says how to", async () => {
  const address = cassandraAddress(host, "schema_alter");
  await using tested = await admin(address);
  await readSteps(tested.admin.populate());
  await run(address, [
    "DROP TABLE schema_alter.groups",
    "CREATE TABLE schema_alter.groups (id text PRIMARY KEY, name int, description text, type text, members text, " +
    "vector_ts text)",
  ]);
  const differing = (await readSteps(tested.admin.populate())).filter(({ state }) => state === "differs");
  assertEquals(differing.map(({ object }) => object).sort(), [
    "column groups.created_at",
    "column groups.level",
    "column groups.name",
  ]);
  const remedies = differing.map(({ remedy }) => remedy);
  assert(remedies.includes("It is missing; ALTER TABLE schema_alter.groups ADD level text"));
  assert(remedies.includes("It is of type int, wanted text; make the table anew"));
});

Deno.test("CassandraSchemaAdmin.populate takes over the rows of a store of the original", async () => {
  const address = cassandraAddress(host, "schema_original");
  const tables = ["groups", "plans", "placements"];
  await run(address, [
    "CREATE KEYSPACE schema_original WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}",
    "CREATE TABLE schema_original.groups (id text PRIMARY KEY, name text, description text, type text, members text)",
    "CREATE TABLE schema_original.plans (id text PRIMARY KEY, name text, stack_id text)",
    "CREATE TABLE schema_original.placements (id text PRIMARY KEY, name text, orchestration_id text, " +
    "resource_id text, location text, reserved boolean, plan_id text)",
    `INSERT INTO schema_original.groups (id, name, description, type, members)
     VALUES ('g', 'blue', 'Hosts', 'exclusivity', '["p-1"]')`,
    "INSERT INTO schema_original.plans (id, name, stack_id) VALUES ('p', 'shop', 's')",
    "INSERT INTO schema_original.placements (id, name, orchestration_id, resource_id, location, reserved, plan_id) " +
    "VALUES ('w', 'web', 'o', 'r', 'host-1', true, 'p')",
  ]);
  await using tested = await admin(address);
  const first = await readSteps(tested.admin.populate());
  const remedies = first.flatMap(({ remedy }) => remedy?.replace("It is missing; ", "") ?? []);
  assert(
    remedies.length > 0 &&
      tables.every((table) => remedies.some((text) => text.includes(`.${table} `) || table === "placements")),
  );
  await run(address, remedies);
  const second = await readSteps(tested.admin.populate());
  const taken = second.filter(({ object }) => object.endsWith("of the original")).map(({ object }) => object);
  assertEquals(taken, ["1 groups of the original", "1 plans of the original"]);
  assertEquals((await readSteps(tested.admin.populate())).filter(({ state }) => state !== "exists"), []);

  const [{ plan, placements }] = await readCassandraPlans(address);
  assertEquals([plan.stackId, plan.name, plan.tenantId], ["s", "shop", null]);
  assertEquals(
    placements.map((
      { id, orchestrationId, location, reserved },
    ) => [id, orchestrationId, location, reserved]),
    [
      ["w", "o", "host-1", true],
    ],
  );
  const store = new CassandraStore({ connection: await connectCassandra(address), site: "s" });
  assertEquals((await store.placementByOrchestrationId("o"))?.resourceId, "r");
  assertEquals((await readAll(store.groups())).map(({ name, members }) => [name, members]), [["blue", [
    "p-1",
  ]]]);
  assertEquals((await store.groupByName("blue"))?.id, "g");
  await store.close();
});

function readSteps<T>(steps: AsyncIterable<T>): Promise<T[]> {
  return Array.fromAsync(steps);
}
