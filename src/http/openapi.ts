import * as z from "zod";
import { errorBody, UNAVAILABLE } from "./errors.ts";
import type { Documented, MethodSummary, Resource } from "./resource.ts";
import { RESOURCES } from "./routes/mod.ts";
import { SERVICE_DOCUMENTS, type ServiceDocument } from "./routes/service_documents.ts";
import { errorSchema } from "./schemas/service.ts";

type Json = Record<string, unknown>;

const TOKEN = "token";
const SERVICE_TOKEN = "service_token";

/** The headers that tell who calls. */
const SECURITY_SCHEMES = {
  [TOKEN]: {
    type: "apiKey",
    in: "header",
    name: "X-Auth-Token",
    description: "A project-scoped token of whoever calls",
  },
  [SERVICE_TOKEN]: {
    type: "apiKey",
    in: "header",
    name: "X-Service-Token",
    description:
      "The token of a service that passes a call on, beside the user's token, which may then be expired",
  },
};

/** A token, which a service may back with its own. */
const SECURITY = [{ [TOKEN]: [] }, { [TOKEN]: [], [SERVICE_TOKEN]: [] }];

const TAGS = [
  { name: "plans", description: "Placement of whole stacks" },
  { name: "placements", description: "Placement of single servers of a plan" },
  { name: "moves", description: "Servers moved off hosts, as a plan and wave by wave (admin)" },
  { name: "groups", description: "Named groups that outlive stacks (admin)" },
  { name: "service", description: "Versions and state of the service" },
];

/** The API as OpenAPI 3.1, made from the route table and the schemas that check requests. */
export function openApiDocument(version: string): Json {
  const paths = Object.fromEntries([
    ...RESOURCES.map((resource) => [pathTemplate(resource.path), pathItem(resource)]),
    ...Object.entries(SERVICE_DOCUMENTS).map(([path, document]) => [path, servicePathItem(path, document)]),
  ]);
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
      schemas: namedSchemas(),
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function pathTemplate(path: string): string {
  return path.replace(/:(\w+)/g, "{$1}");
}

function pathItem(resource: Resource): Json {
  const parameters = Object.entries(resource.params).map(([name, description]) => ({
    name,
    in: "path",
    required: true,
    description,
    schema: { type: "string" },
  }));
  const item: Json = parameters.length > 0 ? { parameters } : {};
  for (const [method, summary] of resource.methods) {
    item[method.toLowerCase()] = operation(resource, { method, summary });
  }
  return item;
}

function operation(
  { path, tag, open }: Resource,
  { method, summary }: { method: string; summary: MethodSummary },
): Json {
  const parameters = (summary.query ?? []).map((parameter) => ({ ...parameter, in: "query" }));
  return {
    operationId: operationId(method, path),
    tags: [tag],
    summary: summary.summary,
    ...(open ? {} : { security: SECURITY }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBody(summary),
    responses: responses(summary, { open }),
  };
}

function operationId(method: string, path: string): string {
  const words = path.split("/").filter((word) => word !== "").map((word) => word.replace(":", "by_"));
  return [method.toLowerCase(), ...words].join("_");
}

function requestBody({ body }: MethodSummary): Json {
  if (!body) return {};
  const content = { "application/json": { schema: reference(body.schema), example: body.example } };
  return { requestBody: { required: !body.optional, content } };
}

function responses(summary: MethodSummary, { open }: { open: boolean }): Json {
  const found: Json = { [summary.success.status]: successResponse(summary.success) };
  if (!open) found[401] = UNAUTHORIZED;
  for (const [status, explanations] of Map.groupBy(errorsOf(summary), ([status]) => status)) {
    const examples = Object.fromEntries(
      explanations.map(([, text], index) => [`example_${index + 1}`, { value: errorBody(status, text) }]),
    );
    const content: Json = { "application/json": { schema: reference(errorSchema), examples } };
    // Clients that do not ask for JSON are those that try again on plain text.
    if (status === 503) content["text/plain"] = { schema: { type: "string" }, example: UNAVAILABLE };
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

const UNAUTHORIZED = {
  description: "No token, an invalid one, or one without the right",
  content: { "text/plain": { schema: { type: "string" }, example: "Authentication required" } },
};

function successResponse({ description, schema, example }: Documented): Json {
  if (!schema) return { description };
  return { description, content: { "application/json": { schema: reference(schema), example } } };
}

/** A route beside the contract; its HEAD is not worth a word. */
function servicePathItem(path: string, document: ServiceDocument): Json {
  const { summary, description, contentType, schema, example, failure, guarded } = document;
  const told = (example: unknown) => ({
    [contentType]: schema ? { schema: reference(schema), example } : { schema: { type: "string" } },
  });
  const responses: Json = { 200: { description, content: told(example) } };
  if (guarded) responses[401] = UNAUTHORIZED;
  if (failure) {
    responses[failure.status] = { description: failure.description, content: told(failure.example) };
  }
  return {
    get: {
      operationId: operationId("GET", path),
      tags: ["service"],
      summary,
      ...(guarded ? { security: [{}, ...SECURITY] } : {}),
      responses,
    },
  };
}

const uriOf = (name: string) => `#/components/schemas/${name}`;

function reference(schema: z.ZodType): Json {
  const name = schema.meta()?.id;
  if (name === undefined) throw new Error("A schema without a name can't be referred to");
  return { $ref: uriOf(name) };
}

/** Every schema that has a name, by it. */
function namedSchemas(): Json {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { io: "input", unrepresentable: "any", uri: uriOf });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, { $schema: _, $id: __, id: ___, ...schema }]) => [name, schema]),
  );
}
