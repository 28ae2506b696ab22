import type { PlanWithPlacements } from "../../domain/plan.ts";
import { createPlan } from "../../usecases/create_plan.ts";
import { migratePlan } from "../../usecases/migrate_plan.ts";
import { deletePlan, findPlan, listPlans } from "../../usecases/plans.ts";
import { Problem } from "../../usecases/problem.ts";
import { updatePlan } from "../../usecases/update_plan.ts";
import { created, NO_CONTENT, ok } from "../answer.ts";
import type { ParsedBody } from "../body.ts";
import { presentPages, presentPlan } from "../present.ts";
import { DRY_RUN, flagOf } from "../query.ts";
import { plain, resource, withBody } from "../resource.ts";
import {
  type ChangePlan,
  changePlanSchema,
  createPlanSchema,
  planEnvelopeSchema,
  planListSchema,
  plannedSchema,
} from "../schemas/plans.ts";

const STACK = "7b1f0c8e-52f4-4c1d-9d0a-3f6f2f1f7a10";
const [EDGE_A, EDGE_B, PAIR] = ["01", "02", "04"].map((end) => `0d9a2a44-6d3b-4d0e-8b55-0f7f5a3c1e${end}`);

const EXAMPLE = {
  id: "15905c70-800f-4056-b015-a1db2423f12e",
  stack_id: STACK,
  name: "edge",
  placements: {
    [EDGE_A]: { name: "edge_a", location: "cmp-r05-011" },
    [EDGE_B]: { name: "edge_b", location: "cmp-r05-014" },
  },
};

const server = (name: string) => ({
  name,
  type: "OS::Nova::Server",
  properties: { flavor: "m1.medium", image: "jammy" },
});

const CREATE_EXAMPLE = {
  plan_name: "edge",
  stack_id: STACK,
  timeout: "60 sec",
  resources: {
    [EDGE_A]: server("edge_a"),
    [EDGE_B]: server("edge_b"),
    [PAIR]: {
      name: "edge_pair",
      type: "ATT::Valet::GroupAssignment",
      properties: { group_type: "affinity", level: "rack", resources: ["edge_a", "edge_b"] },
    },
  },
};

const NOT_FOUND = [404, "Plan not found"] as const;
const REFUSED = [
  500,
  'Ostro error: no available hosts; server "edge_a" fits none of 120 hosts: cpu capacity rules out 120',
] as const;

export const plansResource = resource({
  path: "/v1/plans",
  tag: "plans",
  find: () => null,
  methods: [
    plain("GET", {
      summary: "List plans",
      success: {
        status: 200,
        description: "The plans",
        schema: planListSchema,
        example: { plans: [EXAMPLE] },
      },
      errors: [],
      handle: (ctx, access) =>
        Promise.resolve({
          status: 200,
          list: { key: "plans", pages: presentPages(listPlans(ctx, access), presentPlan) },
        }),
    }),
    withBody("POST", {
      summary: "Plan a stack: choose a host for each of its servers and hold the room",
      repeatable: true,
      query: [DRY_RUN],
      body: { schema: createPlanSchema, example: CREATE_EXAMPLE },
      success: { status: 201, description: "The plan", schema: plannedSchema, example: { plan: EXAMPLE } },
      errors: [
        [400, "Valet error: invalid resource = edge_c"],
        [404, "Valet error: group_name 'tenant-red' not found"],
        [409, "Valet error: group_name must not be used when group_type is 'affinity'."],
        [409, `Valet error: ${STACK} is already in use`],
        REFUSED,
      ],
      handle: async (ctx, access, { body, call }) => {
        const dryRun = flagOf(call.query, DRY_RUN.name);
        if (dryRun instanceof Problem) return dryRun;
        const planned = await createPlan(ctx, access, body, { dryRun });
        if (planned instanceof Problem) return planned;
        return created({ plan: planned === null ? {} : presentPlan(planned) });
      },
    }),
  ],
});

/** Migration is for admins; a body that can't be read is not a migration. */
function kindOf(method: string, body: ParsedBody): "migrate" | "general" {
  if (method !== "PUT" || body.kind !== "value") return "general";
  const { value } = body;
  const migrates = typeof value === "object" && value !== null && "action" in value &&
    value.action === "migrate";
  return migrates ? "migrate" : "general";
}

export const planResource = resource({
  path: "/v1/plans/:plan_id",
  tag: "plans",
  kindOf,
  params: { plan_id: "Id of a plan, else of its stack" },
  find: (ctx, access, { params }) => findPlan(ctx, access, params.plan_id),
  methods: [
    plain<PlanWithPlacements>("GET", {
      summary: "Show a plan",
      success: {
        status: 200,
        description: "The plan",
        schema: planEnvelopeSchema,
        example: { plan: EXAMPLE },
      },
      errors: [NOT_FOUND],
      handle: (_ctx, _access, { found }) => Promise.resolve(ok({ plan: presentPlan(found) })),
    }),
    withBody<PlanWithPlacements, ChangePlan>("PUT", {
      summary: "Migrate one server of a plan (admin), or bring the plan to new resources",
      query: [DRY_RUN],
      body: {
        schema: changePlanSchema,
        example: {
          action: "migrate",
          resources: [EDGE_A],
          excluded_hosts: ["cmp-r05-011"],
          timeout: "60 sec",
        },
      },
      success: {
        status: 201,
        description: "The plan",
        schema: planEnvelopeSchema,
        example: { plan: EXAMPLE },
      },
      errors: [
        [400, "resources must be a list of length 1."],
        NOT_FOUND,
        [404, "Valet error: group_name 'tenant-red' not found"],
        [409, `Valet error: ${EDGE_A} is already in use`],
        REFUSED,
      ],
      handle: async (ctx, access, { found, body, call }) => {
        const dryRun = flagOf(call.query, DRY_RUN.name);
        if (dryRun instanceof Problem) return dryRun;
        const change = body.action === "migrate" ? migratePlan : updatePlan;
        const changed = await change(ctx, access, { found, body, dryRun });
        return changed instanceof Problem ? changed : created({ plan: presentPlan(changed) });
      },
    }),
    plain<PlanWithPlacements>("DELETE", {
      summary: "Delete a plan with its placements",
      success: { status: 204, description: "The plan is gone, and what it held is free" },
      errors: [NOT_FOUND],
      handle: async (ctx, _access, { found }) => await deletePlan(ctx, found) ?? NO_CONTENT,
    }),
  ],
});
