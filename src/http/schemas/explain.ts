import * as z from "zod";
import { clientId, freeObject, hostNames, text } from "./fields.ts";

const MOST_HOSTS = 100_000;

export const explainSchema = z.strictObject({
  stack_id: clientId("Id of a stored plan's stack; with `resources` that of the stack that they would make")
    .optional(),
  plan_name: text("Accepted and ignored").optional(),
  resources: freeObject("Resources as for a new plan; without them the stored plan is explained").optional(),
  locations: hostNames("The only hosts that may be used; empty for any", { max: MOST_HOSTS }).optional(),
  excluded_hosts: hostNames("Hosts that must not be used", { max: MOST_HOSTS }).optional(),
  timeout: text("Accepted and ignored").optional(),
  server: clientId("Orchestration id of the server that `host` is asked about").optional(),
  host: text("Why is the server not on this host?", { min: 1 }).optional(),
}).meta({ id: "Explain" });

const byCriterion = z.record(z.string(), z.number());

const qualitySchema = z.object({
  profile: z.enum(["pack", "bandwidth", "spread"]),
  objective: byCriterion.meta({
    description: "What the answer costs, the most important first; less is better",
  }),
  lower_bound: byCriterion.meta({ description: "No answer is below it" }),
  gap: z.number().meta({
    description: "(objective - lower bound) / max(lower bound, 1) of the first criterion above its bound",
  }),
  optimal: z.boolean().meta({ description: "No answer is better, but perhaps in `stranded`" }),
  steps: z.number().meta({ description: "Candidate hosts that were examined" }),
  seed: z.number(),
  ended_by: z.enum(["answer", "proof", "steps", "time"]),
}).meta({ id: "Quality" });

const cause = z.object({
  kind: z.enum(["assignment", "zone", "hosts", "pipe", "server"]),
  id: z.string(),
  name: z.string(),
});

const outlook = z.object({
  server: z.string(),
  name: z.string(),
  hosts: z.number().meta({ description: "Hosts of the site" }),
  candidates: z.number().meta({ description: "Hosts that no constraint takes away" }),
  removed: z.array(z.object({ constraint: z.string(), hosts: z.number() })),
  nearest_misses: z.array(z.object({
    dimension: z.enum(["vcpu", "memory", "disk"]),
    wanted: z.number().meta({ description: "In milli-vCPU, MiB, MiB" }),
    best_free: z.number().optional().meta({ description: "For admins only" }),
    host: z.string().optional().meta({ description: "For admins only" }),
  })),
});

const relaxation = z.object({
  part: cause,
  change: z.enum(["drop", "soften", "narrow", "shrink"]),
  level: z.string().optional().meta({ description: "Of `narrow`: the level to bind at" }),
  count: z.number().optional().meta({ description: "Of `shrink`: members to leave out" }),
  sentence: z.string(),
});

const verdict = z.object({
  server: z.string(),
  host: z.string(),
  broken: z.array(z.string()).meta({ description: "Constraints that the host breaks by itself" }),
  possible: z.boolean().meta({ description: "Whether everything can be placed with the server there" }),
  quality: qualitySchema.nullable(),
  conflict: z.array(cause),
});

export const explanationSchema = z.object({
  explanation: z.object({
    placeable: z.boolean(),
    proven: z.boolean().meta({
      description: "False when a search ended before it found an answer or a proof",
    }),
    quality: qualitySchema.nullable(),
    servers: z.array(outlook).meta({ description: "By themselves; of servers that are alike, the first" }),
    conflict: z.array(cause).meta({
      description: "Parts that can't be met together; without any one of them the others can",
    }),
    minimal: z.boolean(),
    relaxations: z.array(relaxation),
    host: verdict.optional(),
  }).nullable().meta({ description: "Null for resources without a server" }),
}).meta({ id: "Explanation" });
