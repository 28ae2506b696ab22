import type { ServerDirective } from "../domain/placement_request.ts";
import type { Placement, Plan, PlanWithPlacements } from "../domain/plan.ts";
import type { Access } from "./access.ts";
import { digestOf } from "./canonical_json.ts";
import type { UseCaseContext } from "./context.ts";
import { type RunOptions, takenElsewhere } from "./create_plan.ts";
import { decide } from "./decide.ts";
import { fallenBack, isInUse, type Moment, momentOf } from "./moment.ts";
import { confirmedOf, rowsOf, standingOf } from "./plan_rows.ts";
import { idInUse, writePlan } from "./plan_writes.ts";
import { Problem } from "./problem.ts";
import { isObject, type JsonObject } from "./raw_resources.ts";
import { type ReadApplication, readApplication, readForms } from "./read_application.ts";
import { timeoutOf } from "./timeout.ts";
import { unchangedServers } from "./unchanged_servers.ts";
import { withResources } from "./with_resources.ts";

export interface ChangePlanBody {
  readonly action: "migrate" | "update";
  readonly resources: unknown;
  readonly original_resources?: JsonObject;
  readonly excluded_hosts?: readonly string[];
  readonly plan_name?: string;
  readonly timeout?: string;
}

export interface ChangePlanInput extends RunOptions {
  readonly found: PlanWithPlacements;
  readonly body: ChangePlanBody;
}

/**
 * Brings a plan to a new set of resources: servers that ask for the same as before stay if at all possible, servers
 * that are gone give their room back. Without a server in the new set the plan is left as it is.
 */
export async function updatePlan(
  ctx: UseCaseContext,
  access: Access,
  { found, body, dryRun = false }: ChangePlanInput,
): Promise<PlanWithPlacements | Problem> {
  const { resources, original_resources: original = {} } = body;
  if (!isObject(resources)) {
    return new Problem({ symbol: "bad_request", explanation: "resources must be a dictionary." });
  }
  const forms = readForms(ctx, access, original);
  if (forms instanceof Problem) return forms;
  const again = () => readApplication(ctx, access, resources);
  const read = await again();
  if (read instanceof Problem) return read;
  if (read.application.servers.length === 0) return found;
  return await withResources(ctx, { stackId: found.plan.stackId, read, again }, async (current) => {
    const stored = await ctx.store.planById(found.plan.id);
    if (!stored) return new Problem({ symbol: "plan_not_found" });
    const digest = digestOf(resources);
    return await bringTo(ctx, stored, { read: current, digest, timeout: body.timeout, dryRun });
  });
}

interface Target {
  readonly read: ReadApplication;
  /** Of the new resources. */
  readonly digest: string;
  readonly timeout: string | undefined;
  readonly dryRun: boolean;
}

async function bringTo(
  ctx: UseCaseContext,
  stored: PlanWithPlacements,
  { read, digest, timeout, dryRun }: Target,
): Promise<PlanWithPlacements | Problem> {
  const taken = await takenElsewhere(ctx, read, stored);
  if (taken !== null) return idInUse(taken);
  const moment = momentOf(ctx);
  const before = stored.placements.map((placement) => fallenBack(placement, moment));
  const plan: Plan = {
    ...stored.plan,
    application: read.application,
    resourcesDigest: digest,
    version: stored.plan.version + 1,
  };
  const wanted = read.application.servers.map(({ id }) => id);
  const left = new Set(wanted);
  return await decide(ctx, {
    stackId: plan.stackId,
    application: read.application,
    directives: directivesOf({ stored, before }, { read, moment }),
    keepOrigin: false,
    ...moment,
  }, {
    action: "update",
    timeoutMs: timeoutOf(timeout),
    dryRun,
    wanted,
    // A server stays reserved when an update moves it.
    reserved: confirmedOf(before.filter((row) => row.reserved && left.has(row.orchestrationId))),
    store: async (hosts) => {
      const placements = rowsOf(ctx, { plan, read, hosts, before, moment });
      return dryRun ? { plan, placements } : await writePlan(ctx, { plan, placements }, { replaces: true });
    },
  });
}

function directivesOf(
  { stored, before }: { stored: PlanWithPlacements; before: readonly Placement[] },
  { read, moment }: { read: ReadApplication; moment: Moment },
): ServerDirective[] {
  const unchanged = unchangedServers(stored.plan.application, read.application);
  return before.map((placement): ServerDirective => {
    const serverId = placement.orchestrationId;
    const pinned = isInUse(placement, moment) && unchanged.has(serverId);
    return { serverId, stay: pinned ? "must" : "should", standing: standingOf(placement, moment) };
  });
}
