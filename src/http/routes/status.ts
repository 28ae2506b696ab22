import { invalidResources } from "../../usecases/resources.ts";
import { Problem } from "../../usecases/problem.ts";
import { optimizerStatus } from "../../usecases/status.ts";
import { errorAnswer } from "../errors.ts";
import { ok } from "../answer.ts";
import { plain, resource } from "../resource.ts";
import { resourcesSchema, statusSchema } from "../schemas/service.ts";

const STATUS_EXAMPLE = {
  status: { ostro: { status: { type: "ok", message: "ping" }, resources: { ip: "10.20.0.9", id: 1 } } },
};

export const statusResource = resource({
  path: "/v1/status",
  tag: "service",
  asksOptimizer: true,
  find: () => null,
  methods: [
    plain("HEAD", {
      summary: "Check that the optimizer answers",
      success: { status: 200, description: "It does; a HEAD has no body, whatever its status" },
      errors: [[500, "The server has either erred or is incapable of performing the requested operation."]],
      handle: async (ctx) => (await optimizerStatus(ctx)).alive ? { status: 200 } : errorAnswer(500),
    }),
    plain("GET", {
      summary: "Show the optimizer's answer to a ping",
      success: {
        status: 200,
        description: "The answer, or what went wrong instead of one",
        schema: statusSchema,
        example: STATUS_EXAMPLE,
      },
      errors: [],
      handle: async (ctx) => ok({ status: { ostro: (await optimizerStatus(ctx)).ostro } }),
    }),
  ],
});

export const resourcesResource = resource({
  path: "/v1/resources",
  tag: "service",
  kind: "resources",
  asksOptimizer: true,
  find: () => null,
  methods: [plain("GET", {
    summary: "List servers that break a rule where they are (admin)",
    success: {
      status: 200,
      description: "The servers by Nova's id",
      schema: resourcesSchema,
      example: {
        resources: {
          "c2f0a1d4-77aa-4d1b-9b1e-6f2f6d0b9e31": {
            type: "OS::Nova::Server",
            status: "error",
            message: "incorrectly placed in exclusive host",
          },
        },
      },
    },
    errors: [[500, "Ostro error: Timed out waiting for a response."]],
    handle: async (ctx) => {
      const invalid = await invalidResources(ctx);
      if (invalid instanceof Problem) return invalid;
      const entries = invalid.map((
        { id, reason },
      ) => [id, { type: "OS::Nova::Server", status: "error", message: reason }]);
      return ok({ resources: Object.fromEntries(entries) });
    },
  })],
});
