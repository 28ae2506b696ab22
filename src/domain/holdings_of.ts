import type { Holding } from "./holding.ts";
import { membershipsOf } from "./memberships.ts";
import { pipeEndsOf } from "./pipe_ends.ts";
import type { Placement, PlanWithPlacements } from "./plan.ts";

/**
 * What a stored plan holds at `nowMs`. An unreserved placement whose hold has ended holds nothing; one that was
 * migrating holds its old host again.
 */
export function holdingsOf({ plan, placements }: PlanWithPlacements, nowMs: number): Holding[] {
  const memberships = membershipsOf(plan.application);
  const pipes = pipeEndsOf(plan.application);
  const flavors = new Map(plan.application.servers.map(({ id, flavor }) => [id, flavor]));
  return placements.flatMap((placement) => {
    const groups = memberships.get(placement.orchestrationId) ?? [];
    const flavor = flavors.get(placement.orchestrationId);
    const held = holdingOf(placement, { stackId: plan.stackId, groups, flavor });
    const ends = pipes.get(placement.orchestrationId);
    const holding = ends ? { ...held, pipes: ends } : held;
    return isOver(placement, nowMs) ? fallback(holding) : [holding];
  });
}

function holdingOf(
  placement: Placement,
  { stackId, groups, flavor }: Pick<Holding, "stackId" | "groups" | "flavor">,
): Holding {
  return {
    serverId: placement.orchestrationId,
    stackId,
    resourceId: placement.resourceId,
    host: placement.location,
    origin: placement.origin,
    demand: placement.demand,
    flavor,
    groups,
    expiresAtMs: placement.reserved ? null : placement.holdExpiresAtMs,
  };
}

function isOver({ reserved, holdExpiresAtMs }: Placement, nowMs: number): boolean {
  return !reserved && holdExpiresAtMs !== null && holdExpiresAtMs <= nowMs;
}

function fallback(holding: Holding): Holding[] {
  if (holding.origin === null) return [];
  return [{ ...holding, host: holding.origin, origin: null, expiresAtMs: null }];
}
