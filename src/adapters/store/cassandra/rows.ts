import type { Group, GroupType } from "../../../domain/group.ts";
import type { Level } from "../../../domain/levels.ts";
import type { Placement, PlanWithPlacements } from "../../../domain/plan.ts";
import type { Change } from "./changes.ts";
import type { Row } from "./connection.ts";
import { damaged } from "./failures.ts";
import { fnv1a } from "./fnv.ts";

/** The index on the age of plans is cut into so many partitions, that of groups into one. */
export const PLAN_SHARDS = 16;
export const GROUP_SHARDS = 1;

/** What a plan's placements have in common is kept once, in the plan. */
type ServerRow = Omit<Placement, "planId" | "tenantId">;

export function planOf(row: Row): PlanWithPlacements {
  const { id, stack_id: stackId, name, tenant_id: tenantId, resources_digest: resourcesDigest, version } =
    row;
  try {
    const servers: ServerRow[] = JSON.parse(row.servers);
    return {
      plan: {
        id,
        stackId,
        name,
        tenantId,
        application: JSON.parse(row.application),
        resourcesDigest,
        createdAtMs: Number(row.created_at),
        version,
      },
      placements: servers.map((server) => ({ ...server, planId: id, tenantId })),
    };
  } catch (error) {
    throw damaged(`plan '${id}'`, error);
  }
}

/** Whether a row of a plan is complete; one of the original's that was not taken over yet is not. */
export function isPlan(row: Row | undefined): row is Row {
  return typeof row?.servers === "string";
}

export function groupOf(row: Row): Group {
  const { id, name, description, type, level, members, created_at: createdAt } = row;
  try {
    return {
      id,
      name,
      description: description ?? "",
      type: type as GroupType,
      level: level as Level | null,
      members: JSON.parse(members ?? "[]"),
      createdAtMs: Number(createdAt ?? 0),
    };
  } catch (error) {
    throw damaged(`group '${id}'`, error);
  }
}

/** What has to be written so that `after` takes the place of `before`; null for none. */
export function planChanges(before: PlanWithPlacements | null, after: PlanWithPlacements | null): Change[] {
  const [old, next] = [new Map(keysOf(before)), new Map(keysOf(after))];
  const removed = [...old].filter(([key]) => !next.has(key)).map(([, change]) => ({ ...change, row: null }));
  const written = [...next].filter(([key, change]) => !isSame(old.get(key), change)).map(([, change]) =>
    change
  );
  return [...removed, ...written];
}

function isSame(one: Change | undefined, other: Change): boolean {
  return one !== undefined && JSON.stringify(one.row) === JSON.stringify(other.row);
}

/** All rows of a plan by a text that no two of them share. */
function keysOf(rows: PlanWithPlacements | null): [string, Change][] {
  if (rows === null) return [];
  const { plan, placements } = rows;
  const changes: Change[] = [
    planRow(rows),
    { table: "stacks", key: [plan.stackId], row: [plan.id] },
    { table: "planAges", key: [shardOf(plan.id), plan.createdAtMs, plan.id], row: [] },
    { table: "tenantPlans", key: [ownerOf(plan.tenantId), plan.createdAtMs, plan.id], row: [] },
    ...placements.flatMap(({ id, orchestrationId, resourceId }): Change[] => [
      { table: "placements", key: [id], row: [plan.id] },
      { table: "servers", key: [orchestrationId], row: [plan.id] },
      ...(resourceId ? [{ table: "resources", key: [resourceId, id], row: [plan.id] } as const] : []),
    ]),
  ];
  return changes.map((change) => [`${change.table} ${JSON.stringify(change.key)}`, change]);
}

function planRow({ plan, placements }: PlanWithPlacements): Change {
  const servers = placements.toSorted((a, b) => a.position - b.position)
    .map(({ planId: _plan, tenantId: _tenant, ...server }): ServerRow => server);
  return {
    table: "plans",
    key: [plan.id],
    row: [
      plan.name,
      plan.stackId,
      plan.tenantId,
      plan.version,
      plan.createdAtMs,
      plan.resourcesDigest,
      JSON.stringify(plan.application),
      JSON.stringify(servers),
    ],
  };
}

export function groupChanges(before: Group | null, after: Group | null): Change[] {
  const group = after ?? before;
  if (group === null) return [];
  const { id, name, createdAtMs } = group;
  const rows: Change[] = [
    {
      table: "groups",
      key: [id],
      row: [name, group.description, group.type, group.level, JSON.stringify(group.members), createdAtMs],
    },
    { table: "groupNames", key: [name], row: [id] },
    { table: "groupAges", key: [0, createdAtMs, id], row: [] },
  ];
  if (after === null) return rows.map((change) => ({ ...change, row: null }));
  return before === null ? rows : rows.slice(0, 1);
}

/** The partition of a tenant's plans, and that of plans without an owner. */
export function ownerOf(tenantId: string | null): string {
  return tenantId === null ? "nobody" : `tenant ${tenantId}`;
}

function shardOf(id: string): number {
  return fnv1a(id) % PLAN_SHARDS;
}
