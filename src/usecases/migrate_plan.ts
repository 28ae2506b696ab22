import type { Application } from "../domain/application.ts";
import { serversBelow } from "../domain/memberships.ts";
import type { PlacedServer, ServerDirective } from "../domain/placement_request.ts";
import type { Placement, PlanWithPlacements } from "../domain/plan.ts";
import { Unavailable } from "../ports/failures.ts";
import type { Access } from "./access.ts";
import type { UseCaseContext } from "./context.ts";
import { commit, decide } from "./decide.ts";
import { holdUntil, standingOf } from "./plan_rows.ts";
import { stackLock } from "./plans.ts";
import { Problem } from "./problem.ts";
import { timeoutOf } from "./timeout.ts";
import type { ChangePlanBody } from "./update_plan.ts";

/**
 * Moves one server of a plan away from its host. Servers that affinity keeps with it may move along, all others stay.
 * What moves is no longer reserved, and its old host is held until the new one is.
 */
export function migratePlan(
  ctx: UseCaseContext,
  _access: Access,
  { found, body }: { found: PlanWithPlacements; body: ChangePlanBody },
): Promise<PlanWithPlacements | Problem> {
  return ctx.locks.exclusive(stackLock(found.plan.stackId), async () => {
    const stored = await ctx.store.planById(found.plan.id);
    if (!stored) return new Problem({ symbol: "plan_not_found" });
    const target = targetOf(body.resources, stored.placements);
    return target instanceof Problem ? target : await moveAway(ctx, stored, { target, body });
  });
}

function targetOf(resources: unknown, placements: readonly Placement[]): Placement | Problem {
  const bad = (explanation: string) => new Problem({ symbol: "bad_request", explanation });
  if (!Array.isArray(resources) || resources.length !== 1) {
    return bad("resources must be a list of length 1.");
  }
  const [id] = resources;
  const known = typeof id === "string" && id !== "";
  const target = known
    ? placements.find(({ resourceId }) => resourceId === id) ??
      placements.find(({ orchestrationId }) => orchestrationId === id)
    : undefined;
  return target ?? bad(`Unknown resource or orchestration id: ${String(id).slice(0, 64)}`);
}

async function moveAway(
  ctx: UseCaseContext,
  stored: PlanWithPlacements,
  { target, body }: { target: Placement; body: ChangePlanBody },
): Promise<PlanWithPlacements | Problem> {
  const { plan, placements } = stored;
  const excluded = [...body.excluded_hosts ?? []];
  const companions = companionsOf(plan.application, target.orchestrationId);
  const holdUntilMs = holdUntil(ctx);
  const decision = await decide(ctx, {
    stackId: plan.stackId,
    application: {
      ...plan.application,
      servers: plan.application.servers.filter(({ id }) => isPlaced(id, placements)),
    },
    directives: placements.map((placement): ServerDirective => {
      const { orchestrationId: serverId, location } = placement;
      const standing = standingOf(placement);
      if (serverId === target.orchestrationId) {
        return { serverId, stay: "free", standing, forbiddenHosts: [...excluded, location] };
      }
      if (companions.has(serverId)) return { serverId, stay: "should", standing, forbiddenHosts: excluded };
      return { serverId, stay: "must", standing };
    }),
    keepOrigin: true,
    holdUntilMs,
    nowMs: ctx.clock.nowMs(),
  }, { action: "migrate", timeoutMs: timeoutOf(body.timeout), targetId: target.orchestrationId });
  if (decision instanceof Problem) return decision;
  const changed = movedRows(decision.placements, { placements, holdUntilMs });
  const result = { plan: { ...plan, version: plan.version + 1 }, placements: replaced(placements, changed) };
  return await commit(ctx, decision, {
    write: async () => {
      if (await ctx.store.changePlacements(plan.id, plan.version, changed)) return result;
      throw new Unavailable("store", "The plan was changed by another process");
    },
    isWritten: async () =>
      (await ctx.store.planById(plan.id))?.plan.version === plan.version + 1 ? result : null,
  });
}

function isPlaced(id: string, placements: readonly Placement[]): boolean {
  return placements.some(({ orchestrationId }) => orchestrationId === id);
}

function movedRows(
  placed: readonly PlacedServer[],
  { placements, holdUntilMs }: { placements: readonly Placement[]; holdUntilMs: number | null },
): Placement[] {
  const hosts = new Map(placed.map(({ serverId, host, demand }) => [serverId, { host, demand }]));
  return placements.flatMap((placement): Placement[] => {
    const { host = placement.location, demand = placement.demand } = hosts.get(placement.orchestrationId) ??
      {};
    if (host === placement.location) return [];
    const left = placement.origin ?? placement.location;
    return [{
      ...placement,
      location: host,
      demand,
      reserved: false,
      origin: left === host ? null : left,
      holdExpiresAtMs: holdUntilMs,
    }];
  });
}

/** Rows with some of them exchanged for newer ones of the same id. */
export function replaced(placements: readonly Placement[], changed: readonly Placement[]): Placement[] {
  const newer = new Map(changed.map((placement) => [placement.id, placement]));
  return placements.map((placement) => newer.get(placement.id) ?? placement);
}

/** Servers that affinity rules tie to a server, directly or through others. */
function companionsOf(application: Application, serverId: string): ReadonlySet<string> {
  const below = serversBelow(application);
  const circles = application.assignments.filter(({ type }) => type === "affinity").map(({ id }) =>
    below.get(id)!
  );
  const found = new Set([serverId]);
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const circle of circles) {
      if (!circle.isDisjointFrom(found)) { for (const each of circle) found.add(each); }
    }
  }
  return found;
}
