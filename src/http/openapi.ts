import { z } from "zod";
import { errorBody } from "./errors.ts";
import type { Documented, MethodSummary, Resource } from "./resource.ts";
import { RESOURCES } from "./routes/mod.ts";
import { errorSchema } from "./schemas/service.ts";

type Json = Record<string, unknown>;

const TOKEN = "token";

const TAGS = [
  { name: "plans", description: "Placement of whole stacks" },
  { name: "placements", description: "Placement of single servers of a plan" },
  { name: "groups", description: "Named groups that outlive stacks (admin)" },
  { name: "service", description: "Versions and state of the service" },
];

/** The API as OpenAPI 3.1, made from the route table and the schemas that check requests. */
export function openApiDocument(version: string): Json {
  const schemas: Json = { Error: jsonSchema(errorSchema) };
  const paths = Object.fromEntries(
    RESOURCES.map((resource) => [pathTemplate(resource.path), pathItem(resource, schemas)]),
  );
  return {
    openapi: "3.1.0",
    info: {
      title: "Valet",
      version,
      description: "Holistic placement for OpenStack: hosts for all servers of a stack at once.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    tags: TAGS,
    paths,
    components: {
      schemas,
      securitySchemes: { [TOKEN]: { type: "apiKey", in: "header", name: "X-Auth-Token" } },
    },
  };
}

function pathTemplate(path: string): string {
  return path.replace(/:(\w+)/g, "{$1}");
}

function pathItem(resource: Resource, schemas: Json): Json {
  const parameters = Object.entries(resource.params).map(([name, description]) => ({
    name,
    in: "path",
    required: true,
    description,
    schema: { type: "string" },
  }));
  const item: Json = parameters.length > 0 ? { parameters } : {};
  for (const [method, summary] of resource.methods) {
    item[method.toLowerCase()] = operation(resource, { method, summary, schemas });
  }
  return item;
}

function operation(
  { path, tag, open, queryNote }: Resource,
  { method, summary, schemas }: { method: string; summary: MethodSummary; schemas: Json },
): Json {
  const query = queryNote === null ? {} : {
    parameters: [{
      name: "fields",
      in: "query",
      description: queryNote,
      schema: { type: "object", additionalProperties: { type: "string" } },
      style: "form",
      explode: true,
    }],
  };
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary: summary.summary,
    ...(open ? {} : { security: [{ [TOKEN]: [] }] }),
    ...query,
    ...requestBody(summary, schemas),
    responses: responses(summary, { open, schemas }),
  };
}

function operationId(method: string, path: string): string {
  const words = path.split("/").filter((word) => word !== "").map((word) => word.replace(":", "by_"));
  return [method.toLowerCase(), ...words].join("_");
}

function requestBody({ body }: MethodSummary, schemas: Json): Json {
  if (!body) return {};
  const content = { "application/json": { schema: reference(body.schema, schemas), example: body.example } };
  return { requestBody: { required: !body.optional, content } };
}

function responses(summary: MethodSummary, { open, schemas }: { open: boolean; schemas: Json }): Json {
  const found: Json = { [summary.success.status]: successResponse(summary.success, schemas) };
  if (!open) {
    const content = { "text/plain": { schema: { type: "string" }, example: "Authentication required" } };
    found[401] = { description: "No token, an invalid one, or one without the right", content };
  }
  for (const [status, explanations] of Map.groupBy(errorsOf(summary), ([status]) => status)) {
    const examples = Object.fromEntries(
      explanations.map(([, text], index) => [`example_${index + 1}`, { value: errorBody(status, text) }]),
    );
    const content = { "application/json": { schema: { $ref: "#/components/schemas/Error" }, examples } };
    found[status] = { description: explanations.map(([, text]) => text).join("; "), content };
  }
  return found;
}

type ErrorExample = readonly [status: 400 | 404 | 409 | 413 | 500 | 503, explanation: string];

/** The documented refusals and those that every method of its kind has. */
function errorsOf({ errors, body }: MethodSummary): ErrorExample[] {
  const withBody: ErrorExample[] = body
    ? [[400, "No JSON object could be decoded"], [413, "The request body must be at most 8388608 bytes"]]
    : [];
  const known = errors as readonly ErrorExample[];
  return [...withBody, ...known, [
    503,
    "The server is currently unavailable. Please try again at a later time.",
  ]];
}

function successResponse({ description, schema, example }: Documented, schemas: Json): Json {
  if (!schema) return { description };
  return { description, content: { "application/json": { schema: reference(schema, schemas), example } } };
}

/** A reference to the schema among the document's, put there on first use. */
function reference(schema: z.ZodType, schemas: Json): Json {
  const name = schema.meta()?.id;
  if (name === undefined) return jsonSchema(schema);
  schemas[name] ??= jsonSchema(schema);
  return { $ref: `#/components/schemas/${name}` };
}

function jsonSchema(schema: z.ZodType): Json {
  const converted: Json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any", reused: "inline" });
  const { $schema: _, id: __, ...rest } = converted;
  return rest;
}
