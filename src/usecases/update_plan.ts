import type { ServerDirective } from "../domain/placement_request.ts";
import type { Plan, PlanWithPlacements } from "../domain/plan.ts";
import type { Access } from "./access.ts";
import { digestOf } from "./canonical_json.ts";
import type { UseCaseContext } from "./context.ts";
import { storePlan, withGroups } from "./create_plan.ts";
import { decide } from "./decide.ts";
import { holdUntil, isExpired, standingOf } from "./plan_rows.ts";
import { stackLock } from "./plans.ts";
import { Problem } from "./problem.ts";
import { isObject, type JsonObject } from "./raw_resources.ts";
import { type ReadApplication, readApplication } from "./read_application.ts";
import { timeoutOf } from "./timeout.ts";
import { unchangedServers } from "./unchanged_servers.ts";

export interface ChangePlanBody {
  readonly action: "migrate" | "update";
  readonly resources: unknown;
  readonly original_resources?: JsonObject;
  readonly excluded_hosts?: readonly string[];
  readonly plan_name?: string;
  readonly timeout?: string;
}

/**
 * Brings a plan to a new set of resources: servers that ask for the same as before stay if at all possible, servers
 * that are gone give their room back. Without a server in the new set the plan is left as it is.
 */
export async function updatePlan(
  ctx: UseCaseContext,
  access: Access,
  { found, body }: { found: PlanWithPlacements; body: ChangePlanBody },
): Promise<PlanWithPlacements | Problem> {
  const { resources, original_resources: original } = body;
  if (!isObject(resources)) {
    return new Problem({ symbol: "bad_request", explanation: "resources must be a dictionary." });
  }
  const before = original ? await readApplication(ctx, access, original) : null;
  if (before instanceof Problem) return before;
  const read = await readApplication(ctx, access, resources);
  if (read instanceof Problem) return read;
  if (read.application.servers.length === 0) return found;
  return await ctx.locks.exclusive(
    stackLock(found.plan.stackId),
    () =>
      withGroups(ctx, { access, resources, read }, async (current) => {
        const stored = await ctx.store.planById(found.plan.id);
        if (!stored) return new Problem({ symbol: "plan_not_found" });
        return await bringTo(ctx, stored, { read: current, body, digest: digestOf(resources) });
      }),
  );
}

async function bringTo(
  ctx: UseCaseContext,
  stored: PlanWithPlacements,
  { read, body, digest }: { read: ReadApplication; body: ChangePlanBody; digest: string },
): Promise<PlanWithPlacements | Problem> {
  const owners = await ctx.store.plansOfServers(read.application.servers.map(({ id }) => id));
  const taken = read.application.servers.find(({ id }) =>
    owners.has(id) && owners.get(id) !== stored.plan.id
  );
  if (taken) return new Problem({ symbol: "id_in_use", id: taken.id });
  const decision = await decide(ctx, {
    stackId: stored.plan.stackId,
    application: read.application,
    directives: directivesOf(ctx, stored, read),
    keepOrigin: false,
    holdUntilMs: holdUntil(ctx),
    nowMs: ctx.clock.nowMs(),
  }, { action: "update", timeoutMs: timeoutOf(body.timeout), targetId: null });
  if (decision instanceof Problem) return decision;
  const plan: Plan = {
    ...stored.plan,
    application: read.application,
    resourcesDigest: digest,
    version: stored.plan.version + 1,
  };
  return await storePlan(ctx, decision, { plan, read, stored });
}

function directivesOf(
  ctx: UseCaseContext,
  { plan, placements }: PlanWithPlacements,
  read: ReadApplication,
): ServerDirective[] {
  const unchanged = unchangedServers(plan.application, read.application);
  return placements.map((placement): ServerDirective => {
    const { orchestrationId: serverId, reserved, resourceId } = placement;
    const inUse = reserved || resourceId !== null;
    const stay = inUse && unchanged.has(serverId) && !isExpired(ctx, placement) ? "must" : "should";
    return { serverId, stay, standing: standingOf(placement) };
  });
}
