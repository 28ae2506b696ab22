import type { Group } from "../domain/group.ts";
import type { Placement, PlanWithPlacements } from "../domain/plan.ts";

export function presentGroup({ id, name, description, type, level, members }: Group): object {
  return { id, name, description, type, level, members };
}

export function presentPlan({ plan, placements }: PlanWithPlacements): object {
  return {
    id: plan.id,
    stack_id: plan.stackId,
    name: plan.name,
    placements: Object.fromEntries(
      placements.map(({ orchestrationId, name, location }) => [orchestrationId, { name, location }]),
    ),
  };
}

export function presentPlacement(placement: Placement): object {
  return {
    id: placement.id,
    name: placement.name,
    orchestration_id: placement.orchestrationId,
    resource_id: placement.resourceId,
    location: placement.location,
    reserved: placement.reserved,
    plan_id: placement.planId,
    metadata: placement.metadata,
  };
}

/** Pages of domain objects as pages of wire objects. */
export async function* presentPages<T>(
  pages: AsyncIterable<readonly T[]>,
  present: (item: T) => object,
): AsyncIterable<readonly object[]> {
  for await (const page of pages) yield page.map(present);
}
