import { assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { type Keystone, startKeystone } from "../../scripts/services/keystone.ts";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import { KeystoneIdentity } from "../../src/adapters/identity/keystone/identity.ts";
import type { KeystoneSettings } from "../../src/settings/settings.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { assertUnauthorized, createPlan } from "../support/contract.ts";
import { identitySuite, type Known } from "../support/identity_suite.ts";
import { KeystoneAdmin, keystoneSettings, passwordLogin } from "../support/keystone_admin.ts";
import { MemorySink } from "../support/memory_sink.ts";
import { type ServiceOptions, startService, type TestService } from "../support/service.ts";

let keystone: Keystone;
let admin: KeystoneAdmin;

Deno.test.beforeAll(async () => {
  // Lists come in pages of 20.
  keystone = await startKeystone({ settings: ["[DEFAULT]", "max_db_limit = 20"] });
  admin = await KeystoneAdmin.login(keystone.authUrl);
});

Deno.test.afterAll(() => keystone.stop());

/** A service that asks this Keystone. */
function serviceWith(
  { policy = "admin", ...changes }: Partial<KeystoneSettings> & Pick<ServiceOptions, "policy"> = {},
): Promise<TestService> {
  return startService({
    policy,
    settings: { identity: { ...keystoneSettings(keystone.authUrl, changes), policy } },
  });
}

let known: Known | null = null;

async function makeKnown(): Promise<Known> {
  const user = await admin.newUser("member");
  const [other, another] = [await admin.newProject(), await admin.newProject()];
  return {
    token: await admin.token({ name: user.name, scope: { project: user.project } }),
    caller: { userId: user.userId, projectId: user.projectId, roles: ["member", "reader"] },
    projects: [other.id, another.id],
  };
}

identitySuite({
  name: "real Keystone",
  open: async () => {
    known ??= await makeKnown();
    const clock = new SystemClock();
    const logger = createLogger({ sink: new MemorySink(), clock });
    const options = { ...keystoneSettings(keystone.authUrl), adminRoles: ["admin"], clock, logger };
    const identity = new KeystoneIdentity(options);
    return { identity, known, [Symbol.asyncDispose]: () => identity.close() };
  },
});

const GROUPS = "/v1/groups";
const PLANS = "/v1/plans";

/** Statuses of looking at groups, looking at plans, and removing a plan that is not there. */
const EVERYTHING = [200, 200, 404];
const PLANS_ONLY = [401, 200, 404];
const READ_ONLY = [401, 200, 401];
const NOTHING = [401, 401, 401];

for (
  const { policy, expected } of [
    {
      policy: "admin",
      expected: {
        admin: EVERYTHING,
        "demo-manager": NOTHING,
        demo: NOTHING,
        "demo-reader": NOTHING,
        blue: NOTHING,
      },
    },
    {
      policy: "split",
      expected: {
        admin: EVERYTHING,
        "demo-manager": PLANS_ONLY,
        demo: PLANS_ONLY,
        "demo-reader": PLANS_ONLY,
        blue: PLANS_ONLY,
      },
    },
    {
      policy: "rbac",
      expected: {
        admin: EVERYTHING,
        "demo-manager": PLANS_ONLY,
        demo: PLANS_ONLY,
        "demo-reader": READ_ONLY,
        blue: PLANS_ONLY,
      },
    },
  ] as const
) {
  Deno.test(`KeystoneIdentity gives each persona its rights under '${policy}'`, async () => {
    await using service = await serviceWith({ policy });
    for (const [name, statuses] of Object.entries(expected)) {
      const token = await admin.token({ name });
      const answers = [
        await service.call("GET", GROUPS, { token }),
        await service.call("GET", PLANS, { token }),
        await service.call("DELETE", `${PLANS}/none`, { token }),
      ];
      assertEquals(answers.map(({ status }) => status), statuses, name);
    }
  });
}

Deno.test("KeystoneIdentity gives the role 'service' plans of all projects under 'rbac', and other roles none", async () => {
  await using service = await serviceWith({ policy: "rbac" });
  const demo = await admin.token({ name: "demo" });
  const blue = await admin.token({ name: "blue" });
  const plan = await createPlan(service, {}, { token: demo });
  assertEquals((await service.call("GET", `${PLANS}/${plan.id}`, { token: blue })).status, 404);
  const glue = await admin.newUser("service");
  const glueToken = await admin.token({ name: glue.name, scope: { project: glue.project } });
  assertEquals((await service.call("GET", `${PLANS}/${plan.id}`, { token: glueToken })).status, 200);
  const stranger = await admin.newUser(await admin.newRole());
  const strange = await admin.token({ name: stranger.name, scope: { project: stranger.project } });
  assertUnauthorized(await service.call("GET", PLANS, { token: strange }));
});

Deno.test("KeystoneIdentity takes tokens of projects only", async () => {
  await using service = await serviceWith({ policy: "split" });
  const domain = await admin.idOf("users", "admin");
  const role = await admin.idOf("roles", "admin");
  await admin.send("PUT", `domains/default/users/${domain}/roles/${role}`);
  for (const scope of ["unscoped", "system", "domain"] as const) {
    assertUnauthorized(
      await service.call("GET", PLANS, { token: await admin.token({ name: "admin", scope }) }),
    );
  }
  assertUnauthorized(await service.call("GET", PLANS, { token: null }));
  for (const token of ["gAAAAA-none", "5b2f9d1c4c8e4a0f9b6a7d3e2f1c0b9a", "x".repeat(9000)]) {
    assertUnauthorized(await service.call("GET", PLANS, { token }));
  }
});

Deno.test("KeystoneIdentity knows no more of a token that is revoked, at the latest when its cache says so", async () => {
  await using service = await serviceWith({ tokenCacheMs: 2000 });
  const token = await admin.token({ name: "admin" });
  assertEquals((await service.call("GET", GROUPS, { token })).status, 200);
  await admin.revoke(token);
  await new Promise((resolve) => setTimeout(resolve, 2100));
  assertUnauthorized(await service.call("GET", GROUPS, { token }));
});

Deno.test("KeystoneIdentity knows no token of a disabled user, nor of one whose roles are gone", async () => {
  await using service = await serviceWith({ policy: "split", tokenCacheMs: 0 });
  for (const name of ["disabled", "without roles"]) {
    const user = await admin.newUser("member");
    const token = await admin.token({ name: user.name, scope: { project: user.project } });
    assertEquals((await service.call("GET", PLANS, { token })).status, 200, name);
    if (name === "disabled") {
      await admin.send("PATCH", `users/${user.userId}`, { body: { user: { enabled: false } } });
    } else {
      await admin.withdraw("member", user);
    }
    assertUnauthorized(await service.call("GET", PLANS, { token }));
    assertNotMatch(service.log.text, /gAAAAA/);
  }
});

Deno.test("KeystoneIdentity logs in again when its own token is revoked", async () => {
  const user = await admin.newUser("admin");
  await using service = await serviceWith({ tokenCacheMs: 0, login: passwordLogin(user.name, user.project) });
  const token = admin.ownToken;
  assertEquals((await service.call("GET", GROUPS, { token })).status, 200);
  // Keystone revokes all tokens of a user whose password an administrator changes, be it to the same, also those that
  // it gives within the same second.
  await admin.send("PATCH", `users/${user.userId}`, { body: { user: { password: "secret" } } });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assertEquals((await service.call("GET", GROUPS, { token })).status, 200);
});

Deno.test("KeystoneIdentity logs in with an application credential", async () => {
  const user = await admin.newUser("service");
  const { id, secret } = await admin.newCredential(user);
  await using service = await serviceWith({ login: { method: "application_credential", id, secret } });
  assertEquals(
    (await service.call("GET", GROUPS, { token: admin.ownToken })).status,
    200,
  );
  assertEquals((await service.call("GET", "/readyz", { token: null })).status, 200);
});

Deno.test("KeystoneIdentity keeps the access rules of application credentials", async () => {
  await using service = await serviceWith({ policy: "rbac" });
  const user = await admin.newUser("member");
  const rules = [
    { service: "valet", method: "GET", path: "/v1/plans" },
    { service: "valet", method: "GET", path: "/v1/plans/*" },
    { service: "compute", method: "GET", path: "/v1/placements" },
  ];
  const limited = await admin.credentialToken(await admin.newCredential(user, rules));
  const free = await admin.credentialToken(await admin.newCredential(user));
  assertEquals((await service.call("GET", PLANS, { token: limited })).status, 200);
  assertEquals((await service.call("GET", `${PLANS}/`, { token: limited })).status, 200);
  assertEquals((await service.call("GET", `${PLANS}/none`, { token: limited })).status, 404);
  assertUnauthorized(await service.call("GET", "/v1/placements", { token: limited }));
  assertUnauthorized(await service.call("POST", PLANS, { token: limited, body: {} }));
  assertEquals((await service.call("GET", "/v1/placements", { token: free })).status, 200);
});

for (
  const { name, login, says } of [
    {
      name: "a wrong password",
      login: passwordLogin("valet", "service", { password: "hunter2" }),
      says: "(401)",
    },
    { name: "a project that is not its own", login: passwordLogin("valet", "demo"), says: "(401)" },
  ]
) {
  Deno.test(`KeystoneIdentity lets nobody in while the service user has ${name}, and is not ready`, async () => {
    await using service = await serviceWith({ login });
    for (const token of [admin.ownToken, "none"]) {
      const answer = await service.call("GET", "/v1", { token });
      assertEquals([answer.status, answer.text], [503, "Service temporarily unavailable"]);
      assertEquals(answer.headers.get("retry-after"), "1");
    }
    const ready = await service.call("GET", "/readyz", { token: null });
    assertEquals(ready.json().checks, { store: "ok", identity: "failed", optimizer: "ok" });
    const [refusal] = service.log.of("The service user can't log in");
    assertEquals(refusal.level, "error");
    assertStringIncludes(String(refusal.reason), `Keystone refuses the service user ${says}`);
    assertNotMatch(service.log.text, /hunter2|gAAAAA/);
  });
}

Deno.test("KeystoneIdentity lets nobody in while the service user may not validate tokens, and names the role", async () => {
  const user = await admin.newUser("member");
  await using service = await serviceWith({ login: passwordLogin(user.name, user.project) });
  const token = admin.ownToken;
  const headers = { accept: "application/json" };
  const answer = await service.call("GET", GROUPS, { token, headers });
  assertEquals([answer.status, answer.json().title], [503, "Service Unavailable"]);
  const [{ reason }] = service.log.of("A dependency failed");
  assertStringIncludes(String(reason), "may not validate tokens (403): give it the role 'service'");
  assertStringIncludes((await service.call("GET", "/readyz", { token: null })).text, `"identity":"ok"`);
  assertEquals(service.log.of("No caller can be let in").map((entry) => entry.reason), [reason]);
  await admin.grant("service", user);
  assertEquals(
    (await service.call("GET", GROUPS, { token })).status,
    503,
    "its token has the roles of its login",
  );
});

/** Status of adding projects to a new group. */
async function adding(service: TestService, ...members: string[]): Promise<number> {
  const group = await newGroup(service);
  const token = admin.ownToken;
  return (await service.call("PUT", `${GROUPS}/${group}/members`, { token, body: { members } })).status;
}

let groups = 0;

async function newGroup(service: TestService): Promise<string> {
  const body = { name: `group-${++groups}`, type: "exclusivity" };
  const answer = await service.call("POST", GROUPS, { token: admin.ownToken, body });
  assertEquals(answer.status, 201, answer.text);
  return answer.json<{ id: string }>().id;
}

Deno.test("KeystoneIdentity knows all projects to an admin, whoever owns them", async () => {
  await using service = await serviceWith();
  const known = await admin.newProject();
  const demo = await admin.idOf("projects", "demo");
  const disabled = await admin.newProject();
  await admin.send("PATCH", `projects/${disabled.id}`, { body: { project: { enabled: false } } });
  assertEquals(await adding(service, known.id, demo), 201);
  assertEquals(await adding(service, known.id, "0d9c8b7a695847362514f3e2d1c0b9a8"), 409);
  assertEquals(await adding(service, disabled.id), 409);
  assertEquals(await adding(service, "default"), 409, "a domain is no project");
});

Deno.test("KeystoneIdentity finds more than 50 projects in the pages of the list", async () => {
  await using service = await serviceWith();
  const made = await Promise.all(Array.from({ length: 51 }, () => admin.newProject()));
  const ids = made.map(({ id }) => id);
  assertEquals(await adding(service, ...ids), 201);
  assertEquals(await adding(service, ...ids.slice(1), "0d9c8b7a695847362514f3e2d1c0b9a8"), 409);
});

for (
  const { name, roles, wanted } of [
    { name: "on the public interface", roles: ["admin"], wanted: "public" },
    { name: "who may not list all", roles: ["service"], wanted: "admin" },
  ] as const
) {
  Deno.test(`KeystoneIdentity knows the projects in which the service user ${name} has a role`, async () => {
    const user = await admin.newUser(...roles);
    const login = passwordLogin(user.name, user.project);
    await using service = await serviceWith({ login, interface: wanted, projectCacheMs: 1000 });
    const { id: projectId } = await admin.newProject();
    assertEquals(await adding(service, projectId), 409);
    await admin.grant("member", { userId: user.userId, projectId });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assertEquals(await adding(service, projectId), 201);
    await admin.withdraw("member", { userId: user.userId, projectId });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assertEquals(await adding(service, projectId), 409);
  });
}
