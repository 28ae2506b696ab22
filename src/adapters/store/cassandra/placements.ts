import { isVisible, type Visibility } from "../../../domain/caller.ts";
import type { Placement, PlanWithPlacements } from "../../../domain/plan.ts";
import type { PlacementQuery } from "../../../ports/store.ts";
import { isOlder } from "./lists.ts";
import type { PlanTable } from "./plans.ts";

/** Pages of placements, oldest first. */
export async function* placementPages(
  plans: PlanTable,
  query: PlacementQuery,
  pageSize: number,
): AsyncGenerator<readonly Placement[]> {
  const asked = planQuestion(query);
  const rows = asked === null ? allByAge(plans, query.visibility) : someByAge(await asked(plans), query);
  let page: Placement[] = [];
  for await (const row of rows) {
    page.push(row);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** How to find the few plans that can hold what is asked for; null when all can. */
function planQuestion(
  { id, orchestrationId, planId, resourceId }: PlacementQuery,
): ((plans: PlanTable) => Promise<readonly (PlanWithPlacements | null)[]>) | null {
  if (planId !== undefined) return async (plans) => [await plans.byId(planId)];
  if (id !== undefined) return async (plans) => [await plans.byPlacement(id)];
  if (orchestrationId !== undefined) return async (plans) => [await plans.byServer(orchestrationId)];
  if (resourceId === undefined) return null;
  return async (plans) =>
    Promise.all((await plans.plansOfResource(resourceId)).map((each) => plans.byId(each)));
}

function someByAge(
  plans: readonly (PlanWithPlacements | null)[],
  { visibility, id, orchestrationId, resourceId, planId }: PlacementQuery,
): readonly Placement[] {
  const matches = (row: Placement) =>
    (id === undefined || row.id === id) &&
    (orchestrationId === undefined || row.orchestrationId === orchestrationId) &&
    (resourceId === undefined || row.resourceId === resourceId) &&
    (planId === undefined || row.planId === planId) && isVisible(row.tenantId, visibility);
  return plans.flatMap((plan) => plan?.placements.filter(matches) ?? []).sort(byAge);
}

/**
 * All visible placements. Plans come oldest first, and no placement is older than its plan: so those that are older
 * than the next plan can go, and only those that came to their plan later have to wait.
 */
async function* allByAge(plans: PlanTable, visibility: Visibility): AsyncGenerator<Placement> {
  let waiting: Placement[] = [];
  for await (const page of plans.pages(visibility)) {
    const newest = page.at(-1)!.plan.createdAtMs;
    waiting = [...waiting, ...page.flatMap(({ placements }) => placements)].sort(byAge);
    // Those of the same moment wait for what else may come of it.
    const due = waiting.findIndex(({ createdAtMs }) => createdAtMs >= newest);
    yield* due === -1 ? waiting : waiting.slice(0, due);
    waiting = due === -1 ? [] : waiting.slice(due);
  }
  yield* waiting;
}

function byAge(one: Placement, other: Placement): number {
  return isOlder(ageOf(one), ageOf(other)) ? -1 : 1;
}

function ageOf({ createdAtMs, id }: Placement) {
  return { createdAt: createdAtMs, id };
}
