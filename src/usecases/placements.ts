import { isVisible } from "../domain/caller.ts";
import type { Placement } from "../domain/plan.ts";
import type { PlacementQuery } from "../ports/store.ts";
import type { Access } from "./access.ts";
import { canonicalJson } from "./canonical_json.ts";
import type { UseCaseContext } from "./context.ts";
import { serverLock, stackLock } from "./lock_keys.ts";
import { Problem } from "./problem.ts";
import { surely } from "./surely.ts";

/** A placement by its id, else by its orchestration id. */
export async function findPlacement(
  ctx: UseCaseContext,
  access: Access,
  id: string,
): Promise<Placement | Problem> {
  const found = await ctx.store.placementById(id) ?? await ctx.store.placementByOrchestrationId(id);
  const visible = found && isVisible(found.tenantId, access.visibility);
  return visible ? found : new Problem({ symbol: "placement_not_found" });
}

/** Removes a placement from its plan, then gives back what it held. */
export async function deletePlacement(
  { store, locks, optimizer }: UseCaseContext,
  found: Placement,
): Promise<void | Problem> {
  const notFound = new Problem({ symbol: "placement_not_found" });
  const owner = await store.planById(found.planId);
  if (!owner) return notFound;
  const exclusive = [stackLock(owner.plan.stackId), serverLock(found.orchestrationId)];
  return await locks.all({ exclusive }, async () => {
    const removed = await surely(
      () => store.deletePlacement(found.id),
      async () => await store.placementById(found.id) ? null : found,
    );
    if (!removed) return notFound;
    optimizer.release([removed.orchestrationId]);
  });
}

/** Fields of a placement by their wire names; all but `reserved` are texts. */
const FIELDS = new Map<string, (placement: Placement) => string | boolean | null>([
  ["id", ({ id }) => id],
  ["orchestration_id", ({ orchestrationId }) => orchestrationId],
  ["plan_id", ({ planId }) => planId],
  ["resource_id", ({ resourceId }) => resourceId],
  ["location", ({ location }) => location],
  ["name", ({ name }) => name],
  ["reserved", ({ reserved }) => reserved],
]);

/**
 * Pages of the visible placements that match every parameter. A field is compared as text, `reserved` with `true` or
 * `false`, any other key with the placement's metadata, its value read as JSON where it is JSON.
 */
export async function* searchPlacements(
  ctx: UseCaseContext,
  access: Access,
  query: readonly (readonly [string, string])[],
): AsyncIterable<readonly Placement[]> {
  const wanted = new Map(query);
  if (wanted.size < query.length) return;
  const filter: PlacementQuery = {
    visibility: access.visibility,
    ...indexed(wanted, "id", "id"),
    ...indexed(wanted, "orchestration_id", "orchestrationId"),
    ...indexed(wanted, "resource_id", "resourceId"),
    ...indexed(wanted, "plan_id", "planId"),
  };
  for await (const page of ctx.store.placements(filter)) {
    const matching = page.filter((placement) => query.every((parameter) => matches(placement, parameter)));
    if (matching.length > 0) yield matching;
  }
}

function indexed(wanted: ReadonlyMap<string, string>, key: string, field: string): Partial<PlacementQuery> {
  const value = wanted.get(key);
  return value === undefined ? {} : { [field]: value };
}

function matches(placement: Placement, [key, value]: readonly [string, string]): boolean {
  const field = FIELDS.get(key);
  if (field) {
    const actual = field(placement);
    return typeof actual === "boolean" ? String(actual) === value : actual === value;
  }
  if (!Object.hasOwn(placement.metadata, key)) return false;
  const actual = placement.metadata[key];
  return actual === value || canonicalJson(actual) === canonicalJson(decoded(value));
}

function decoded(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
