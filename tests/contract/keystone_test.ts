import { assertEquals, assertNotMatch } from "@std/assert";
import {
  assertError,
  assertUnauthorized,
  createGroup,
  createPlan,
  planBody,
  type WireGroup,
} from "../support/contract.ts";
import { FakeKeystone, keystoneError } from "../support/fake_keystone.ts";
import { type ServiceOptions, startService, type TestService } from "../support/service.ts";

const EXPIRED = -1000;

/** What can happen to Keystone, by name; logins go on. */
const OUTAGES = {
  "fails": () => keystoneError(500),
  "is overloaded": () => new Response("", { status: 503 }),
  "sends a page": () => new Response("<html>"),
  "takes no token of the service": () => keystoneError(401),
  "forbids the service": () => keystoneError(403),
  "is not Keystone": () => new Response("<html>", { status: 404 }),
};

interface Site {
  readonly keystone: FakeKeystone;
  readonly service: TestService;
}

async function onSite(policy: ServiceOptions["policy"], run: (site: Site) => Promise<void>): Promise<void> {
  await using keystone = new FakeKeystone();
  keystone.tokens.set("admin", { projectId: "p-admin", roles: ["admin", "member"] });
  keystone.tokens.set("member", { projectId: "p-blue", roles: ["member", "reader"] });
  keystone.tokens.set("unscoped", { projectId: null, roles: ["admin"] });
  for (const id of ["p-admin", "p-blue"]) keystone.projects.set(id, true);
  await using service = await startService({ policy, settings: { identity: keystone.settings({ policy }) } });
  await run({ keystone, service });
}

Deno.test("[3-keystone, AUTH-3, AUTH-5] tokens are what Keystone says, and all that are not good get the same 401", () =>
  onSite("split", async ({ service }) => {
    const plan = await createPlan(service, {}, { token: "member" });
    assertEquals((await service.call("GET", `/v1/plans/${plan.id}`, { token: "member" })).status, 200);
    assertEquals((await service.call("GET", "/v1/groups")).status, 200);
    assertUnauthorized(await service.call("GET", "/v1/groups", { token: "member" }));
    for (const token of [null, "", "unknown", "unscoped"]) {
      assertUnauthorized(await service.call("GET", "/v1/plans", { token }));
    }
  }));

Deno.test("[3-keystone, AUTH-6] the project of the token owns what it makes", () =>
  onSite("split", async ({ keystone, service }) => {
    keystone.tokens.set("stranger", { projectId: "p-green", roles: ["member"] });
    const plan = await createPlan(service, {}, { token: "member" });
    assertEquals((await service.call("GET", `/v1/plans/${plan.id}`, { token: "stranger" })).status, 404);
    const { context } = service.notifier.notifications.at(-1)!.payload;
    assertEquals(context, { tenant_id: "p-green", user_id: "u-1" });
  }));

Deno.test("[3-keystone, 8.7-put-201, 8.7-put-409] members are projects that Keystone knows", () =>
  onSite("admin", async ({ service }) => {
    const { id } = await createGroup(service, { members: ["p-blue"] });
    const path = `/v1/groups/${id}/members`;
    const unknown = await service.call("PUT", path, { body: { members: ["p-admin", "p-none"] } });
    assertError(unknown, 409, "Member list contains invalid tenant IDs");
    const { group } = (await service.call("GET", `/v1/groups/${id}`)).json<{ group: WireGroup }>();
    assertEquals(group.members, ["p-blue"]);
  }));

for (const [name, answer] of Object.entries(OUTAGES)) {
  Deno.test(`[3-keystone, 5-identity-down, ERR-5, 12-20] a Keystone that ${name} is 503 and never lets anybody in`, () =>
    onSite("admin", async ({ keystone, service }) => {
      const group = await createGroup(service);
      keystone.fault = ({ method }) => method === "GET" ? answer() : null;
      keystone.tokens.set("new", { roles: ["admin"] });
      for (const token of ["new", "unknown"]) {
        const plain = await service.call("POST", "/v1/plans", { token, body: planBody() });
        assertEquals([plain.status, plain.text], [503, "Service temporarily unavailable"]);
        assertEquals(plain.headers.get("content-type"), "text/plain; charset=UTF-8");
        assertEquals(plain.headers.get("retry-after"), "1");
      }
      const headers = { accept: "application/json" };
      const json = await service.call("GET", "/v1/plans", { token: "new", headers });
      assertError(json, 503, "The server is currently unavailable. Please try again at a later time.");
      const members = await service.call("PUT", `/v1/groups/${group.id}/members`, {
        body: { members: ["p-new"] },
      });
      assertEquals(members.status, 503, "a known admin adds nobody either");
      assertEquals((await service.call("GET", "/readyz", { token: null })).status, 503);
      keystone.fault = () => null;
      assertEquals((await service.call("GET", "/v1/plans", { token: "new" })).status, 200);
      assertEquals((await service.call("GET", "/readyz", { token: null })).status, 200);
      assertNotMatch(service.log.text, /secret|gAAAAA/);
    }));
}

Deno.test("[3-keystone] a service's token makes an expired one of a user good, and no other's does", () =>
  onSite("split", async ({ keystone, service }) => {
    keystone.tokens.set("old", { projectId: "p-blue", roles: ["member"], lifeMs: EXPIRED });
    keystone.tokens.set("heat", { projectId: "p-service", roles: ["service"] });
    const call = (given: string) =>
      service.call("GET", "/v1/plans", { token: "old", headers: { "x-service-token": given } });
    assertEquals((await call("heat")).status, 200);
    for (const given of ["", "unknown", "member", "admin", "old"]) assertUnauthorized(await call(given));
  }));

Deno.test("[3-keystone] a token with access rules is good for their calls alone", () =>
  onSite("split", async ({ keystone, service }) => {
    const accessRules = [{ service: "valet", method: "GET", path: "/v1/plans/*" }];
    keystone.tokens.set("limited", { projectId: "p-blue", roles: ["member"], accessRules });
    const statusOf = async (method: string, path: string) =>
      (await service.call(method, path, { token: "limited" })).status;
    assertEquals(await statusOf("GET", "/v1/plans/none"), 404);
    assertEquals(await statusOf("GET", "/v1/plans/none/"), 404);
    assertEquals(await statusOf("GET", "/v1/plans/none?x=/v1/plans"), 404);
    for (const path of ["/v1/plans", "/v1/placements", "/v1/plans/none/more", "/v1//plans/none"]) {
      assertEquals(await statusOf("GET", path), 401, path);
    }
    assertEquals(await statusOf("DELETE", "/v1/plans/none"), 401);
  }));
