import type { Application } from "../domain/application.ts";
import type { ConfirmedServer } from "../domain/holding.ts";
import { membershipsOf } from "../domain/memberships.ts";
import type { BookedServer, ServerDirective } from "../domain/placement_request.ts";
import type { Placement, Plan, PlanWithPlacements } from "../domain/plan.ts";
import type { UseCaseContext } from "./context.ts";
import type { Hosts } from "./decide.ts";
import { type Moment, renewed } from "./moment.ts";
import type { ReadApplication } from "./read_application.ts";

/** A plan's application without the servers whose placements were deleted; all others stay in their groups. */
export function placedApplication({ plan: { application }, placements }: PlanWithPlacements): Application {
  const placed = new Set(placements.map(({ orchestrationId }) => orchestrationId));
  const servers = application.servers.filter(({ id }) => placed.has(id));
  if (servers.length === application.servers.length) return application;
  const memberships = membershipsOf(application);
  const assignments = application.assignments.map((rule) => {
    if (rule.type !== "exclusivity" || rule.softWeight !== undefined) return rule;
    // A server may be in the group by what ties it to one that is gone.
    const inGroup = servers.filter(({ id }) =>
      memberships.get(id)!.some(({ groupId, level }) => groupId === rule.group?.id && level === rule.level)
    );
    return { ...rule, members: [...new Set([...rule.members, ...inGroup.map(({ id }) => id)])] };
  });
  return { ...application, servers, assignments };
}

/** Where a stored placement stands, as the optimizer is told; its hold begins anew with the operation. */
export function standingOf(
  placement: Placement,
  moment: Moment,
): NonNullable<ServerDirective["standing"]> {
  const { location, demand, resourceId, origin, holdExpiresAtMs } = renewed(placement, moment);
  return { host: location, demand, resourceId, origin, expiresAtMs: holdExpiresAtMs };
}

/** Rows as the optimizer is told that they are reserved. */
export function confirmedOf(placements: readonly Placement[]): ConfirmedServer[] {
  return placements.map(({ orchestrationId, resourceId }) => ({ serverId: orchestrationId, resourceId }));
}

/** The row at a decided host. */
export function placedAt(placement: Placement, { host, demand, origin }: BookedServer): Placement {
  return { ...placement, location: host, demand, origin };
}

export interface RowsOptions {
  readonly plan: Plan;
  readonly read: ReadApplication;
  readonly hosts: Hosts;
  /** The plan's placements until now. */
  readonly before: readonly Placement[];
  readonly moment: Moment;
}

/** The rows of a decided application; servers that were there keep id, Nova id, reservation, and hints without new ones. */
export function rowsOf(
  ctx: UseCaseContext,
  { plan, read, hosts, before, moment }: RowsOptions,
): Placement[] {
  const known = new Map(before.map((placement) => [placement.orchestrationId, placement]));
  return read.application.servers.map(({ id, name }, position) => {
    const hints = read.hints.get(id)!;
    const placed = hosts.get(id)!;
    const row = known.get(id) ?? newRow(ctx, { plan, moment, placed });
    const metadata = Object.keys(hints).length > 0 ? hints : row.metadata;
    return renewed({ ...placedAt(row, placed), name, metadata, position }, moment);
  });
}

function newRow(
  { ids }: UseCaseContext,
  { plan, moment, placed }: { plan: Plan; moment: Moment; placed: BookedServer },
): Placement {
  return {
    id: ids.uuid(),
    planId: plan.id,
    tenantId: plan.tenantId,
    name: placed.serverId,
    orchestrationId: placed.serverId,
    resourceId: null,
    location: placed.host,
    reserved: false,
    metadata: {},
    demand: placed.demand,
    origin: null,
    holdExpiresAtMs: null,
    position: 0,
    createdAtMs: moment.nowMs,
  };
}
