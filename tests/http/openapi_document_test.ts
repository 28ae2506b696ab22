import { assert, assertEquals, assertMatch } from "@std/assert";
import { credentialsOf } from "../../src/http/credentials.ts";
import { openApiDocument } from "../../src/http/openapi.ts";
import { RESOURCES } from "../../src/http/routes/mod.ts";
import { SERVICE_DOCUMENTS, type ServiceDocument } from "../../src/http/routes/service_documents.ts";
import { startService } from "../support/service.ts";

type Json = Record<string, unknown>;

const document = openApiDocument("1.2.3");
const paths = document.paths as Record<string, Record<string, Json>>;

/** Every object in the document, with its place. */
function* objects(value: unknown, place = ""): Generator<[string, Json]> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) yield [place, value as Json];
  for (const [key, each] of Object.entries(value)) yield* objects(each, `${place}/${key}`);
}

function operations(): [string, Json][] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).filter(([key]) => key !== "parameters")
      .map(([method, operation]): [string, Json] => [`${method} ${path}`, operation])
  );
}

Deno.test("openApiDocument has every method of every route, and no other", () => {
  const wanted = RESOURCES.flatMap(({ path, methods }) =>
    [...methods.keys()].map((method) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, "{$1}")}`)
  ).concat(Object.keys(SERVICE_DOCUMENTS).map((path) => `get ${path}`));
  assertEquals(operations().map(([name]) => name).sort(), wanted.sort());
});

Deno.test("openApiDocument has the form of OpenAPI 3.1", () => {
  assertMatch(String(document.openapi), /^3\.1\.\d$/);
  const ids = operations().map(([, operation]) => operation.operationId);
  assertEquals(new Set(ids).size, ids.length);
  for (const [name, operation] of operations()) {
    assert(typeof operation.summary === "string" && Array.isArray(operation.tags), name);
    const responses = Object.entries(operation.responses as Record<string, Json>);
    assert(responses.some(([status]) => status.startsWith("2")), name);
    for (const [status, response] of responses) {
      assertMatch(status, /^\d{3}$/);
      assert(typeof response.description === "string" && response.description !== "", `${name} ${status}`);
    }
    const path = name.split(" ")[1];
    const declared = (paths[path].parameters as unknown as Json[] ?? []).map((parameter) => parameter.name);
    assertEquals(declared, [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter));
  }
});

Deno.test("openApiDocument refers only to schemas that it holds", () => {
  const { schemas } = document.components as { schemas: Json };
  for (const [place, object] of objects(document)) {
    if (!("$ref" in object)) continue;
    const [, name] = /^#\/components\/schemas\/(\w+)$/.exec(String(object.$ref)) ?? [];
    assert(name !== undefined && name in schemas, `${place} refers to ${object.$ref}`);
  }
});

Deno.test("openApiDocument gives examples that their schemas accept", () => {
  for (const { methods } of RESOURCES) {
    for (const { body, success } of methods.values()) {
      if (body) assertEquals(body.schema.safeParse(body.example).error, undefined);
      if (success.schema) assertEquals(success.schema.safeParse(success.example).error, undefined);
      assertEquals(success.schema === undefined, success.example === undefined);
    }
  }
  for (const { schema, example, failure } of Object.values<ServiceDocument>(SERVICE_DOCUMENTS)) {
    if (schema) assertEquals(schema.safeParse(example).error, undefined);
    if (schema && failure) assertEquals(schema.safeParse(failure.example).error, undefined);
  }
});

Deno.test("openApiDocument asks for a token below /v1, takes one for metrics, and knows none elsewhere", () => {
  const token = [{ token: [] }, { token: [], service_token: [] }];
  for (const [name, operation] of operations()) {
    const wanted = name.includes("/v1") ? token : name.includes("/metrics") ? [{}, ...token] : undefined;
    assertEquals(operation.security, wanted, name);
    assertEquals("401" in (operation.responses as Json), wanted !== undefined, name);
  }
});

Deno.test("openApiDocument and the reference page name the headers that credentials are read from", async () => {
  const { components } = openApiDocument("1.0") as { components: { securitySchemes: Record<string, Json> } };
  const names = Object.values(components.securitySchemes).map((scheme) => String(scheme.name));
  assertEquals(names, ["X-Auth-Token", "X-Service-Token"]);
  const [token, serviceToken] = names;
  const request = new Request("http://valet/v1/plans", { headers: { [token]: "t", [serviceToken]: "s" } });
  assertEquals(credentialsOf(request), {
    token: "t",
    serviceToken: "s",
    call: { method: "GET", path: "/v1/plans" },
  });
  await using service = await startService();
  const page = await service.call("GET", "/docs", { token: null });
  for (const name of names) assert(page.text.includes(`<code>${name}</code>`), name);
});

Deno.test("openApiDocument and the reference page tell where a dry run can be asked for", async () => {
  const queries = (operation: Json) => (operation.parameters as Json[] ?? []).map(({ name }) => name);
  const dry = operations().filter(([, operation]) => queries(operation).includes("dry_run"));
  assertEquals(dry.map(([name]) => name).sort(), ["post /v1/plans", "put /v1/plans/{plan_id}"]);
  await using service = await startService();
  const page = await service.call("GET", "/docs", { token: null });
  for (const [, { operationId }] of dry) {
    const [article] = page.text.split(`<article id="${operationId}"`)[1].split("</article>");
    assert(article.includes("<code>dry_run</code> <small>query</small>"), String(operationId));
  }
});

Deno.test("openApiDocument is served, and the reference page loads nothing from outside", async () => {
  await using service = await startService();
  const served = await service.call("GET", "/openapi.json", { token: null });
  assertEquals([served.status, served.headers.get("content-type")], [200, "application/json"]);
  assertEquals((served.json().info as Json).title, "Valet");
  const page = await service.call("GET", "/docs", { token: null });
  assertEquals([page.status, page.headers.get("content-type")], [200, "text/html; charset=UTF-8"]);
  const policy = page.headers.get("content-security-policy")!;
  assert(policy.startsWith("default-src 'none'") && !policy.includes("unsafe"));
  assertEquals(page.text.match(/(?:src|href)="(?!#|\/openapi\.json)[^"]*"/g), null);
  for (const [, operation] of operations()) assert(page.text.includes(`id="${operation.operationId}"`));
});
