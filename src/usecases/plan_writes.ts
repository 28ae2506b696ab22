import type { Placement, PlanWithPlacements } from "../domain/plan.ts";
import { Unavailable } from "../ports/failures.ts";
import { canonicalJson } from "./canonical_json.ts";
import type { UseCaseContext } from "./context.ts";
import { Problem } from "./problem.ts";
import { surely } from "./surely.ts";

export function idInUse(id: string): Problem {
  return new Problem({ symbol: "id_in_use", id });
}

/** Stores a plan, in place of the one before it when there is one. */
export async function writePlan(
  { store }: UseCaseContext,
  next: PlanWithPlacements,
  { replaces }: { replaces: boolean },
): Promise<PlanWithPlacements | Problem> {
  const { plan, placements } = next;
  const outcome = await surely(
    async () =>
      replaces ? await store.replacePlan(plan, placements) : await store.createPlan(plan, placements),
    async () => isStored(next, await store.planById(plan.id)) ? "replaced" : null,
  );
  if (outcome === "changed") throw changedElsewhere();
  return typeof outcome === "string" ? next : idInUse(outcome.takenId);
}

/** Stores some rows of a plan; the plan as it is then. */
export async function writeRows(
  ctx: UseCaseContext,
  stored: PlanWithPlacements,
  rows: readonly Placement[],
): Promise<PlanWithPlacements> {
  if (rows.length === 0) return stored;
  const { plan: { id, version } } = stored;
  const next = withRows(stored, rows);
  const written = await surely(
    () => ctx.store.changePlacements(id, version, rows),
    async () => isStored(next, await ctx.store.planById(id)) || null,
  );
  if (!written) throw changedElsewhere();
  return next;
}

/** Stores rows of several plans, all or none; the plans as they are then. */
export async function writeRowsOfPlans(
  { store }: UseCaseContext,
  changes: readonly { readonly stored: PlanWithPlacements; readonly rows: readonly Placement[] }[],
): Promise<PlanWithPlacements[]> {
  const next = changes.map(({ stored, rows }) => withRows(stored, rows));
  const written = await surely(
    () =>
      store.changePlacementsOfPlans(
        changes.map(({ stored: { plan: { id, version } }, rows }) => ({
          planId: id,
          version,
          placements: rows,
        })),
      ),
    async () => {
      for (const plan of next) if (!isStored(plan, await store.planById(plan.plan.id))) return null;
      return true;
    },
  );
  if (!written) throw changedElsewhere();
  return next;
}

function withRows({ plan, placements }: PlanWithPlacements, rows: readonly Placement[]): PlanWithPlacements {
  const newer = new Map(rows.map((row) => [row.id, row]));
  return {
    plan: { ...plan, version: plan.version + 1 },
    placements: placements.map((placement) => newer.get(placement.id) ?? placement),
  };
}

/** Those of `after` that differ from the rows of the same id in `before`. */
export function changedRows(before: readonly Placement[], after: readonly Placement[]): Placement[] {
  const known = new Map(before.map((placement) => [placement.id, canonicalJson(placement)]));
  return after.filter((placement) => known.get(placement.id) !== canonicalJson(placement));
}

function isStored({ plan, placements }: PlanWithPlacements, stored: PlanWithPlacements | null): boolean {
  return stored?.plan.version === plan.version && stored.plan.resourcesDigest === plan.resourcesDigest &&
    stored.placements.length === placements.length &&
    changedRows(stored.placements, placements).length === 0;
}

function changedElsewhere(): Unavailable {
  return new Unavailable("store", "The plan was changed by another process");
}
