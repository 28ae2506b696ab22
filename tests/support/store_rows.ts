import type { Group } from "../../src/domain/group.ts";
import type { Placement, Plan, PlanWithPlacements } from "../../src/domain/plan.ts";
import type { Visibility } from "../../src/domain/caller.ts";
import type { Store } from "../../src/ports/store.ts";

export interface PlanRowOptions {
  readonly servers?: number;
  readonly tenantId?: string | null;
  readonly createdAtMs?: number;
}

/** A plan whose ids all follow from `key`: plan `plan-k`, stack `stack-k`, placements `placement-k-0` of `server-k-0` … */
export function planRows(
  key: string,
  { servers = 2, tenantId = "p-blue", createdAtMs = 1_760_000_000_000 }: PlanRowOptions = {},
): PlanWithPlacements {
  const ids = Array.from({ length: servers }, (_, position) => `server-${key}-${position}`);
  const plan: Plan = {
    id: `plan-${key}`,
    stackId: `stack-${key}`,
    name: `Stack of ${key} — größer`,
    tenantId,
    application: {
      servers: ids.map((id) => ({
        id,
        name: `name of ${id}`,
        flavor: "m1.small",
        zone: null,
        forcedHost: null,
        locations: ["host-1", "host-2"],
      })),
      assignments: [{
        id: `rule-${key}`,
        name: "apart",
        type: "diversity",
        level: "rack",
        group: { id: "group-a", name: "name-a" },
        members: ids,
      }],
    },
    resourcesDigest: "5f".repeat(32),
    createdAtMs,
    version: 1,
  };
  return { plan, placements: ids.map((id, position) => placementRow(id, { key, plan, position })) };
}

function placementRow(
  orchestrationId: string,
  { key, plan, position }: { readonly key: string; readonly plan: Plan; readonly position: number },
): Placement {
  return {
    id: `placement-${key}-${position}`,
    planId: plan.id,
    tenantId: plan.tenantId,
    name: `name of ${orchestrationId}`,
    orchestrationId,
    resourceId: null,
    location: `host-${position}`,
    reserved: false,
    metadata: { heat_stack_name: "né", ["__proto__"]: "plain" },
    demand: { milliVcpu: 2000, memoryMib: 4096, diskMib: 20_480 },
    origin: null,
    holdExpiresAtMs: plan.createdAtMs + 900_000,
    position,
    createdAtMs: plan.createdAtMs,
  };
}

/** A group without members: `group-k`, named `name-k`. */
export function groupRow(key: string, changes: Partial<Group> = {}): Group {
  return {
    id: `group-${key}`,
    name: `name-${key}`,
    description: "Hosts for blue",
    type: "exclusivity",
    level: "rack",
    members: [],
    createdAtMs: 1_760_000_000_000,
    ...changes,
  };
}

/** Stores a plan that nothing stands in the way of. */
export async function storePlan(store: Store, rows: PlanWithPlacements): Promise<PlanWithPlacements> {
  const outcome = await store.createPlan(rows.plan, rows.placements);
  if (outcome !== "created") throw new Error(`The plan was not stored: id '${outcome.takenId}' is taken`);
  return rows;
}

export async function readAll<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const rows: T[] = [];
  for await (const page of pages) rows.push(...page);
  return rows;
}

/** Everything of one tenant, or of all, that a test compares two stores by. */
export async function readPlans(store: Store, visibility: Visibility = "all"): Promise<PlanWithPlacements[]> {
  return await readAll(store.plans(visibility));
}
