import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Visibility } from "../../../domain/caller.ts";
import type { Placement, Plan, PlanWithPlacements } from "../../../domain/plan.ts";
import type { IdTaken, PlacementChange } from "../../../ports/store.ts";
import { type Cursor, OwnedPages } from "./pages.ts";
import type { PlacementTable } from "./placements.ts";
import { Query } from "./query.ts";

type Row = [
  id: string,
  stackId: string,
  name: string,
  tenantId: string | null,
  application: string,
  resourcesDigest: string,
  createdAtMs: number,
  version: number,
];

const COLUMNS = "id, stack_id, name, tenant_id, application, resources_digest, created_at_ms, version";

/** A page ends early after this much of the applications' text, which grows with the placements to be read. */
const PAGE_TEXT = 1024 * 1024;
/** Rows that are read before their text is measured. */
const PIECE_ROWS = 16;

function planOf(
  [id, stackId, name, tenantId, application, resourcesDigest, createdAtMs, version]: Row,
): Plan {
  const parsed = JSON.parse(application);
  return { id, stackId, name, tenantId, application: parsed, resourcesDigest, createdAtMs, version };
}

/** The rows of plans, each changed together with its placements; see `Store` for what the methods promise. */
export class PlanTable {
  readonly #placements: PlacementTable;
  readonly #count: Query<[number]>;
  readonly #byId: Query<Row>;
  readonly #byStack: Query<Row>;
  readonly #version: Query<[number]>;
  readonly #idOfStack: Query<[string]>;
  readonly #pages: OwnedPages<Row>;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #raise: StatementSync;
  readonly #delete: StatementSync;

  constructor(connection: DatabaseSync, placements: PlacementTable) {
    const select = `SELECT ${COLUMNS} FROM plans WHERE`;
    this.#placements = placements;
    this.#count = new Query(connection, "SELECT count(*) FROM plans");
    this.#byId = new Query(connection, `${select} id = ?`);
    this.#byStack = new Query(connection, `${select} stack_id = ?`);
    this.#version = new Query(connection, "SELECT version FROM plans WHERE id = ?");
    this.#idOfStack = new Query(connection, "SELECT id FROM plans WHERE stack_id = ?");
    this.#pages = new OwnedPages(connection, { table: "plans", columns: COLUMNS });
    this.#insert = connection.prepare(`INSERT INTO plans (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
    this.#update = connection.prepare(
      "UPDATE plans SET stack_id = ?, name = ?, tenant_id = ?, application = ?, resources_digest = ?, version = ? " +
        "WHERE id = ?",
    );
    this.#raise = connection.prepare("UPDATE plans SET version = version + 1 WHERE id = ?");
    this.#delete = connection.prepare("DELETE FROM plans WHERE id = ?");
  }

  /** Reads every row: for the start only. */
  count(): number {
    return this.#count.first()?.[0] ?? 0;
  }

  byId(id: string): PlanWithPlacements | null {
    return this.#complete(this.#byId.first(id));
  }

  byStack(stackId: string): PlanWithPlacements | null {
    return this.#complete(this.#byStack.first(stackId));
  }

  page(
    visibility: Visibility,
    options: { readonly after: Cursor; readonly limit: number },
  ): readonly PlanWithPlacements[] {
    const plans = this.#rows(visibility, options).map(planOf);
    const placements = this.#placements.ofPlans(plans.map(({ id }) => id));
    return plans.map((plan) => ({ plan, placements: placements.get(plan.id) ?? [] }));
  }

  create(plan: Plan, placements: readonly Placement[]): "created" | IdTaken {
    const taken = this.#taken(plan, placements);
    if (taken !== null) return taken;
    this.#insert.run(
      plan.id,
      plan.stackId,
      plan.name,
      plan.tenantId,
      JSON.stringify(plan.application),
      plan.resourcesDigest,
      plan.createdAtMs,
      plan.version,
    );
    for (const placement of placements) this.#placements.insert(placement);
    return "created";
  }

  replace(plan: Plan, placements: readonly Placement[]): "replaced" | "changed" | IdTaken {
    if (!this.#hasVersion(plan.id, plan.version - 1)) return "changed";
    const taken = this.#taken(plan, placements);
    if (taken !== null) return taken;
    this.#update.run(
      plan.stackId,
      plan.name,
      plan.tenantId,
      JSON.stringify(plan.application),
      plan.resourcesDigest,
      plan.version,
      plan.id,
    );
    const ages = this.#placements.agesOfPlan(plan.id);
    this.#placements.deleteOfPlan(plan.id);
    for (const placement of placements) {
      this.#placements.insert({ ...placement, createdAtMs: ages.get(placement.id) ?? placement.createdAtMs });
    }
    return "replaced";
  }

  changePlacements(changes: readonly PlacementChange[]): boolean {
    if (!changes.every(({ planId, version }) => this.#hasVersion(planId, version))) return false;
    for (const { planId, placements } of changes) {
      for (const placement of placements) this.#placements.update(planId, placement);
      this.#raise.run(planId);
    }
    return true;
  }

  delete(id: string): PlanWithPlacements | null {
    const found = this.byId(id);
    if (found === null) return null;
    this.#placements.deleteOfPlan(id);
    this.#delete.run(id);
    return found;
  }

  deletePlacement(id: string): Placement | null {
    const found = this.#placements.byId(id);
    if (found === null) return null;
    this.#placements.delete(id);
    this.#raise.run(found.planId);
    return found;
  }

  #rows(visibility: Visibility, { after, limit }: { readonly after: Cursor; readonly limit: number }): Row[] {
    const rows: Row[] = [];
    for (let text = 0, from = after; rows.length < limit && text < PAGE_TEXT;) {
      const wanted = Math.min(PIECE_ROWS, limit - rows.length);
      const piece = this.#pages.rows(visibility, { after: from, limit: wanted });
      rows.push(...piece);
      if (piece.length < wanted) break;
      const [id, , , , , , createdAtMs] = piece[wanted - 1];
      from = { createdAtMs, id };
      text += piece.reduce((sum, [, , , , application]) => sum + application.length, 0);
    }
    return rows;
  }

  #complete(row: Row | undefined): PlanWithPlacements | null {
    if (row === undefined) return null;
    const plan = planOf(row);
    return { plan, placements: this.#placements.ofPlan(plan.id) };
  }

  #hasVersion(id: string, version: number): boolean {
    return this.#version.first(id)?.[0] === version;
  }

  /** The first of the plan's unique ids, its stack's before its servers', that another plan has. */
  #taken(plan: Plan, placements: readonly Placement[]): IdTaken | null {
    const holder = this.#idOfStack.first(plan.stackId)?.[0];
    if (holder !== undefined && holder !== plan.id) return { takenId: plan.stackId };
    const ids = placements.map(({ orchestrationId }) => orchestrationId);
    const owners = this.#placements.plansOf(ids);
    const takenId = ids.find((id) => (owners.get(id) ?? plan.id) !== plan.id);
    return takenId === undefined ? null : { takenId };
  }
}
