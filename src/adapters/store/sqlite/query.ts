import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

/** The runtime has this method of Node 24; its types don't know it yet. */
interface ArrayRows {
  setReturnArrays(enabled: boolean): void;
}

/**
 * A prepared reading statement. Rows come as arrays in the order of the selected columns, which takes about half
 * the time of rows as objects; `Row` is the caller's word for what the statement selects. Rows are never read one by
 * one: the runtime's `iterate` takes an error in the middle for the end.
 */
export class Query<Row extends readonly unknown[]> {
  readonly #statement: StatementSync;

  constructor(connection: DatabaseSync, sql: string) {
    this.#statement = connection.prepare(sql);
    (this.#statement as StatementSync & ArrayRows).setReturnArrays(true);
  }

  first(...values: SQLInputValue[]): Row | undefined {
    return this.#statement.get(...values) as unknown as Row | undefined;
  }

  all(...values: SQLInputValue[]): Row[] {
    return this.#statement.all(...values) as unknown as Row[];
  }
}
