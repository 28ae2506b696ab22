import { isVisible } from "../domain/caller.ts";
import type { PlacementRequest, ServerDirective } from "../domain/placement_request.ts";
import type { Placement, Plan, PlanWithPlacements } from "../domain/plan.ts";
import type { Access } from "./access.ts";
import { digestOf } from "./canonical_json.ts";
import type { UseCaseContext } from "./context.ts";
import { decide, type Hosts } from "./decide.ts";
import { fallenBack, isInUse, type Moment, momentOf } from "./moment.ts";
import { rowsOf, standingOf } from "./plan_rows.ts";
import { idInUse, writePlan } from "./plan_writes.ts";
import { Problem } from "./problem.ts";
import type { JsonObject } from "./raw_resources.ts";
import { type ReadApplication, readApplication } from "./read_application.ts";
import { timeoutOf } from "./timeout.ts";
import { unchangedServers } from "./unchanged_servers.ts";
import { withResources } from "./with_resources.ts";

export interface CreatePlanBody {
  readonly plan_name: string;
  readonly stack_id: string;
  readonly resources: JsonObject;
  readonly locations?: readonly string[];
  readonly excluded_hosts?: readonly string[];
  readonly timeout?: string;
}

export interface RunOptions {
  /** Whether the answer is only asked for: nothing is stored, and nothing held. */
  readonly dryRun?: boolean;
}

/**
 * Plans a stack: decides hosts for all its servers and stores them. Null for a stack without servers. A repeated
 * request gets the stored plan; another one for the same stack replaces the plan, or leaves it when nothing fits.
 */
export async function createPlan(
  ctx: UseCaseContext,
  access: Access,
  body: CreatePlanBody,
  { dryRun = false }: RunOptions = {},
): Promise<PlanWithPlacements | null | Problem> {
  const read = await readApplication(ctx, access, body.resources);
  if (read instanceof Problem) return read;
  if (read.application.servers.length === 0) return null;
  const again = () => readApplication(ctx, access, body.resources);
  return await withResources(
    ctx,
    { stackId: body.stack_id, read, again },
    (current) => planStack(ctx, access, { body, read: current, dryRun }),
  );
}

interface Planning {
  readonly body: CreatePlanBody;
  readonly read: ReadApplication;
  readonly dryRun: boolean;
  readonly moment: Moment;
  /** Of the request's resources. */
  readonly digest: string;
}

async function planStack(
  ctx: UseCaseContext,
  access: Access,
  { body, read, dryRun }: Pick<Planning, "body" | "read" | "dryRun">,
): Promise<PlanWithPlacements | Problem> {
  const stored = await ctx.store.planByStack(body.stack_id);
  if (stored && !isVisible(stored.plan.tenantId, access.visibility)) return idInUse(body.stack_id);
  const planning: Planning = { body, read, dryRun, moment: momentOf(ctx), digest: digestOf(body.resources) };
  if (stored && isRepeated(ctx, stored, planning)) return stored;
  const taken = await takenElsewhere(ctx, read, stored);
  if (taken !== null) return idInUse(taken);
  if (!stored && await ctx.store.countPlans() >= ctx.limits.plans) {
    return new Problem({ symbol: "too_many_plans" });
  }
  const before = stored?.placements.map((placement) => fallenBack(placement, planning.moment)) ?? [];
  return await decide(ctx, requestOf(planning, { stored, before }), {
    action: "create",
    timeoutMs: timeoutOf(body.timeout),
    dryRun,
    wanted: read.application.servers.map(({ id }) => id),
    store: (hosts) => storeStack(ctx, access, { ...planning, stored, before, hosts }),
  });
}

/** What the optimizer would be asked for resources, in place of a stored plan if there is one. */
export function planningRequest(
  asking: Asking,
  stored: PlanWithPlacements | null,
): PlacementRequest {
  const before = stored?.placements.map((placement) => fallenBack(placement, asking.moment)) ?? [];
  return requestOf(asking, { stored, before });
}

/** What the optimizer is asked. */
function requestOf(planning: Asking, replacing: Replacing): PlacementRequest {
  const { body, read, moment } = planning;
  return {
    stackId: body.stack_id,
    application: read.application,
    directives: directivesOf(planning, replacing),
    keepOrigin: false,
    ...moment,
  };
}

/** Whether the stored plan answers the request as it is. */
function isRepeated(
  ctx: UseCaseContext,
  { plan, placements }: PlanWithPlacements,
  { body: { locations, excluded_hosts: excluded = [] }, read, digest }: Planning,
): boolean {
  if (plan.resourcesDigest !== digest || placements.length !== read.application.servers.length) return false;
  // A hold with an end begins anew with every contact, in the optimizer too.
  if (ctx.limits.holdMs > 0 && placements.some(({ reserved }) => !reserved)) return false;
  const allowed = locations?.length ? new Set(locations) : null;
  const forbidden = new Set(excluded);
  return placements.every(({ location }) => (allowed?.has(location) ?? true) && !forbidden.has(location));
}

/** The first orchestration id of the request that another plan than `stored` has. */
export async function takenElsewhere(
  { store }: UseCaseContext,
  { application: { servers } }: ReadApplication,
  stored: PlanWithPlacements | null,
): Promise<string | null> {
  const owners = await store.plansOfServers(servers.map(({ id }) => id));
  const isTaken = (owner: string | undefined) => owner !== undefined && owner !== stored?.plan.id;
  return servers.find(({ id }) => isTaken(owners.get(id)))?.id ?? null;
}

interface Asking extends Pick<Planning, "read" | "moment"> {
  readonly body: Pick<CreatePlanBody, "stack_id" | "locations" | "excluded_hosts">;
}

interface Replacing {
  readonly stored: PlanWithPlacements | null;
  /** The stored placements as they are at the moment. */
  readonly before: readonly Placement[];
}

/**
 * Servers in use that ask for the same as before stay where they are if they may be there; others that may stay do so
 * unless nothing fits then. The array of allowed hosts is one for all servers.
 */
function directivesOf(
  { body: { locations, excluded_hosts: excluded }, read, moment }: Asking,
  { stored, before }: Replacing,
): ServerDirective[] {
  const allowedHosts = locations?.length ? locations : null;
  const limits = {
    ...(allowedHosts ? { allowedHosts } : {}),
    ...(excluded?.length ? { forbiddenHosts: excluded } : {}),
  };
  const isLimited = Object.keys(limits).length > 0;
  const [allowed, forbidden] = [new Set(allowedHosts), new Set(excluded)];
  const standing = new Map(before.map((placement) => [placement.orchestrationId, placement]));
  const unchanged = stored ? unchangedServers(stored.plan.application, read.application) : new Set();
  return read.application.servers.flatMap(({ id: serverId }): ServerDirective[] => {
    const placement = standing.get(serverId);
    if (!placement) return isLimited ? [{ serverId, stay: "free", ...limits }] : [];
    const { location } = placement;
    const fits = (!allowedHosts || allowed.has(location)) && !forbidden.has(location);
    const pinned = isInUse(placement, moment) && unchanged.has(serverId);
    const stay = !fits ? "free" : pinned ? "must" : "should";
    return [{ serverId, stay, standing: standingOf(placement, moment), ...limits }];
  });
}

async function storeStack(
  ctx: UseCaseContext,
  access: Access,
  { body, read, dryRun, moment, digest, stored, before, hosts }: Planning & Replacing & { hosts: Hosts },
): Promise<PlanWithPlacements | Problem> {
  const plan: Plan = {
    id: stored?.plan.id ?? ctx.ids.uuid(),
    stackId: body.stack_id,
    name: body.plan_name,
    tenantId: stored ? stored.plan.tenantId : access.caller.projectId,
    application: read.application,
    resourcesDigest: digest,
    createdAtMs: stored?.plan.createdAtMs ?? moment.nowMs,
    version: (stored?.plan.version ?? 0) + 1,
  };
  // Who planned a server anew reserves its new host anew.
  const kept = before.map((placement) => {
    const stays = hosts.get(placement.orchestrationId)?.host === placement.location;
    return stays ? placement : { ...placement, reserved: false };
  });
  const placements = rowsOf(ctx, { plan, read, hosts, before: kept, moment });
  return dryRun
    ? { plan, placements }
    : await writePlan(ctx, { plan, placements }, { replaces: stored !== null });
}
