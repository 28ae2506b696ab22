import type { ServerDirective } from "../domain/placement_request.ts";
import type { Placement, PlanWithPlacements } from "../domain/plan.ts";
import { OutcomeUnknown } from "../ports/failures.ts";
import type { UseCaseContext } from "./context.ts";
import { decide, type Hosts } from "./decide.ts";
import { stackLock } from "./lock_keys.ts";
import { expiresSoon, fallenBack, isInUse, type Moment, momentOf, renewed } from "./moment.ts";
import { confirmedOf, placedApplication, placedAt, standingOf } from "./plan_rows.ts";
import { changedRows, writeRows } from "./plan_writes.ts";
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
    if (!stored?.placements.some(({ id }) => id === found.id)) return notFound;
    const outcome = await reserveIn(ctx, stored, { targetId: found.id, body, moment: momentOf(ctx) });
    return outcome instanceof Problem ? outcome : outcome.placements.find(({ id }) => id === found.id)!;
  });
}

interface Reservation {
  readonly targetId: string;
  readonly body: ReservePlacementBody;
  readonly moment: Moment;
}

async function reserveIn(
  ctx: UseCaseContext,
  stored: PlanWithPlacements,
  reservation: Reservation,
): Promise<PlanWithPlacements | Problem> {
  const { targetId, body, moment } = reservation;
  const row = stored.placements.find(({ id }) => id === targetId)!;
  const { location } = fallenBack(row, moment);
  if (body.action === "replan" || !body.locations.includes(location)) {
    return await replan(ctx, stored, reservation);
  }
  if (!expiresSoon(row, moment)) {
    return await confirming(ctx, stored, reservedRow(row, body));
  }
  // The room may be somebody else's by now; if it is not, the server stays where it was planned.
  const again = await replan(ctx, stored, { ...reservation, body: { ...body, locations: [location] } });
  const refused = again instanceof Problem && again.detail.symbol === "optimizer_refused";
  return refused && body.locations.length > 1 ? await replan(ctx, stored, reservation) : again;
}

/** Stores a reserved row. What may be stored is held without an end, like all that is reserved. */
async function confirming(
  ctx: UseCaseContext,
  stored: PlanWithPlacements,
  reserved: Placement,
): Promise<PlanWithPlacements> {
  const confirm = () => ctx.optimizer.confirm(confirmedOf([reserved]));
  try {
    const written = await writeRows(ctx, stored, changedRows(stored.placements, [reserved]));
    confirm();
    return written;
  } catch (error) {
    if (error instanceof OutcomeUnknown) confirm();
    throw error;
  }
}

function reservedRow(placement: Placement, { resource_id }: ReservePlacementBody): Placement {
  return {
    ...placement,
    reserved: true,
    resourceId: resource_id || placement.resourceId,
    origin: null,
    holdExpiresAtMs: null,
  };
}

/** Plans the target anew on its candidates; servers in use stay, the others may move with it. */
async function replan(
  ctx: UseCaseContext,
  stored: PlanWithPlacements,
  { targetId, body, moment }: Reservation,
): Promise<PlanWithPlacements | Problem> {
  const before = stored.placements.map((placement) => fallenBack(placement, moment));
  const target = before.find(({ id }) => id === targetId)!;
  const store = (hosts: Hosts) => {
    const after = before.map((placement) => {
      const placed = hosts.get(placement.orchestrationId);
      const row = placed ? placedAt(placement, placed) : placement;
      return row.id === targetId ? reservedRow(row, body) : renewed(row, moment);
    });
    return writeRows(ctx, stored, changedRows(stored.placements, after));
  };
  return await decide(ctx, {
    stackId: stored.plan.stackId,
    application: placedApplication(stored),
    directives: before.map((placement): ServerDirective => {
      const serverId = placement.orchestrationId;
      const standing = standingOf(placement, moment);
      if (placement === target) return { serverId, stay: "free", standing, allowedHosts: body.locations };
      return { serverId, stay: isInUse(placement, moment) ? "must" : "should", standing };
    }),
    keepOrigin: false,
    ...moment,
  }, {
    action: "replan",
    timeoutMs: null,
    dryRun: false,
    wanted: [target.orchestrationId],
    reserved: confirmedOf([reservedRow(target, body)]),
    store,
  });
}
