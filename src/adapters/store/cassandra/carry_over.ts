import { type Change, statementOf } from "./changes.ts";
import type { CassandraConnection } from "./connection.ts";

/** Messages of one entry that are under way together. */
const PARALLEL = 16;

/** Cassandra warns of messages with more rows of different partitions, or more bytes, than these. */
const MESSAGE_ROWS = 10;
const MESSAGE_TEXT = 4 * 1024;
/** What a row takes besides its long texts. */
const ROW_TEXT = 150;

/** Carries changes out in the tables that are read. */
export async function carryOver(
  connection: CassandraConnection,
  changes: readonly Change[],
  stamp: number,
): Promise<void> {
  const { keyspace } = connection;
  const messages = messagesOf(changes).map((some) =>
    some.map((change) => statementOf(change, { keyspace, stamp }))
  );
  for (let first = 0; first < messages.length; first += PARALLEL) {
    await Promise.all(messages.slice(first, first + PARALLEL).map((message) => connection.writeAll(message)));
  }
}

/** Changes that go together, as far as Cassandra likes them to. */
function messagesOf(changes: readonly Change[]): Change[][] {
  const messages: Change[][] = [];
  let size = Infinity;
  for (const change of changes) {
    const own = sizeOf([change]) + ROW_TEXT;
    if (size + own > MESSAGE_TEXT || messages.at(-1)!.length >= MESSAGE_ROWS) {
      messages.push([]);
      size = 0;
    }
    messages.at(-1)!.push(change);
    size += own;
  }
  return messages;
}

/** Characters of the long texts. */
export function sizeOf(changes: readonly Change[]): number {
  let size = 0;
  for (const { row } of changes) {
    for (const value of row ?? []) if (typeof value === "string") size += value.length;
  }
  return size;
}
