/** A type of CQL that this store uses. */
type CqlType = "text" | "int" | "bigint" | "boolean";

export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, CqlType>>;
  /** Columns whose values are one per partition. */
  readonly static?: readonly string[];
  /** Columns that choose the partition, then those that order the rows in it. */
  readonly partition: readonly string[];
  readonly clustering?: readonly string[];
  /** What follows `WITH`. */
  readonly options?: string;
}

/** Rows come and go there all the time, and one that a repair brings back is only looked at in vain. */
const SHORT_GRACE = "gc_grace_seconds = 3600";

/** Letters that wait to be read live this long. */
const MAIL_OPTIONS = "default_time_to_live = 600 AND gc_grace_seconds = 600";

export const PLANS = {
  name: "plans",
  columns: {
    id: "text",
    name: "text",
    stack_id: "text",
    tenant_id: "text",
    version: "int",
    created_at: "bigint",
    resources_digest: "text",
    application: "text",
    servers: "text",
  },
  partition: ["id"],
} as const satisfies Table;

export const STACKS = {
  name: "plan_stacks",
  columns: { stack_id: "text", plan_id: "text" },
  partition: ["stack_id"],
} as const satisfies Table;

export const PLAN_AGES = {
  name: "plan_ages",
  columns: { shard: "int", created_at: "bigint", id: "text" },
  partition: ["shard"],
  clustering: ["created_at", "id"],
  options: SHORT_GRACE,
} as const satisfies Table;

export const TENANT_PLANS = {
  name: "tenant_plans",
  columns: { owner: "text", created_at: "bigint", id: "text" },
  partition: ["owner"],
  clustering: ["created_at", "id"],
  options: SHORT_GRACE,
} as const satisfies Table;

/** Of the columns that a store of the original has besides, only the first two are written. */
export const PLACEMENTS = {
  name: "placements",
  columns: { id: "text", plan_id: "text" },
  partition: ["id"],
} as const satisfies Table;

export const SERVERS = {
  name: "plan_servers",
  columns: { orchestration_id: "text", plan_id: "text" },
  partition: ["orchestration_id"],
} as const satisfies Table;

export const RESOURCES = {
  name: "plan_resources",
  columns: { resource_id: "text", placement_id: "text", plan_id: "text" },
  partition: ["resource_id"],
  clustering: ["placement_id"],
} as const satisfies Table;

export const GROUPS = {
  name: "groups",
  columns: {
    id: "text",
    name: "text",
    description: "text",
    type: "text",
    level: "text",
    members: "text",
    created_at: "bigint",
  },
  partition: ["id"],
} as const satisfies Table;

export const GROUP_NAMES = {
  name: "group_names",
  columns: { name: "text", group_id: "text" },
  partition: ["name"],
} as const satisfies Table;

export const GROUP_AGES = {
  name: "group_ages",
  columns: { shard: "int", created_at: "bigint", id: "text" },
  partition: ["shard"],
  clustering: ["created_at", "id"],
  options: SHORT_GRACE,
} as const satisfies Table;

/** Changes in the order in which they were made; `epoch` is who may append to a bucket, -1 nobody any more. */
export const LEDGER = {
  name: "ledger",
  columns: {
    site: "text",
    bucket: "int",
    epoch: "bigint",
    seq: "bigint",
    id: "text",
    stamp: "bigint",
    changes: "text",
  },
  static: ["epoch"],
  partition: ["site", "bucket"],
  clustering: ["seq"],
} as const satisfies Table;

/** Up to where the ledger has been carried over into the other tables. */
export const MARKS = {
  name: "ledger_marks",
  columns: { site: "text", bucket: "int", seq: "bigint", stamp: "bigint" },
  partition: ["site"],
} as const satisfies Table;

/** The number of the last term of each site. */
export const EPOCHS = {
  name: "epochs",
  columns: { site: "text", epoch: "bigint", owner: "text" },
  partition: ["site"],
} as const satisfies Table;

export const LEASES = {
  name: "leases",
  columns: {
    site: "text",
    owner: "text",
    epoch: "bigint",
    serving: "boolean",
    address: "text",
    priority: "int",
  },
  partition: ["site"],
  options: "gc_grace_seconds = 600",
} as const satisfies Table;

export const PROCESSES = {
  name: "processes",
  columns: { site: "text", process: "text", address: "text" },
  partition: ["site"],
  clustering: ["process"],
  options: "gc_grace_seconds = 600",
} as const satisfies Table;

export const MAIL = {
  name: "mail",
  columns: { box: "text", bucket: "int", seq: "int", letter: "text" },
  partition: ["box", "bucket"],
  clustering: ["seq"],
  options: MAIL_OPTIONS,
} as const satisfies Table;

export const TABLES: readonly Table[] = [
  PLANS,
  STACKS,
  PLAN_AGES,
  TENANT_PLANS,
  PLACEMENTS,
  SERVERS,
  RESOURCES,
  GROUPS,
  GROUP_NAMES,
  GROUP_AGES,
  LEDGER,
  MARKS,
  EPOCHS,
  LEASES,
  PROCESSES,
  MAIL,
];

/** The statement that makes a table. */
export function createTable(
  { name, columns, static: statics = [], partition, clustering = [], options }: Table,
  keyspace: string,
): string {
  const declared = Object.entries(columns).map(([column, type]) =>
    `${column} ${type}${statics.includes(column) ? " STATIC" : ""}`
  );
  const key = [`(${partition.join(", ")})`, ...clustering].join(", ");
  const suffix = options === undefined ? "" : ` WITH ${options}`;
  return `CREATE TABLE IF NOT EXISTS ${keyspace}.${name} (${
    declared.join(", ")
  }, PRIMARY KEY (${key}))${suffix}`;
}
