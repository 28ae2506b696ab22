import { NO_DEMAND } from "../../../domain/demand.ts";
import type { Placement, PlanWithPlacements } from "../../../domain/plan.ts";
import type { SchemaStep } from "../../../ports/store.ts";
import { carryOver } from "./carry_over.ts";
import type { CassandraConnection, Row } from "./connection.ts";
import { readFailure } from "./failures.ts";
import { groupChanges, groupOf, isPlan, planChanges } from "./rows.ts";
import { GROUPS, PLACEMENTS, PLANS, type Table } from "./tables.ts";

/**
 * Takes over rows of a store of the original, which knows neither what a server needs nor what its stack asked for:
 * such plans hold nothing beyond what the inventory reports, until their stack is planned anew. Rows that were taken
 * over stay as they are.
 */
export async function* backfill(connection: CassandraConnection): AsyncGenerator<SchemaStep> {
  const stamp = Date.now() * 1000;
  let groups = 0;
  for await (const row of rowsOf(connection, GROUPS)) {
    if (row.created_at !== null || row.name === null) continue;
    await carryOver(connection, groupChanges(null, groupOf(row)), stamp);
    groups += 1;
  }
  if (groups > 0) yield { object: `${groups} groups of the original`, state: "created" };
  const plans = await plansOfOriginal(connection);
  for (const plan of plans) await carryOver(connection, planChanges(null, plan), stamp);
  if (plans.length > 0) yield { object: `${plans.length} plans of the original`, state: "created" };
}

async function plansOfOriginal(connection: CassandraConnection): Promise<PlanWithPlacements[]> {
  const found: Row[] = [];
  for await (const row of rowsOf(connection, PLANS)) {
    const isComplete: boolean = isPlan(row);
    if (!isComplete && row.stack_id !== null) found.push(row);
  }
  if (found.length === 0) return [];
  const placements = new Map<string, Row[]>(found.map(({ id }) => [id, []]));
  for await (const row of rowsOf(connection, PLACEMENTS)) {
    // The column is one of the original's alone.
    if (typeof row.orchestration_id === "string") placements.get(row.plan_id)?.push(row);
  }
  return found.map((row) => planOf(row, placements.get(row.id)!));
}

function planOf({ id, stack_id: stackId, name }: Row, rows: readonly Row[]): PlanWithPlacements {
  const placements = rows.map((row, position) => placementOf(row, { planId: id, position }));
  return {
    plan: {
      id,
      stackId,
      name: name ?? stackId,
      tenantId: null,
      application: {
        servers: placements.map(({ orchestrationId, name: server }) => ({
          id: orchestrationId,
          name: server,
          flavor: "",
          zone: null,
          forcedHost: null,
          locations: null,
        })),
        assignments: [],
      },
      resourcesDigest: "",
      createdAtMs: 0,
      version: 1,
    },
    placements,
  };
}

function placementOf(row: Row, { planId, position }: { planId: string; position: number }): Placement {
  return {
    id: row.id,
    planId,
    tenantId: null,
    name: row.name ?? row.orchestration_id,
    orchestrationId: row.orchestration_id,
    resourceId: row.resource_id || null,
    location: row.location ?? "",
    reserved: row.reserved === true,
    metadata: {},
    demand: NO_DEMAND,
    origin: null,
    holdExpiresAtMs: null,
    position,
    createdAtMs: 0,
  };
}

async function* rowsOf(connection: CassandraConnection, table: Table): AsyncGenerator<Row> {
  try {
    yield* await connection.client.execute(`SELECT * FROM ${connection.table(table)}`, [], {
      prepare: true,
      isIdempotent: true,
    });
  } catch (error) {
    throw readFailure(error);
  }
}
