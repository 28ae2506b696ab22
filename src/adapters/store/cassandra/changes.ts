import type { Statement, Value } from "./connection.ts";
import {
  GROUP_AGES,
  GROUP_NAMES,
  GROUPS,
  PLACEMENTS,
  PLAN_AGES,
  PLANS,
  RESOURCES,
  SERVERS,
  STACKS,
  type Table,
  TENANT_PLANS,
} from "./tables.ts";

/** Tables whose rows follow from the ledger. */
const CARRIED = {
  plans: PLANS,
  stacks: STACKS,
  planAges: PLAN_AGES,
  tenantPlans: TENANT_PLANS,
  placements: PLACEMENTS,
  servers: SERVERS,
  resources: RESOURCES,
  groups: GROUPS,
  groupNames: GROUP_NAMES,
  groupAges: GROUP_AGES,
} as const satisfies Record<string, Table>;

/** One row of one table as it is to be, or that it is to be gone. It says the same however often it is carried out. */
export interface Change {
  readonly table: keyof typeof CARRIED;
  /** Values of the key's columns, in their order. */
  readonly key: readonly (string | number)[];
  /** Values of all other columns, in the order of the table; null removes the row. */
  readonly row: readonly Value[] | null;
}

/** A row by its table and the id that is its key. */
export interface RowKey {
  readonly table: Change["table"];
  readonly id: string;
}

/** A row's name among those of all tables. */
export function keyOf({ table, id }: RowKey): string {
  return `${table} ${id}`;
}

/**
 * The statement of a change. `stamp`, in microseconds, decides which of two changes of a row is the later one: not when
 * they arrive, so that one that comes late or twice does no harm.
 */
export function statementOf({ table, key, row }: Change, { keyspace, stamp }: {
  readonly keyspace: string;
  readonly stamp: number;
}): Statement {
  const { name, keys, others } = SHAPES[table];
  if (row === null) {
    const where = keys.map((column) => `${column} = ?`).join(" AND ");
    return {
      text: `DELETE FROM ${keyspace}.${name} USING TIMESTAMP ? WHERE ${where}`,
      values: [stamp, ...key],
    };
  }
  const columns = [...keys, ...others];
  const marks = columns.map(() => "?").join(", ");
  return {
    text: `INSERT INTO ${keyspace}.${name} (${columns.join(", ")}) VALUES (${marks}) USING TIMESTAMP ?`,
    values: [...key, ...row, stamp],
  };
}

interface Shape {
  readonly name: string;
  readonly keys: readonly string[];
  readonly others: readonly string[];
}

function shapeOf({ name, columns, partition, clustering = [] }: Table): Shape {
  const keys = [...partition, ...clustering];
  return { name, keys, others: Object.keys(columns).filter((column) => !keys.includes(column)) };
}

const SHAPES = Object.fromEntries(
  Object.entries(CARRIED).map(([name, table]) => [name, shapeOf(table)]),
) as Record<Change["table"], Shape>;
