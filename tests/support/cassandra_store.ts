import { type CassandraAddress, CassandraConnection } from "../../src/adapters/store/cassandra/connection.ts";
import { CassandraSchemaAdmin } from "../../src/adapters/store/cassandra/schema_admin.ts";
import { CassandraStore } from "../../src/adapters/store/cassandra/store.ts";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import type { Logger } from "../../src/ports/logger.ts";
import { TABLES } from "../../src/adapters/store/cassandra/tables.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { MemorySink } from "./memory_sink.ts";
import type { PlanWithPlacements } from "../../src/domain/plan.ts";
import { readPlans } from "./store_rows.ts";
import type { StoreUnderTest } from "./store_suite.ts";

/** A node of this machine. */
export function cassandraAddress(host: string, keyspace: string): CassandraAddress {
  return {
    hosts: [host],
    port: 9042,
    keyspace,
    localDatacenter: null,
    user: null,
    tls: null,
    retries: 3,
    timeoutMs: 10_000,
  };
}

export function silentLogger(): Logger {
  return createLogger({ sink: new MemorySink(), clock: new SystemClock(), level: "error", format: "text" });
}

/** A connection that stands. */
export async function connectCassandra(address: CassandraAddress): Promise<CassandraConnection> {
  const connection = new CassandraConnection(address, { logger: silentLogger() });
  await connection.begun;
  return connection;
}

export async function populateCassandra(address: CassandraAddress, replication = 1): Promise<void> {
  const connection = await connectCassandra(address);
  const admin = new CassandraSchemaAdmin({ connection, replication });
  for await (const _ of admin.populate());
  await admin.close();
}

/** Removes all rows that readers see. Cheaper than to make tables anew, which takes a node some seconds. */
async function empty({ client, keyspace }: CassandraConnection): Promise<void> {
  const emptied = TABLES.map(async ({ name, partition }) => {
    const keys = partition.join(", ");
    const { rows } = await client.execute(`SELECT DISTINCT ${keys} FROM ${keyspace}.${name}`);
    const where = partition.map((column) => `${column} = ?`).join(" AND ");
    await Promise.all(
      rows.map((row) =>
        client.execute(
          `DELETE FROM ${keyspace}.${name} WHERE ${where}`,
          partition.map((column) => row[column]),
          {
            prepare: true,
          },
        )
      ),
    );
  });
  await Promise.all(emptied);
}

let sites = 0;

/** A site of its own for a test, in a keyspace without rows. */
export async function freshSite(address: CassandraAddress): Promise<string> {
  const connection = await connectCassandra(address);
  await empty(connection);
  await connection.close();
  return `site-${Deno.pid}-${sites++}`;
}

/** An empty store, which this process writes to, in a keyspace that one test at a time uses. */
export async function openCassandraStore(
  address: CassandraAddress,
  { pageSize }: { readonly pageSize?: number } = {},
): Promise<StoreUnderTest> {
  const site = await freshSite(address);
  const opened: CassandraStore[] = [];
  const open = async () => {
    const connection = await connectCassandra(address);
    const store = new CassandraStore({ connection, site, ...(pageSize ? { pageSize } : {}) });
    await store.beginWriting(opened.push(store), { lost: () => {}, holds: () => true });
    return store;
  };
  return {
    store: await open(),
    reopen: async () => {
      await opened.at(-1)!.close();
      return await open();
    },
    [Symbol.asyncDispose]: async () => {
      for (const store of opened) await store.close();
    },
  };
}

/** All plans, as any process reads them. */
export async function readCassandraPlans(address: CassandraAddress): Promise<readonly PlanWithPlacements[]> {
  const store = new CassandraStore({ connection: await connectCassandra(address), site: "reader" });
  try {
    return await readPlans(store);
  } finally {
    await store.close();
  }
}
