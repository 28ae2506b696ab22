import type cassandra from "cassandra-driver";
import { Unavailable } from "../../../ports/failures.ts";
import type { SchemaAdmin, SchemaStep } from "../../../ports/store.ts";
import { backfill } from "./backfill.ts";
import type { CassandraConnection } from "./connection.ts";
import { readFailure, writeFailure } from "./failures.ts";
import { pause } from "./pause.ts";
import { createTable, type Table, TABLES } from "./tables.ts";

export interface CassandraSchemaOptions {
  readonly connection: CassandraConnection;
  /** Copies of each row: in all, or by data centre. */
  readonly replication: number | Readonly<Record<string, number>>;
  /** How long to wait for the cluster, and for its nodes to agree on a schema. */
  readonly timeoutMs?: number;
}

const POLL_MS = 50;

/** Makes keyspace and tables, one statement after another through one node, and never changes what exists. */
export class CassandraSchemaAdmin implements SchemaAdmin {
  readonly #connection: CassandraConnection;
  readonly #replication: CassandraSchemaOptions["replication"];
  readonly #timeoutMs: number;

  constructor({ connection, replication, timeoutMs = 30_000 }: CassandraSchemaOptions) {
    this.#connection = connection;
    this.#replication = replication;
    this.#timeoutMs = timeoutMs;
  }

  async *populate(): AsyncIterable<SchemaStep> {
    const client = await this.#client();
    const before = await this.#found();
    const made: SchemaStep[] = [];
    try {
      for (const { object, statement } of this.#missing(before)) {
        await client.execute(statement, [], { host: client.hosts.values()[0] });
        made.push({ object, state: "created" });
      }
    } catch (error) {
      throw writeFailure(error);
    }
    if (made.length > 0) await this.#agreed(client);
    yield* made;
    const differing = this.#compared(before);
    yield* differing;
    if (differing.every(({ state }) => state !== "differs")) yield* backfill(this.#connection);
  }

  async *check(): AsyncIterable<SchemaStep> {
    await this.#client();
    const found = await this.#found();
    for (const { object, statement } of this.#missing(found)) {
      yield { object, state: "differs", remedy: `It is missing; ${statement}` };
    }
    yield* this.#compared(found);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  async #client(): Promise<cassandra.Client> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      try {
        this.#connection.client;
      } catch (error) {
        late.reject(error);
      }
    }, this.#timeoutMs);
    try {
      await Promise.race([this.#connection.begun, late.promise]);
      return this.#connection.client;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Types by column, by table; null without the keyspace. */
  async #found(): Promise<Found | null> {
    const { keyspace } = this.#connection;
    const keyspaces = await this.#connection.read(
      "SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = ?",
      [keyspace],
    );
    if (keyspaces.length === 0) return null;
    const rows = await this.#connection.read(
      "SELECT table_name, column_name, type FROM system_schema.columns WHERE keyspace_name = ?",
      [keyspace],
    );
    const tables = new Map<string, Map<string, string>>();
    for (const { table_name: table, column_name: column, type } of rows) {
      if (!tables.has(table)) tables.set(table, new Map());
      tables.get(table)!.set(column, type);
    }
    return tables;
  }

  /** What is missing as a whole, with the statements that make it. */
  #missing(found: Found | null): { object: string; statement: string }[] {
    const { keyspace } = this.#connection;
    const missing = TABLES.filter(({ name }) => !found?.has(name)).map((table) => ({
      object: `table ${table.name}`,
      statement: createTable(table, keyspace),
    }));
    if (found !== null) return missing;
    return [
      { object: `keyspace ${keyspace}`, statement: createKeyspace(keyspace, this.#replication) },
      ...missing,
    ];
  }

  /** What existed before, column by column where it differs. */
  #compared(found: Found | null): SchemaStep[] {
    if (found === null) return [];
    const { keyspace } = this.#connection;
    const tables = TABLES.filter(({ name }) => found.has(name)).flatMap((table) => {
      const differing = differences(table, { columns: found.get(table.name)!, keyspace });
      return differing.length > 0 ? differing : [{ object: `table ${table.name}`, state: "exists" } as const];
    });
    return [{ object: `keyspace ${keyspace}`, state: "exists" }, ...tables];
  }

  /** All nodes know what was made, so that whoever comes next may use it through any of them. */
  async #agreed(client: cassandra.Client): Promise<void> {
    const metadata = client.metadata as unknown as { checkSchemaAgreement(): Promise<boolean> };
    const endMs = performance.now() + this.#timeoutMs;
    try {
      while (!await metadata.checkSchemaAgreement()) {
        if (performance.now() > endMs) {
          throw new Unavailable(
            "store",
            `Cassandra's nodes do not agree on the schema after ${this.#timeoutMs} ms`,
          );
        }
        await pause(POLL_MS);
      }
    } catch (error) {
      throw readFailure(error);
    }
  }
}

type Found = ReadonlyMap<string, ReadonlyMap<string, string>>;

function differences(
  { name, columns, partition, clustering = [] }: Table,
  { columns: found, keyspace }: { readonly columns: ReadonlyMap<string, string>; readonly keyspace: string },
): SchemaStep[] {
  const keys: readonly string[] = [...partition, ...clustering];
  return Object.entries(columns).flatMap(([column, type]): SchemaStep[] => {
    const object = `column ${name}.${column}`;
    const other = found.get(column);
    if (other === type) return [];
    if (other === undefined && !keys.includes(column)) {
      const remedy = `It is missing; ALTER TABLE ${keyspace}.${name} ADD ${column} ${type}`;
      return [{ object, state: "differs", remedy }];
    }
    const remedy = `It is ${
      other === undefined ? "missing" : `of type ${other}`
    }, wanted ${type}; make the table anew`;
    return [{ object, state: "differs", remedy }];
  });
}

function createKeyspace(keyspace: string, replication: CassandraSchemaOptions["replication"]): string {
  const copies = typeof replication === "number"
    ? `'class': 'SimpleStrategy', 'replication_factor': ${replication}`
    : `'class': 'NetworkTopologyStrategy', ${
      Object.entries(replication).map(([name, count]) => `'${name.replaceAll("'", "''")}': ${count}`).join(
        ", ",
      )
    }`;
  return `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = {${copies}}`;
}
