import * as z from "zod";

const link = z.object({ href: z.string(), rel: z.literal("self") });

export const versionsSchema = z.object({
  versions: z.array(z.object({ status: z.literal("CURRENT"), id: z.literal("v1.0"), links: z.array(link) })),
}).meta({ id: "Versions" });

export const statusSchema = z.object({
  status: z.object({
    ostro: z.object({
      status: z.object({ type: z.enum(["ok", "error"]), message: z.string() }),
      resources: z.object({ ip: z.string(), id: z.number().meta({ description: "Priority of the engine" }) })
        .optional(),
    }),
  }),
}).meta({ id: "Status" });

export const resourcesSchema = z.object({
  resources: z.record(
    z.string(),
    z.object({ type: z.literal("OS::Nova::Server"), status: z.literal("error"), message: z.string() }),
  ),
}).meta({ id: "InvalidResources" });

export const documentSchema = z.looseObject({
  openapi: z.string(),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.looseObject({}),
}).meta({ id: "OpenApi", description: "An OpenAPI document" });

export const livenessSchema = z.object({ status: z.literal("ok") }).meta({ id: "Liveness" });

export const healthSchema = z.object({
  status: z.enum(["ok", "failed"]),
  checks: z.record(z.string(), z.enum(["ok", "failed"])).meta({ description: "The state of each part" }),
}).meta({ id: "Health" });

const nodeSchema = z.object({
  servers: z.array(z.string()),
  name: z.string(),
  hosts: z.number().meta({ description: "Hosts of the site" }),
  removed: z.array(z.object({ constraint: z.string(), hosts: z.number() }))
    .meta({ description: "Hosts that each constraint took away, in the order in which they were applied" }),
  nearest_misses: z.array(
    z.object({
      dimension: z.enum(["vcpu", "memory", "disk"]),
      wanted: z.number().meta({ description: "In milli-vCPU, MiB, MiB" }),
      best_free: z.number().optional().meta({ description: "For admins only" }),
      host: z.string().optional().meta({ description: "For admins only" }),
    }),
  ),
});

export const errorSchema = z.object({
  title: z.string(),
  explanation: z.string(),
  code: z.number(),
  error: z.object({ message: z.string(), traceback: z.null(), type: z.string() }),
  refusal: z.object({ message: z.string(), proven: z.boolean(), nodes: z.array(nodeSchema) }).optional()
    .meta({ description: "Why the optimizer found no hosts" }),
}).meta({ id: "Error" });
