import type { CassandraConnection } from "./connection.ts";
import type { Table } from "./tables.ts";

/** A row's place in a list; no part of it ever changes. */
export interface Age {
  readonly createdAt: number;
  readonly id: string;
}

/** A partition of an index on age. */
export interface AgePartition {
  readonly table: Table;
  readonly column: string;
  readonly value: string | number;
}

export function isOlder(one: Age, other: Age): boolean {
  return one.createdAt === other.createdAt ? one.id < other.id : one.createdAt < other.createdAt;
}

/** Pages of the ids in several partitions, oldest first. A row is met once, whatever is written meanwhile. */
export async function* idsByAge(
  connection: CassandraConnection,
  partitions: readonly AgePartition[],
  pageSize: number,
): AsyncGenerator<readonly string[]> {
  const cursors = partitions.map((partition) => new Cursor(connection, partition, pageSize));
  await Promise.all(cursors.map((cursor) => cursor.fill()));
  let page: string[] = [];
  for (let last: Age | null = null;;) {
    const oldest = oldestOf(cursors);
    if (oldest === null) break;
    const age: Age = oldest.head!;
    await oldest.advance();
    if (last === null || isOlder(last, age)) page.push(age.id);
    last = age;
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

function oldestOf(cursors: readonly Cursor[]): Cursor | null {
  let oldest: Cursor | null = null;
  for (const cursor of cursors) {
    if (cursor.head !== null && (oldest === null || isOlder(cursor.head, oldest.head!))) oldest = cursor;
  }
  return oldest;
}

/** Walks one partition, a page at a time. */
class Cursor {
  readonly #connection: CassandraConnection;
  readonly #statement: string;
  readonly #value: string | number;
  readonly #limit: number;
  #rows: readonly Age[] = [];
  #index = 0;
  #after: Age = { createdAt: -1, id: "" };
  #ended = false;

  constructor(connection: CassandraConnection, { table, column, value }: AgePartition, limit: number) {
    this.#connection = connection;
    this.#statement = `SELECT created_at, id FROM ${connection.table(table)} WHERE ${column} = ? ` +
      "AND (created_at, id) > (?, ?) LIMIT ?";
    this.#value = value;
    this.#limit = limit;
  }

  /** Null at the end. */
  get head(): Age | null {
    return this.#rows[this.#index] ?? null;
  }

  async advance(): Promise<void> {
    this.#after = this.head ?? this.#after;
    this.#index += 1;
    if (this.#index >= this.#rows.length && !this.#ended) await this.fill();
  }

  async fill(): Promise<void> {
    const { createdAt, id } = this.#after;
    const rows = await this.#connection.read(this.#statement, [this.#value, createdAt, id, this.#limit]);
    this.#rows = rows.map((row) => ({ createdAt: Number(row.created_at), id: row.id }));
    this.#index = 0;
    this.#ended = rows.length < this.#limit;
  }
}
