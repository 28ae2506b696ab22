import { isVisible } from "../domain/caller.ts";
import type { ServerDirective } from "../domain/placement_request.ts";
import type { Placement, Plan, PlanWithPlacements } from "../domain/plan.ts";
import { Unavailable } from "../ports/failures.ts";
import type { Access } from "./access.ts";
import { digestOf } from "./canonical_json.ts";
import type { UseCaseContext } from "./context.ts";
import { commit, decide, type Placed } from "./decide.ts";
import { groupLock } from "./members.ts";
import { holdUntil, isExpired, rowsOf, standingOf } from "./plan_rows.ts";
import { stackLock } from "./plans.ts";
import { Problem } from "./problem.ts";
import type { JsonObject } from "./raw_resources.ts";
import { type ReadApplication, readApplication } from "./read_application.ts";
import { timeoutOf } from "./timeout.ts";
import { unchangedServers } from "./unchanged_servers.ts";

export interface CreatePlanBody {
  readonly plan_name: string;
  readonly stack_id: string;
  readonly resources: JsonObject;
  readonly locations?: readonly string[];
  readonly timeout?: string;
}

/**
 * Plans a stack: decides hosts for all its servers and stores them. Null for a stack without servers. A repeated
 * request gets the stored plan; another one for the same stack replaces the plan, or leaves it when nothing fits.
 */
export async function createPlan(
  ctx: UseCaseContext,
  access: Access,
  body: CreatePlanBody,
): Promise<PlanWithPlacements | null | Problem> {
  const read = await readApplication(ctx, access, body.resources);
  if (read instanceof Problem) return read;
  if (read.application.servers.length === 0) return null;
  return await ctx.locks.exclusive(
    stackLock(body.stack_id),
    () =>
      withGroups(
        ctx,
        { access, resources: body.resources, read },
        (current) => planStack(ctx, access, { body, read: current }),
      ),
  );
}

/** Runs `work` while the members of the application's groups stay as they are. */
export async function withGroups<T>(
  ctx: UseCaseContext,
  { access, resources, read }: { access: Access; resources: JsonObject; read: ReadApplication },
  work: (read: ReadApplication) => Promise<T>,
): Promise<T | Problem> {
  const enter = async ([id, ...rest]: readonly string[]): Promise<T | Problem> => {
    if (id !== undefined) return await ctx.locks.shared(groupLock(id), () => enter(rest));
    if (read.groupIds.length === 0) return await work(read);
    // The groups may have changed before the locks were taken.
    const current = await readApplication(ctx, access, resources);
    return current instanceof Problem ? current : await work(current);
  };
  return await enter(read.groupIds);
}

interface Planning {
  readonly body: CreatePlanBody;
  readonly read: ReadApplication;
}

async function planStack(
  ctx: UseCaseContext,
  access: Access,
  { body, read }: Planning,
): Promise<PlanWithPlacements | Problem> {
  const stored = await ctx.store.planByStack(body.stack_id);
  if (stored && !isVisible(stored.plan.tenantId, access.visibility)) return idInUse(body.stack_id);
  const digest = digestOf(body.resources);
  if (stored && isRepeated(ctx, stored, { body, read, digest })) return stored;
  const taken = await takenElsewhere(ctx, read, stored);
  if (taken !== null) return idInUse(taken);
  if (!stored && await ctx.store.countPlans() >= ctx.limits.plans) {
    return new Problem({ symbol: "too_many_plans" });
  }
  const decision = await decide(ctx, {
    stackId: body.stack_id,
    application: read.application,
    directives: directivesOf(ctx, { body, read, stored }),
    keepOrigin: false,
    holdUntilMs: holdUntil(ctx),
    nowMs: ctx.clock.nowMs(),
  }, { action: "create", timeoutMs: timeoutOf(body.timeout), targetId: null });
  if (decision instanceof Problem) return decision;
  return await storePlan(ctx, decision, {
    plan: planOf(ctx, access, { body, read, digest, stored }),
    read,
    stored,
  });
}

function idInUse(id: string): Problem {
  return new Problem({ symbol: "id_in_use", id });
}

/** Whether the stored plan answers the request as it is. */
function isRepeated(
  ctx: UseCaseContext,
  { plan, placements }: PlanWithPlacements,
  { body, read, digest }: Planning & { digest: string },
): boolean {
  if (plan.resourcesDigest !== digest || placements.length !== read.application.servers.length) return false;
  // A hold with an end begins anew with every contact.
  if (ctx.limits.holdMs > 0 && placements.some(({ reserved }) => !reserved)) return false;
  return !body.locations?.length || placements.every(({ location }) => body.locations!.includes(location));
}

/** An orchestration id of the request that another plan has. */
async function takenElsewhere(
  ctx: UseCaseContext,
  { application }: ReadApplication,
  stored: PlanWithPlacements | null,
): Promise<string | null> {
  const owners = await ctx.store.plansOfServers(application.servers.map(({ id }) => id));
  return application.servers.find(({ id }) => owners.has(id) && owners.get(id) !== stored?.plan.id)?.id ??
    null;
}

function directivesOf(
  ctx: UseCaseContext,
  { body, read, stored }: Planning & { stored: PlanWithPlacements | null },
): ServerDirective[] {
  const allowedHosts = body.locations?.length ? body.locations : undefined;
  const before = new Map(stored?.placements.map((placement) => [placement.orchestrationId, placement]));
  const unchanged = stored ? unchangedServers(stored.plan.application, read.application) : new Set();
  const allowed = allowedHosts && new Set(allowedHosts);
  return read.application.servers.flatMap(({ id: serverId }): ServerDirective[] => {
    const placement = before.get(serverId);
    if (!placement) return allowedHosts ? [{ serverId, stay: "free", allowedHosts }] : [];
    const inUse = placement.reserved || placement.resourceId !== null;
    const fits = !allowed || allowed.has(placement.location);
    const stay = inUse && fits && unchanged.has(serverId) && !isExpired(ctx, placement) ? "must" : "should";
    return [{ serverId, stay, standing: standingOf(placement), ...(allowedHosts ? { allowedHosts } : {}) }];
  });
}

function planOf(
  ctx: UseCaseContext,
  access: Access,
  { body, read, digest, stored }: Planning & { digest: string; stored: PlanWithPlacements | null },
): Plan {
  return {
    id: stored?.plan.id ?? ctx.ids.uuid(),
    stackId: body.stack_id,
    name: body.plan_name,
    tenantId: stored ? stored.plan.tenantId : access.caller.projectId,
    application: read.application,
    resourcesDigest: digest,
    createdAtMs: stored?.plan.createdAtMs ?? ctx.clock.nowMs(),
    version: (stored?.plan.version ?? 0) + 1,
  };
}

/** Stores a decided plan in place of the one before it; also what an update does. */
export async function storePlan(
  ctx: UseCaseContext,
  decision: Placed,
  { plan, read, stored }: { plan: Plan; read: ReadApplication; stored: PlanWithPlacements | null },
): Promise<PlanWithPlacements | Problem> {
  const placements: Placement[] = rowsOf(ctx, decision.placements, {
    plan,
    read,
    stored: stored?.placements ?? [],
  });
  const write = async () => {
    const outcome = stored
      ? await ctx.store.replacePlan(plan, placements)
      : await ctx.store.createPlan(plan, placements);
    if (outcome === "changed") throw new Unavailable("store", "The plan was changed by another process");
    return typeof outcome === "string" ? { plan, placements } : idInUse(outcome.takenId);
  };
  const isWritten = async () => {
    const found = await ctx.store.planById(plan.id);
    return found?.plan.version === plan.version ? found : null;
  };
  return await commit(ctx, decision, { write, isWritten });
}
