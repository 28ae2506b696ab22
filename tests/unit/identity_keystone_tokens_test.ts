import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { FakeKeystone } from "../support/fake_keystone.ts";
import { credentials, identitySuite, KNOWN } from "../support/identity_suite.ts";
import { openKeystone } from "../support/keystone_identity.ts";
import { ManualClock } from "../support/manual_clock.ts";

const VALIDATION = "GET /v3/auth/tokens?nocatalog";
const LOGIN = "POST /v3/auth/tokens";
const EXPIRED = "GET /v3/auth/tokens?nocatalog&allow_expired=1";

/** A clock that a test moves, and that Keystone's times fit to. */
const clockNow = () => new ManualClock(Date.now());

identitySuite({
  name: "keystone",
  open: () => {
    const { keystone, ...site } = openKeystone();
    keystone.tokens.set(KNOWN.token, KNOWN.caller);
    for (const id of [KNOWN.caller.projectId, ...KNOWN.projects]) keystone.projects.set(id, true);
    return Promise.resolve({ ...site, known: KNOWN });
  },
});

Deno.test("KeystoneIdentity.authenticate asks once while an answer is remembered", async () => {
  const clock = clockNow();
  await using site = openKeystone({ clock, tokenCacheMs: 60_000 });
  site.keystone.tokens.set("t", { roles: ["admin"] });
  for (const _ of "12") assert(await site.identity.authenticate(credentials("t")));
  assertEquals(site.keystone.asked(), [LOGIN, VALIDATION]);
  clock.advance(59_999);
  assert(await site.identity.authenticate(credentials("t")));
  assertEquals(site.keystone.asked(), []);
  clock.advance(1);
  assert(await site.identity.authenticate(credentials("t")));
  assertEquals(site.keystone.asked(), [VALIDATION]);
});

Deno.test("KeystoneIdentity.authenticate remembers a token for no longer than it lives", async () => {
  const clock = clockNow();
  await using site = openKeystone({ clock, tokenCacheMs: 300_000 });
  site.keystone.tokens.set("t", { lifeMs: 5000 });
  assert(await site.identity.authenticate(credentials("t")));
  site.keystone.tokens.delete("t");
  clock.advance(4000);
  assert(await site.identity.authenticate(credentials("t")));
  clock.advance(1500);
  assertEquals(await site.identity.authenticate(credentials("t")), null);
});

Deno.test("KeystoneIdentity.authenticate asks each time when nothing is to be remembered", async () => {
  await using site = openKeystone({ tokenCacheMs: 0 });
  site.keystone.tokens.set("t", {});
  for (const _ of "123") assert(await site.identity.authenticate(credentials("t")));
  assertEquals(site.keystone.asked(), [LOGIN, VALIDATION, VALIDATION, VALIDATION]);
});

Deno.test("KeystoneIdentity.authenticate asks once for callers that come at the same time", async () => {
  await using site = openKeystone();
  site.keystone.tokens.set("t", {});
  site.keystone.tokens.set("u", { userId: "u-2" });
  const calls = Array.from("tututu", (token) => site.identity.authenticate(credentials(token)));
  assertEquals((await Promise.all(calls)).map((caller) => caller?.userId), [
    "u-1",
    "u-2",
    "u-1",
    "u-2",
    "u-1",
    "u-2",
  ]);
  assertEquals(site.keystone.asked(), [LOGIN, VALIDATION, VALIDATION]);
});

Deno.test("KeystoneIdentity.authenticate remembers for 10 s that a token is not good", async () => {
  const clock = clockNow();
  await using site = openKeystone({ clock });
  assertEquals(await site.identity.authenticate(credentials("t")), null);
  site.keystone.tokens.set("t", {});
  clock.advance(9_999);
  assertEquals(await site.identity.authenticate(credentials("t")), null);
  assertEquals(site.keystone.asked(), [LOGIN, VALIDATION]);
  clock.advance(1);
  assert(await site.identity.authenticate(credentials("t")));
});

Deno.test("KeystoneIdentity.authenticate gives null for a token without a project", async () => {
  await using site = openKeystone();
  site.keystone.tokens.set("t", { projectId: null, roles: ["admin"] });
  assertEquals(await site.identity.authenticate(credentials("t")), null);
});

Deno.test("KeystoneIdentity.authenticate keeps tokens out of URLs and of the log", async () => {
  await using site = openKeystone();
  site.keystone.tokens.set("token-of-a-user", {});
  await site.identity.authenticate(credentials("token-of-a-user"));
  await site.identity.authenticate(credentials("unknown-token"));
  const [login, good] = site.keystone.calls;
  assertEquals(login.headers.get("x-subject-token"), null);
  assertEquals(good.headers.get("x-subject-token"), "token-of-a-user");
  assertEquals(good.headers.get("openstack-identity-access-rules"), "1");
  assertNotMatch(site.keystone.asked().join(), /token-of|unknown-token|gAAAAA/);
  assertEquals(site.log.of("A token is not good").map(({ reason }) => reason), ["unknown or expired"]);
  assertNotMatch(site.log.text, /token-of|unknown-token|gAAAAA|secret/);
});

const RULE = { service: "valet", method: "GET", path: "/v1/plans/*" };

for (
  const { name, rules, call, allowed } of [
    { name: "as spelled", rules: [RULE], call: "GET /v1/plans/a", allowed: true },
    { name: "by another method", rules: [RULE], call: "POST /v1/plans/a", allowed: false },
    { name: "of another path", rules: [RULE], call: "GET /v1/placements/a", allowed: false },
    { name: "one segment too many", rules: [RULE], call: "GET /v1/plans/a/b", allowed: false },
    { name: "one segment too few", rules: [RULE], call: "GET /v1/plans", allowed: false },
    {
      name: "of the collection itself",
      rules: [{ ...RULE, path: "/v1/plans" }],
      call: "GET /v1/plans",
      allowed: true,
    },
    {
      name: "to another service",
      rules: [{ ...RULE, service: "compute" }],
      call: "GET /v1/plans/a",
      allowed: false,
    },
    {
      name: "to a service of the original's type",
      rules: [{ ...RULE, service: "placement" }],
      call: "GET /v1/plans/a",
      allowed: true,
    },
    {
      name: "to a named segment",
      rules: [{ ...RULE, path: "/v1/groups/{id}/members/{member}" }],
      call: "GET /v1/groups/g/members/m",
      allowed: true,
    },
    {
      name: "to anything below",
      rules: [{ ...RULE, path: "/v1/**" }],
      call: "GET /v1/groups/g/members",
      allowed: true,
    },
    { name: "outside of that", rules: [{ ...RULE, path: "/v1/**" }], call: "GET /v2/groups", allowed: false },
    {
      name: "with characters that mean something in a regular expression",
      rules: [{ ...RULE, path: "/v1/plans/a.b" }],
      call: "GET /v1/plans/axb",
      allowed: false,
    },
    { name: "without any rule", rules: [], call: "GET /v1/plans/a", allowed: false },
    {
      name: "by a rule after fifty others",
      rules: [...Array(50).fill({ ...RULE, method: "PUT" }), RULE],
      call: "GET /v1/plans/a",
      allowed: false,
    },
    {
      name: "of a path that leads nowhere",
      rules: [{ ...RULE, path: "/v1/**" }],
      call: `GET /v1/${"a".repeat(2048)}`,
      allowed: false,
    },
    {
      name: "by the second rule",
      rules: [{ ...RULE, method: "PUT" }, RULE],
      call: "GET /v1/plans/a",
      allowed: true,
    },
  ]
) {
  Deno.test(`KeystoneIdentity.authenticate keeps access rules for a call ${name}`, async () => {
    await using site = openKeystone();
    site.keystone.tokens.set("t", { accessRules: rules });
    const [method, path] = call.split(" ");
    const caller = await site.identity.authenticate(credentials("t", { call: { method, path } }));
    assertEquals(caller !== null, allowed);
  });
}

Deno.test("KeystoneIdentity.authenticate is not slowed down by rules that are made for it", async () => {
  await using site = openKeystone();
  site.keystone.tokens.set("t", { accessRules: Array(200).fill({ ...RULE, path: "**a".repeat(84) + "b" }) });
  const call = { method: "GET", path: `/v1/${"a".repeat(2000)}` };
  const startedMs = performance.now();
  assertEquals(await site.identity.authenticate(credentials("t", { call })), null);
  assert(performance.now() - startedMs < 2000);
});

for (
  const { name, service, lifeMs, good, asked } of [
    { name: "of a service", service: { roles: ["service"] }, lifeMs: -1000, good: true, asked: [EXPIRED] },
    { name: "of a user", service: { roles: ["admin", "member"] }, lifeMs: -1000, good: false, asked: [] },
    {
      name: "that has expired",
      service: { roles: ["service"], lifeMs: -1000 },
      lifeMs: -1000,
      good: false,
      asked: [],
    },
    { name: "that is unknown", service: null, lifeMs: -1000, good: false, asked: [] },
    {
      name: "with rules that the call breaks",
      service: { roles: ["service"], accessRules: [{ ...RULE, method: "PUT" }] },
      lifeMs: -1000,
      good: false,
      asked: [],
    },
  ]
) {
  Deno.test(`KeystoneIdentity.authenticate with an expired token and a service token ${name}`, async () => {
    await using site = openKeystone();
    site.keystone.tokens.set("t", { lifeMs });
    if (service !== null) site.keystone.tokens.set("s", service);
    const caller = await site.identity.authenticate(credentials("t", { serviceToken: "s" }));
    assertEquals(caller !== null, good);
    assertEquals(site.keystone.asked(), [LOGIN, VALIDATION, VALIDATION, ...asked]);
    assertEquals(
      await site.identity.authenticate(credentials("t")),
      null,
      "alone it has expired all the same",
    );
  });
}

Deno.test("KeystoneIdentity.authenticate does not ask for a service token beside a good one", async () => {
  await using site = openKeystone();
  site.keystone.tokens.set("t", {});
  assert(await site.identity.authenticate(credentials("t", { serviceToken: "none" })));
  assertEquals(site.keystone.asked(), [LOGIN, VALIDATION]);
});

for (
  const { name, requireAdminProject, isAdminProject, roles } of [
    {
      name: "in the admins' project",
      requireAdminProject: true,
      isAdminProject: true,
      roles: ["admin", "member"],
    },
    { name: "in another project", requireAdminProject: true, isAdminProject: false, roles: ["member"] },
    {
      name: "where Keystone tells of no such project",
      requireAdminProject: true,
      isAdminProject: undefined,
      roles: ["admin", "member"],
    },
    {
      name: "where it does not matter",
      requireAdminProject: false,
      isAdminProject: false,
      roles: ["admin", "member"],
    },
  ]
) {
  Deno.test(`KeystoneIdentity.authenticate gives the roles of an admin ${name}`, async () => {
    await using site = openKeystone({ requireAdminProject });
    site.keystone.tokens.set("t", { roles: ["admin", "member"], isAdminProject });
    assertEquals((await site.identity.authenticate(credentials("t")))?.roles, roles);
  });
}

Deno.test("KeystoneIdentity logs in with an application credential", async () => {
  const keystone = new FakeKeystone();
  const login = { method: "application_credential", id: "i", secret: "secret" } as const;
  await using site = openKeystone({ keystone, login });
  keystone.tokens.set("t", {});
  assert(await site.identity.authenticate(credentials("t")));
});
