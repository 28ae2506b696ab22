import * as z from "zod";
import { clientId, freeObject, hostNames, text } from "./fields.ts";

/** What a PUT may do to a plan. */
const CHANGES = ["migrate", "update"] as const;

const MOST_HOSTS = 100_000;

const timeout = z.string("string (not of type string)").max(
  255,
  "text_type (must contain at most 255 characters)",
)
  .optional()
  .meta({
    description: "Longest wait for the optimizer, such as `60 sec`; the server's own limit still holds",
  });

const resources = freeObject(
  "Resources of the stack by orchestration id, as Heat's template has them; keys of the first level in any case",
);

export const createPlanSchema = z.strictObject({
  plan_name: text("Name of the plan"),
  stack_id: clientId("Id of the stack; a second plan for it replaces the first"),
  resources,
  locations: hostNames("The only hosts that may be used; empty for any", { max: MOST_HOSTS }).optional(),
  excluded_hosts: hostNames("Hosts that must not be used", { max: MOST_HOSTS }).optional(),
  timeout,
}).meta({ id: "CreatePlan" });

export const changePlanSchema = z.strictObject({
  action: z.string("string (not of type string)")
    .pipe(z.enum(CHANGES, "valid_plan_update_action (must be update or migrate)"))
    .meta({
      enum: CHANGES,
      description: "`migrate` moves one server away from its host, `update` brings the plan to new resources",
    }),
  resources: z.unknown().refine(
    (value) => value !== undefined,
    "array or dictionary (not of type array or dictionary)",
  )
    .meta({
      oneOf: [{ type: "array", items: { type: "string" } }, { type: "object" }],
      description:
        "migrate: a list with one resource id or orchestration id; update: all resources of the stack",
    }),
  excluded_hosts: hostNames("Hosts that must not receive what is migrated", { max: MOST_HOSTS }).optional(),
  original_resources: freeObject("Resources before the update").optional(),
  plan_name: text("Accepted and ignored").optional(),
  timeout,
}).meta({ id: "ChangePlan" });

export type ChangePlan = z.infer<typeof changePlanSchema>;

const planSchema = z.object({
  id: z.string(),
  stack_id: z.string(),
  name: z.string(),
  placements: z.record(z.string(), z.object({ name: z.string(), location: z.string() }))
    .meta({ description: "Host of each server, by orchestration id" }),
}).meta({ id: "Plan" });

export const planEnvelopeSchema = z.object({ plan: planSchema }).meta({ id: "PlanEnvelope" });
export const plannedSchema = z.object({ plan: z.union([planSchema, z.strictObject({})]) })
  .meta({ id: "Planned", description: "An empty plan when the stack has no servers" });
export const planListSchema = z.object({ plans: z.array(planSchema) }).meta({ id: "PlanList" });
