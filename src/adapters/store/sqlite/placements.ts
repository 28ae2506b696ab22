import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { Visibility } from "../../../domain/caller.ts";
import type { Placement } from "../../../domain/plan.ts";
import type { PlacementQuery } from "../../../ports/store.ts";
import { AFTER, type Cursor, OwnedPages } from "./pages.ts";
import { Query } from "./query.ts";

type Row = [
  id: string,
  planId: string,
  tenantId: string | null,
  name: string,
  orchestrationId: string,
  resourceId: string | null,
  location: string,
  reserved: number,
  metadata: string,
  milliVcpu: number,
  memoryMib: number,
  diskMib: number,
  origin: string | null,
  holdExpiresAtMs: number | null,
  position: number,
  createdAtMs: number,
];

const COLUMNS =
  "id, plan_id, tenant_id, name, orchestration_id, resource_id, location, reserved, metadata, milli_vcpu, " +
  "memory_mib, disk_mib, origin, hold_expires_at_ms, position, created_at_ms";

/** Everything but the row's key and its plan. */
const CHANGEABLE =
  "tenant_id = ?, name = ?, orchestration_id = ?, resource_id = ?, location = ?, reserved = ?, metadata = ?, " +
  "milli_vcpu = ?, memory_mib = ?, disk_mib = ?, origin = ?, hold_expires_at_ms = ?, position = ?";

/** The columns that a search may ask for; each has an index of its own. */
const SEARCHABLE = [
  ["id", "id"],
  ["orchestrationId", "orchestration_id"],
  ["resourceId", "resource_id"],
  ["planId", "plan_id"],
] as const;

function placementOf([
  id,
  planId,
  tenantId,
  name,
  orchestrationId,
  resourceId,
  location,
  reserved,
  metadata,
  milliVcpu,
  memoryMib,
  diskMib,
  origin,
  holdExpiresAtMs,
  position,
  createdAtMs,
]: Row): Placement {
  return {
    id,
    planId,
    tenantId,
    name,
    orchestrationId,
    resourceId,
    location,
    reserved: reserved === 1,
    metadata: JSON.parse(metadata),
    demand: { milliVcpu, memoryMib, diskMib },
    origin,
    holdExpiresAtMs,
    position,
    createdAtMs,
  };
}

/** In the order of `CHANGEABLE`. */
function changeableOf(placement: Placement): SQLInputValue[] {
  const { demand } = placement;
  return [
    placement.tenantId,
    placement.name,
    placement.orchestrationId,
    placement.resourceId,
    placement.location,
    placement.reserved ? 1 : 0,
    JSON.stringify(placement.metadata),
    demand.milliVcpu,
    demand.memoryMib,
    demand.diskMib,
    placement.origin,
    placement.holdExpiresAtMs,
    placement.position,
  ];
}

/** The rows of placements; knows nothing of their plans' versions. */
export class PlacementTable {
  readonly #connection: DatabaseSync;
  readonly #byId: Query<Row>;
  readonly #byOrchestrationId: Query<Row>;
  readonly #ofPlan: Query<Row>;
  readonly #ofPlans: Query<Row>;
  readonly #agesOfPlan: Query<[id: string, createdAtMs: number]>;
  readonly #plansOf: Query<[orchestrationId: string, planId: string]>;
  readonly #pages: OwnedPages<Row>;
  readonly #searches = new Map<string, Query<Row>>();
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #deleteOfPlan: StatementSync;

  constructor(connection: DatabaseSync) {
    const select = `SELECT ${COLUMNS} FROM placements WHERE`;
    const listed = "(SELECT value FROM json_each(?))";
    this.#connection = connection;
    this.#byId = new Query(connection, `${select} id = ?`);
    this.#byOrchestrationId = new Query(connection, `${select} orchestration_id = ?`);
    this.#ofPlan = new Query(connection, `${select} plan_id = ? ORDER BY position`);
    this.#ofPlans = new Query(connection, `${select} plan_id IN ${listed} ORDER BY plan_id, position`);
    this.#agesOfPlan = new Query(connection, "SELECT id, created_at_ms FROM placements WHERE plan_id = ?");
    this.#plansOf = new Query(
      connection,
      `SELECT orchestration_id, plan_id FROM placements WHERE orchestration_id IN ${listed}`,
    );
    this.#pages = new OwnedPages(connection, { table: "placements", columns: COLUMNS });
    this.#insert = connection.prepare(
      `INSERT INTO placements (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = connection.prepare(`UPDATE placements SET ${CHANGEABLE} WHERE id = ? AND plan_id = ?`);
    this.#delete = connection.prepare("DELETE FROM placements WHERE id = ?");
    this.#deleteOfPlan = connection.prepare("DELETE FROM placements WHERE plan_id = ?");
  }

  byId(id: string): Placement | null {
    const row = this.#byId.first(id);
    return row === undefined ? null : placementOf(row);
  }

  byOrchestrationId(orchestrationId: string): Placement | null {
    const row = this.#byOrchestrationId.first(orchestrationId);
    return row === undefined ? null : placementOf(row);
  }

  ofPlan(planId: string): readonly Placement[] {
    return this.#ofPlan.all(planId).map(placementOf);
  }

  /** By plan id; a plan without placements has no entry. */
  ofPlans(planIds: readonly string[]): ReadonlyMap<string, readonly Placement[]> {
    const placements = this.#ofPlans.all(JSON.stringify(planIds)).map(placementOf);
    return Map.groupBy(placements, ({ planId }) => planId);
  }

  /** `createdAtMs` by placement id. */
  agesOfPlan(planId: string): ReadonlyMap<string, number> {
    return new Map(this.#agesOfPlan.all(planId));
  }

  /** Plan ids by orchestration id. */
  plansOf(orchestrationIds: readonly string[]): ReadonlyMap<string, string> {
    return new Map(this.#plansOf.all(JSON.stringify(orchestrationIds)));
  }

  page(
    query: PlacementQuery,
    { after, limit }: { readonly after: Cursor; readonly limit: number },
  ): Placement[] {
    const asked = SEARCHABLE.filter(([field]) => query[field] !== undefined);
    if (asked.length === 0) {
      return this.#pages.rows(query.visibility, { after, limit }).map(placementOf);
    }
    const { condition, values } = visibleWhere(query.visibility);
    const search = this.#search([...asked.map(([, column]) => `${column} = ?`), condition].join(" AND "));
    const wanted = asked.flatMap(([field]) => query[field] ?? []);
    return search.all(...wanted, ...values, after.createdAtMs, after.id, limit).map(placementOf);
  }

  insert(placement: Placement): void {
    this.#insert.run(placement.id, placement.planId, ...changeableOf(placement), placement.createdAtMs);
  }

  /** Everything but its id, plan and age. */
  update(planId: string, placement: Placement): void {
    const { changes } = this.#update.run(...changeableOf(placement), placement.id, planId);
    if (changes !== 1) throw new Error(`Placement '${placement.id}' is not one of plan '${planId}'`);
  }

  delete(id: string): void {
    this.#delete.run(id);
  }

  deleteOfPlan(planId: string): void {
    this.#deleteOfPlan.run(planId);
  }

  /** One statement per combination of conditions, of which there are a few dozen. */
  #search(conditions: string): Query<Row> {
    const known = this.#searches.get(conditions);
    if (known !== undefined) return known;
    const sql = `SELECT ${COLUMNS} FROM placements WHERE ${conditions} AND ${AFTER} ` +
      "ORDER BY +created_at_ms, +id LIMIT ?";
    const search = new Query<Row>(this.#connection, sql);
    this.#searches.set(conditions, search);
    return search;
  }
}

/** The plus signs keep SQLite from walking a whole tenant where an index on what was asked gives a few rows. */
function visibleWhere(visibility: Visibility): { readonly condition: string; readonly values: string[] } {
  if (visibility === "all") return { condition: "TRUE", values: [] };
  const owned = "+tenant_id = ?";
  return {
    condition: visibility.unowned ? `(${owned} OR +tenant_id IS NULL)` : owned,
    values: [visibility.tenantId],
  };
}
