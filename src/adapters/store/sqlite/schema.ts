import type { DatabaseSync } from "node:sqlite";
import { Rejected } from "../../../ports/failures.ts";
import type { SchemaStep } from "../../../ports/store.ts";
import { StoreTooNew } from "./failures.ts";
import { Query } from "./query.ts";

/** Raised with every change of what is declared below. */
const SCHEMA_VERSION = 1;

/** "VALT": marks the file as this program's. */
const APPLICATION_ID = 0x56414c54;

interface Table {
  readonly name: string;
  /** Declarations by column. One that is added later needs a default or accepts NULL. */
  readonly columns: Readonly<Record<string, string>>;
}

const TABLES: readonly Table[] = [
  {
    name: "groups",
    columns: {
      id: "TEXT NOT NULL PRIMARY KEY",
      name: "TEXT NOT NULL UNIQUE",
      description: "TEXT NOT NULL",
      type: "TEXT NOT NULL",
      level: "TEXT",
      members: "TEXT NOT NULL",
      created_at_ms: "INTEGER NOT NULL",
    },
  },
  {
    name: "plans",
    columns: {
      id: "TEXT NOT NULL PRIMARY KEY",
      stack_id: "TEXT NOT NULL UNIQUE",
      name: "TEXT NOT NULL",
      tenant_id: "TEXT",
      application: "TEXT NOT NULL",
      resources_digest: "TEXT NOT NULL",
      created_at_ms: "INTEGER NOT NULL",
      version: "INTEGER NOT NULL",
    },
  },
  {
    name: "placements",
    columns: {
      id: "TEXT NOT NULL PRIMARY KEY",
      plan_id: "TEXT NOT NULL REFERENCES plans (id)",
      tenant_id: "TEXT",
      name: "TEXT NOT NULL",
      orchestration_id: "TEXT NOT NULL UNIQUE",
      resource_id: "TEXT",
      location: "TEXT NOT NULL",
      reserved: "INTEGER NOT NULL",
      metadata: "TEXT NOT NULL",
      milli_vcpu: "INTEGER NOT NULL",
      memory_mib: "INTEGER NOT NULL",
      disk_mib: "INTEGER NOT NULL",
      origin: "TEXT",
      hold_expires_at_ms: "INTEGER",
      position: "INTEGER NOT NULL",
      created_at_ms: "INTEGER NOT NULL",
    },
  },
];

const INDEXES: Readonly<Record<string, string>> = {
  groups_by_age: "groups (created_at_ms, id)",
  plans_by_age: "plans (created_at_ms, id)",
  plans_by_tenant: "plans (tenant_id, created_at_ms, id)",
  placements_by_plan: "placements (plan_id, position)",
  placements_by_resource: "placements (resource_id) WHERE resource_id IS NOT NULL",
  placements_by_age: "placements (created_at_ms, id)",
  placements_by_tenant: "placements (tenant_id, created_at_ms, id)",
};

function pragma(connection: DatabaseSync, name: string): number {
  return Number(new Query<[number]>(connection, `PRAGMA ${name}`).first()?.[0]);
}

/** Throws `StoreTooNew`, or `Rejected` for a file of another program. Changes nothing. */
export function refuseForeignFile(connection: DatabaseSync, path: string): void {
  const objects = new Query<[number]>(connection, "SELECT count(*) FROM sqlite_schema").first()?.[0];
  if (objects === 0) return;
  if (pragma(connection, "application_id") !== APPLICATION_ID) {
    throw new Rejected("store", `The file '${path}' is a database of another program, wanted one of Valet's`);
  }
  const found = pragma(connection, "user_version");
  if (found > SCHEMA_VERSION) throw new StoreTooNew(path, { found, known: SCHEMA_VERSION });
}

/** Writes into the file whose it is, and of which version. */
export function markSchema(connection: DatabaseSync): void {
  connection.prepare(`PRAGMA application_id = ${APPLICATION_ID}`).run();
  connection.prepare(`PRAGMA user_version = ${SCHEMA_VERSION}`).run();
}

/** Creates and adds what is missing, all or nothing; touches nothing that exists. */
export function applySchema(connection: DatabaseSync): readonly SchemaStep[] {
  return inTransaction(connection, "COMMIT");
}

/** Tells what `applySchema` would create or add, and does not. */
export function missingSchema(connection: DatabaseSync): readonly SchemaStep[] {
  return inTransaction(connection, "ROLLBACK").map((step) => {
    if (step.state !== "created") return step;
    return { object: step.object, state: "differs", remedy: "It is missing; 'valet populate' makes it" };
  });
}

function inTransaction(connection: DatabaseSync, end: "COMMIT" | "ROLLBACK"): readonly SchemaStep[] {
  connection.prepare("BEGIN IMMEDIATE").run();
  try {
    const steps = [
      ...TABLES.flatMap((table) => applyTable(connection, table)),
      ...Object.entries(INDEXES).map(([name, on]) => applyIndex(connection, { name, on })),
    ];
    markSchema(connection);
    connection.prepare(end).run();
    return steps;
  } catch (error) {
    if (connection.isTransaction) connection.prepare("ROLLBACK").run();
    throw error;
  }
}

function applyTable(connection: DatabaseSync, { name, columns }: Table): SchemaStep[] {
  const object = `table ${name}`;
  const found = new Map(
    new Query<[string, string]>(connection, "SELECT name, type FROM pragma_table_info(?)").all(name),
  );
  if (found.size === 0) {
    const body = Object.entries(columns).map(([column, declaration]) => `${column} ${declaration}`);
    connection.prepare(`CREATE TABLE ${name} (${body.join(", ")}) STRICT`).run();
    return [{ object, state: "created" }];
  }
  const changes = Object.entries(columns).flatMap(([column, declaration]) =>
    applyColumn(connection, { table: name, column, declaration, type: found.get(column) })
  );
  return changes.some((step) => step.state === "differs")
    ? changes
    : [{ object, state: "exists" }, ...changes];
}

function applyColumn(
  connection: DatabaseSync,
  { table, column, declaration, type }: {
    readonly table: string;
    readonly column: string;
    readonly declaration: string;
    readonly type: string | undefined;
  },
): SchemaStep[] {
  const object = `column ${table}.${column}`;
  const wanted = declaration.split(" ", 1)[0];
  if (type === wanted) return [];
  const statement = `ALTER TABLE ${table} ADD COLUMN ${column} ${declaration}`;
  if (type !== undefined) {
    return [{
      object,
      state: "differs",
      remedy: `It has type ${type}, wanted ${wanted}; copy the table anew`,
    }];
  }
  if (declaration.includes("NOT NULL") && !declaration.includes("DEFAULT")) {
    return [{ object, state: "differs", remedy: `It is missing; ${statement} DEFAULT …` }];
  }
  connection.prepare(statement).run();
  return [{ object, state: "created" }];
}

function applyIndex(
  connection: DatabaseSync,
  { name, on }: { readonly name: string; readonly on: string },
): SchemaStep {
  const object = `index ${name}`;
  const statement = `CREATE INDEX ${name} ON ${on}`;
  const stored = new Query<[string]>(
    connection,
    "SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?",
  ).first(name);
  if (stored === undefined) {
    connection.prepare(statement).run();
    return { object, state: "created" };
  }
  if (stored[0] === statement) return { object, state: "exists" };
  return { object, state: "differs", remedy: `DROP INDEX ${name}; ${statement}` };
}
