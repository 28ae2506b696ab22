import { companionsOf } from "../domain/memberships.ts";
import type { ServerDirective } from "../domain/placement_request.ts";
import type { Placement, PlanWithPlacements } from "../domain/plan.ts";
import type { Access } from "./access.ts";
import type { UseCaseContext } from "./context.ts";
import { decide, type Hosts } from "./decide.ts";
import { stackLock } from "./lock_keys.ts";
import { fallenBack, hasExpired, type Moment, momentOf, renewed } from "./moment.ts";
import { placedApplication, placedAt, standingOf } from "./plan_rows.ts";
import { changedRows, writeRows } from "./plan_writes.ts";
import { Problem } from "./problem.ts";
import { echo } from "./raw_resources.ts";
import { timeoutOf } from "./timeout.ts";
import type { ChangePlanBody, ChangePlanInput } from "./update_plan.ts";

/**
 * Moves one server of a plan away from its host. Servers that affinity keeps with it may move along, all others stay.
 * What moves is no longer reserved, and its old host is held until the new one is.
 */
export function migratePlan(
  ctx: UseCaseContext,
  _access: Access,
  { found, body, dryRun = false }: ChangePlanInput,
): Promise<PlanWithPlacements | Problem> {
  return ctx.locks.exclusive(stackLock(found.plan.stackId), async () => {
    const stored = await ctx.store.planById(found.plan.id);
    if (!stored) return new Problem({ symbol: "plan_not_found" });
    const target = targetOf(body.resources, stored.placements);
    return target instanceof Problem ? target : await moveAway(ctx, stored, { target, body, dryRun });
  });
}

function targetOf(resources: unknown, placements: readonly Placement[]): Placement | Problem {
  const bad = (explanation: string) => new Problem({ symbol: "bad_request", explanation });
  if (!Array.isArray(resources) || resources.length !== 1) {
    return bad("resources must be a list of length 1.");
  }
  const id: unknown = resources[0];
  const target = placements.find(({ resourceId }) => resourceId !== null && resourceId === id) ??
    placements.find(({ orchestrationId }) => orchestrationId === id);
  return target ?? bad(`Unknown resource or orchestration id: ${echo(id)}`);
}

async function moveAway(
  ctx: UseCaseContext,
  stored: PlanWithPlacements,
  { target, body, dryRun }: { target: Placement; body: ChangePlanBody; dryRun: boolean },
): Promise<PlanWithPlacements | Problem> {
  const moment = momentOf(ctx);
  const before = stored.placements.map((placement) => fallenBack(placement, moment));
  const companions = new Set(companionsOf(stored.plan.application)(target.orchestrationId));
  return await decide(ctx, {
    stackId: stored.plan.stackId,
    application: placedApplication(stored),
    directives: directivesOf(before, { target, companions, moment, excluded: body.excluded_hosts ?? [] }),
    keepOrigin: true,
    ...moment,
  }, {
    action: "migrate",
    timeoutMs: timeoutOf(body.timeout),
    dryRun,
    wanted: [target.orchestrationId],
    store: async (hosts) => {
      const after = before.map((placement) => renewed(moved(placement, hosts), moment));
      return dryRun
        ? { ...stored, placements: after }
        : await writeRows(ctx, stored, changedRows(stored.placements, after));
    },
  });
}

interface Moving {
  readonly target: Placement;
  /** Servers that may move along. */
  readonly companions: ReadonlySet<string>;
  readonly moment: Moment;
  readonly excluded: readonly string[];
}

function directivesOf(
  before: readonly Placement[],
  { target, companions, moment, excluded }: Moving,
): ServerDirective[] {
  return before.map((placement): ServerDirective => {
    const { orchestrationId: serverId, location } = placement;
    const standing = standingOf(placement, moment);
    if (placement.id === target.id) {
      return { serverId, stay: "free", standing, forbiddenHosts: [...excluded, location] };
    }
    if (companions.has(serverId)) return { serverId, stay: "should", standing, forbiddenHosts: excluded };
    // The room of a hold that has ended may be taken: then the server is planned anew.
    return { serverId, stay: hasExpired(placement, moment) ? "should" : "must", standing };
  });
}

/** The row at its decided host, if there is one. */
function moved(placement: Placement, hosts: Hosts): Placement {
  const placed = hosts.get(placement.orchestrationId);
  if (!placed || placed.host === placement.location) return placement;
  return { ...placedAt(placement, placed), reserved: false };
}
