import cassandraDriver from "cassandra-driver";
import { assertEquals, assertNotEquals } from "@std/assert";
import { startCassandra } from "../../scripts/services/cassandra.ts";
import { type CassandraCluster, startCassandraCluster } from "../../scripts/services/cassandra_cluster.ts";
import { exists } from "../../scripts/services/folders.ts";
import { noProcessNames } from "../support/service_processes.ts";

const { auth, Client, types } = cassandraDriver;

const ON_ONE = "WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 1}";
const ON_THREE = ON_ONE.replace("1}", "3}");

/** Runs statements in sequence; the rows of the last one. */
async function cql(
  contactPoints: string[],
  { statements, user = "cassandra" }: { statements: readonly string[]; user?: string },
): Promise<unknown[]> {
  const client = new Client({
    contactPoints,
    localDataCenter: "datacenter1",
    authProvider: new auth.PlainTextAuthProvider(user, "cassandra"),
    queryOptions: { consistency: types.consistencies.quorum },
  });
  try {
    await client.connect();
    let rows: cassandraDriver.types.Row[] = [];
    for (const statement of statements) rows = (await client.execute(statement)).rows ?? [];
    return rows.map(({ name }) => name);
  } finally {
    await client.shutdown();
  }
}

const TABLE = [
  "CREATE TABLE t.names (id int PRIMARY KEY, name text)",
  "INSERT INTO t.names (id, name) VALUES (1, 'kept')",
];
const SELECT = "SELECT name FROM t.names";

/** What a quorum answers; until a node is missed, requests to it may fail for 10 to 12 seconds. */
async function keptBy({ addresses }: CassandraCluster, nodes: readonly number[]): Promise<unknown[]> {
  const contactPoints = nodes.map((index) => addresses[index]);
  const deadline = performance.now() + 60_000;
  for (;;) {
    try {
      return await cql(contactPoints, { statements: [SELECT] });
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

Deno.test("startCassandra gives a node that keeps what it acknowledged over a kill, and leaves nothing behind", async () => {
  const node = await startCassandra();
  const { folder, pid, address } = node;
  await cql([address], { statements: [`CREATE KEYSPACE t ${ON_ONE}`, ...TABLE] });

  await node.restart();
  assertNotEquals(node.pid, pid);
  assertEquals(await cql([address], { statements: [SELECT] }), ["kept"]);

  await node.stop();
  assertEquals({ left: exists(folder), state: await node.state() }, { left: false, state: "down" });
  await noProcessNames(folder);
});

Deno.test("startCassandra takes further settings, such as a login", async () => {
  const settings = ["authenticator: PasswordAuthenticator", "authorizer: CassandraAuthorizer"];
  await using node = await startCassandra({ settings });
  const statements = ["SELECT cluster_name AS name FROM system.local"];
  assertEquals(await cql([node.address], { statements }), ["valet"]);
  const refused = await cql([node.address], { statements, user: "nobody" }).catch(() => "refused");
  assertEquals(refused, "refused");
});

Deno.test("startCassandraCluster gives three nodes of which any two hold a quorum", async () => {
  await using cluster = await startCassandraCluster();
  const { addresses, nodes: [first, , third] } = cluster;
  assertEquals(await cluster.state(), "up");
  await cql(addresses, { statements: [`CREATE KEYSPACE t ${ON_THREE}`, ...TABLE] });

  await first.kill();
  assertEquals(await cluster.state(), "not answering");
  assertEquals(await keptBy(cluster, [1, 2]), ["kept"]);
  await first.restart();
  third.freeze();
  assertEquals(await third.state(), "not answering");
  assertEquals(await keptBy(cluster, [0, 1]), ["kept"]);
  third.thaw();
  assertEquals(await cluster.state(), "up");
});
