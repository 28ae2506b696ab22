import type { DatabaseSync } from "node:sqlite";
import type { Visibility } from "../../../domain/caller.ts";
import { Query } from "./query.ts";

/** The last row of a page; the next page begins after it. Neither part of a row's key ever changes. */
export interface Cursor {
  readonly createdAtMs: number;
  readonly id: string;
}

export const START: Cursor = { createdAtMs: -1, id: "" };

export const AFTER = "(created_at_ms, id) > (?, ?)";
export const IN_ORDER = "ORDER BY created_at_ms, id LIMIT ?";

/**
 * Walks a list to its end; `read` gives rows after a cursor, oldest first. A page of less than `limit` rows is the last
 * one; without a limit only an empty one is.
 */
export async function* walk<T>(
  read: (after: Cursor) => Promise<readonly T[]>,
  { limit = 1, cursorOf }: { readonly limit?: number; readonly cursorOf: (last: T) => Cursor },
): AsyncGenerator<readonly T[]> {
  let after = START;
  for (;;) {
    const page = await read(after);
    if (page.length > 0) yield page;
    if (page.length < limit) return;
    after = cursorOf(page.at(-1)!);
  }
}

/** Rows of a table with an owner, after a cursor, as far as they are visible. */
export class OwnedPages<Row extends readonly unknown[]> {
  readonly #all: Query<Row>;
  readonly #owned: Query<Row>;
  readonly #ownedOrUnowned: Query<Row>;

  constructor(
    connection: DatabaseSync,
    { table, columns }: { readonly table: string; readonly columns: string },
  ) {
    const select = `SELECT ${columns} FROM ${table} WHERE`;
    const owned = `${select} tenant_id = ? AND ${AFTER}`;
    const unowned = `${select} tenant_id IS NULL AND ${AFTER}`;
    this.#all = new Query(connection, `${select} ${AFTER} ${IN_ORDER}`);
    this.#owned = new Query(connection, `${owned} ${IN_ORDER}`);
    this.#ownedOrUnowned = new Query(connection, `${owned} UNION ALL ${unowned} ${IN_ORDER}`);
  }

  rows(
    visibility: Visibility,
    { after, limit }: { readonly after: Cursor; readonly limit: number },
  ): readonly Row[] {
    const from = [after.createdAtMs, after.id];
    if (visibility === "all") return this.#all.all(...from, limit);
    if (!visibility.unowned) return this.#owned.all(visibility.tenantId, ...from, limit);
    return this.#ownedOrUnowned.all(visibility.tenantId, ...from, ...from, limit);
  }
}
