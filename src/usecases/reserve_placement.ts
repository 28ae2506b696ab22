import type { PlacedServer, ServerDirective } from "../domain/placement_request.ts";
import type { Placement, PlanWithPlacements } from "../domain/plan.ts";
import { Unavailable } from "../ports/failures.ts";
import type { UseCaseContext } from "./context.ts";
import { commit, decide } from "./decide.ts";
import { holdUntil, isExpired, standingOf } from "./plan_rows.ts";
import { stackLock } from "./plans.ts";
import { Problem } from "./problem.ts";

export interface ReservePlacementBody {
  readonly action: "reserve" | "replan";
  /** Candidate hosts. */
  readonly locations: readonly string[];
  /** Nova's id; empty or absent keeps the stored one. */
  readonly resource_id?: string;
}

/**
 * Reserves a placement for the server that is about to start: where it is planned when that is a candidate, else on
 * a candidate found anew. A refusal changes nothing.
 */
export async function reservePlacement(
  ctx: UseCaseContext,
  { found, body }: { found: Placement; body: ReservePlacementBody },
): Promise<Placement | Problem> {
  const notFound = new Problem({ symbol: "placement_not_found" });
  const owner = await ctx.store.planById(found.planId);
  if (!owner) return notFound;
  return await ctx.locks.exclusive(stackLock(owner.plan.stackId), async () => {
    const stored = await ctx.store.planById(found.planId);
    const target = stored?.placements.find(({ id }) => id === found.id);
    if (!stored || !target) return notFound;
    const candidate = body.action === "reserve" && body.locations.includes(target.location);
    if (candidate && !isExpired(ctx, target)) return await reserve(ctx, stored, { target, body });
    if (candidate) {
      // The room may be gone; if it is not, the server stays where it was planned.
      const again = await replan(ctx, stored, { target, body: { ...body, locations: [target.location] } });
      if (!(again instanceof Problem)) return again;
    }
    return await replan(ctx, stored, { target, body });
  });
}

interface Reservation {
  readonly target: Placement;
  readonly body: ReservePlacementBody;
}

function reservedRow({ target, body }: Reservation): Placement {
  return {
    ...target,
    reserved: true,
    resourceId: body.resource_id || target.resourceId,
    origin: null,
    holdExpiresAtMs: null,
  };
}

async function reserve(
  ctx: UseCaseContext,
  { plan }: PlanWithPlacements,
  reservation: Reservation,
): Promise<Placement> {
  const row = reservedRow(reservation);
  if (!await ctx.store.changePlacements(plan.id, plan.version, [row])) throw changedElsewhere();
  ctx.optimizer.confirm([{ serverId: row.orchestrationId, resourceId: row.resourceId }]);
  return row;
}

function changedElsewhere(): Unavailable {
  return new Unavailable("store", "The plan was changed by another process");
}

async function replan(
  ctx: UseCaseContext,
  { plan, placements }: PlanWithPlacements,
  { target, body }: Reservation,
): Promise<Placement | Problem> {
  const decision = await decide(ctx, {
    stackId: plan.stackId,
    application: {
      ...plan.application,
      servers: plan.application.servers.filter(({ id }) =>
        placements.some(({ orchestrationId }) => orchestrationId === id)
      ),
    },
    directives: placements.map((placement): ServerDirective => {
      const { orchestrationId: serverId, reserved, resourceId } = placement;
      const standing = standingOf(placement);
      if (placement.id === target.id) {
        return { serverId, stay: "free", standing, allowedHosts: body.locations };
      }
      return { serverId, stay: reserved || resourceId !== null ? "must" : "should", standing };
    }),
    keepOrigin: false,
    holdUntilMs: holdUntil(ctx),
    nowMs: ctx.clock.nowMs(),
  }, { action: "replan", timeoutMs: null, targetId: target.orchestrationId });
  if (decision instanceof Problem) return decision;
  const changed = changedRows(decision.placements, placements, { target, body });
  const row = changed.find(({ id }) => id === target.id)!;
  const outcome = await commit(ctx, decision, {
    write: async () => {
      if (await ctx.store.changePlacements(plan.id, plan.version, changed)) return row;
      throw changedElsewhere();
    },
    isWritten: async () =>
      (await ctx.store.planById(plan.id))?.plan.version === plan.version + 1 ? row : null,
  });
  if (!(outcome instanceof Problem)) {
    ctx.optimizer.confirm([{ serverId: row.orchestrationId, resourceId: row.resourceId }]);
  }
  return outcome;
}

/** The target, reserved, and the other servers that moved. */
function changedRows(
  placed: readonly PlacedServer[],
  placements: readonly Placement[],
  reservation: Reservation,
): Placement[] {
  const decided = new Map(placed.map((server) => [server.serverId, server]));
  return placements.flatMap((placement): Placement[] => {
    const { host = placement.location, demand = placement.demand } = decided.get(placement.orchestrationId) ??
      {};
    const moved = {
      ...placement,
      location: host,
      demand,
      origin: placement.origin === host ? null : placement.origin,
    };
    if (placement.id === reservation.target.id) return [reservedRow({ ...reservation, target: moved })];
    return host === placement.location ? [] : [moved];
  });
}
