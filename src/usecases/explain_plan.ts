import type { Explanation } from "../domain/explanation.ts";
import type { PlanWithPlacements } from "../domain/plan.ts";
import type { Access } from "./access.ts";
import type { UseCaseContext } from "./context.ts";
import { planningRequest } from "./create_plan.ts";
import { askOptimizer } from "./decide.ts";
import { fallenBack, momentOf } from "./moment.ts";
import { placedApplication, standingOf } from "./plan_rows.ts";
import { findPlan } from "./plans.ts";
import { Problem } from "./problem.ts";
import type { JsonObject } from "./raw_resources.ts";
import { readApplication } from "./read_application.ts";

export interface ExplainBody {
  /** Of a stored plan, or of one that the resources would make. */
  readonly stack_id?: string;
  readonly plan_name?: string;
  readonly resources?: JsonObject;
  readonly locations?: readonly string[];
  readonly excluded_hosts?: readonly string[];
  readonly timeout?: string;
  /** Orchestration id of the server that `host` is asked about. */
  readonly server?: string;
  readonly host?: string;
}

/**
 * Says what would become of resources, or of a stored plan if it were made anew, and why; null for resources without
 * a server. Nothing is stored and nothing held.
 */
export async function explainPlan(
  ctx: UseCaseContext,
  access: Access,
  body: ExplainBody,
): Promise<Explanation | null | Problem> {
  const { server, host, resources } = body;
  const bad = (explanation: string) => new Problem({ symbol: "bad_request", explanation });
  if ((server === undefined) !== (host === undefined)) return bad("-> server and host go together");
  if (resources === undefined && body.stack_id === undefined) {
    return bad("required item in schema is missing: resources");
  }
  const request = resources === undefined
    ? await storedRequest(ctx, access, body.stack_id!)
    : await newRequest(ctx, access, { ...body, resources });
  if (request === null || request instanceof Problem) return request;
  const about = server === undefined ? undefined : { serverId: server, host: host! };
  if (about && !request.application.servers.some(({ id }) => id === about.serverId)) {
    return bad(`-> server -> ${about.serverId} is no server of the resources`);
  }
  return await askOptimizer(
    ctx,
    (options) => ctx.optimizer.explain(request, about ? { about } : {}, options),
  );
}

async function newRequest(
  ctx: UseCaseContext,
  access: Access,
  body: ExplainBody & { resources: JsonObject },
) {
  const read = await readApplication(ctx, access, body.resources);
  if (read instanceof Problem) return read;
  if (read.application.servers.length === 0) return null;
  const stackId = body.stack_id ?? ctx.ids.uuid();
  const found = await findPlan(ctx, access, stackId);
  const stored = found instanceof Problem ? null : found;
  return planningRequest({ body: { ...body, stack_id: stackId }, read, moment: momentOf(ctx) }, stored);
}

/** A stored plan as if it were made anew: nothing stays because it is there. */
async function storedRequest(ctx: UseCaseContext, access: Access, stackId: string) {
  const found = await findPlan(ctx, access, stackId);
  return found instanceof Problem ? found : anew(ctx, found);
}

function anew(ctx: UseCaseContext, found: PlanWithPlacements) {
  const moment = momentOf(ctx);
  const directives = found.placements.map((placement) => ({
    serverId: placement.orchestrationId,
    stay: "free" as const,
    standing: standingOf(fallenBack(placement, moment), moment),
  }));
  const { stackId } = found.plan;
  return { stackId, application: placedApplication(found), directives, keepOrigin: false, ...moment };
}
