import { type ExplainBody, explainPlan } from "../../usecases/explain_plan.ts";
import { Problem } from "../../usecases/problem.ts";
import { ok } from "../answer.ts";
import { presentExplanation } from "../present_explanation.ts";
import { resource, withBody } from "../resource.ts";
import { explainSchema, explanationSchema } from "../schemas/explain.ts";

const apart = (id: string, level: string) => ({
  name: "apart",
  type: "ATT::Valet::GroupAssignment",
  properties: { group_type: "diversity", level, resources: [id, "b"] },
});

const server = {
  type: "OS::Nova::Server",
  properties: { flavor: "m1.small", availability_zone: "dem-zone-1" },
};
const part = (kind: string, id: string, name = id) => ({ kind, id, name });
const RULE = part("assignment", "rule", "apart");

const EXPLANATION = {
  placeable: false,
  proven: true,
  quality: null,
  servers: [{
    server: "a",
    name: "a",
    hosts: 120,
    candidates: 12,
    removed: [{ constraint: "availability zone", hosts: 108 }],
    nearest_misses: [],
  }],
  conflict: [RULE, part("zone", "a"), part("zone", "b"), part("server", "a"), part("server", "b")],
  minimal: true,
  relaxations: [
    { part: RULE, change: "narrow", level: "host", sentence: 'Bind rule "apart" at level "host"' },
    { part: part("zone", "a"), change: "drop", sentence: 'Let server "a" into any availability zone' },
  ],
};

/** Beside the contract: asks and changes nothing, so that who may read may ask. */
export const explainResource = resource({
  path: "/v1/explain",
  tag: "plans",
  reads: true,
  find: () => null,
  methods: [withBody<null, ExplainBody>("POST", {
    summary: "Say what would become of resources or of a stored plan, and why",
    repeatable: true,
    body: {
      schema: explainSchema,
      example: { resources: { a: server, b: server, rule: apart("a", "rack") } },
    },
    success: {
      status: 200,
      description: "The explanation, of a refusal too",
      schema: explanationSchema,
      example: { explanation: EXPLANATION },
    },
    errors: [
      [400, "-> server and host go together"],
      [404, "Plan not found"],
      [409, "Valet error: group_name must not be used when group_type is 'affinity'."],
      [500, "Ostro error: Timed out waiting for a response."],
    ],
    handle: async (ctx, access, { body }) => {
      const explanation = await explainPlan(ctx, access, body);
      if (explanation instanceof Problem) return explanation;
      return ok({ explanation: explanation && presentExplanation(explanation, access) });
    },
  })],
});
