import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Unavailable } from "../../src/ports/failures.ts";
import { FakeKeystone, keystoneError } from "../support/fake_keystone.ts";
import { credentials } from "../support/identity_suite.ts";
import { openKeystone } from "../support/keystone_identity.ts";
import { ManualClock } from "../support/manual_clock.ts";

const LOGIN = "POST /v3/auth/tokens";

for (
  const { name, wanted, url } of [
    { name: "the admin endpoint unless told otherwise", wanted: "admin", url: (base: string) => base },
    { name: "the internal endpoint", wanted: "internal", url: (base: string) => `${base}/v3` },
    { name: "an endpoint of version 2.0", wanted: "admin", url: (base: string) => `${base}/v2.0/` },
  ] as const
) {
  Deno.test(`KeystoneIdentity logs in at the URL it is given, and then calls ${name}`, async () => {
    const keystone = new FakeKeystone();
    const other = keystone.listen();
    keystone.endpoints.set(wanted, url(other));
    await using site = openKeystone({ keystone, interface: wanted });
    keystone.tokens.set("t", {});
    assert(await site.identity.authenticate(credentials("t")));
    assertEquals(
      keystone.calls.map(({ host, method }) => `${method} http://${host}`),
      [`POST ${keystone.url}`, `GET ${other}`],
    );
  });
}

Deno.test("KeystoneIdentity stays at the URL it is given where the catalog has no admin endpoint", async () => {
  const keystone = new FakeKeystone();
  keystone.endpoints.delete("admin");
  await using site = openKeystone({ keystone });
  keystone.tokens.set("t", {});
  assert(await site.identity.authenticate(credentials("t")));
});

for (
  const { name, changes } of [
    { name: "an interface", changes: { interface: "internal" } },
    { name: "a region", changes: { interface: "public", region: "two" } },
  ] as const
) {
  Deno.test(`KeystoneIdentity says so where the catalog lacks ${name} that was asked for`, async () => {
    const keystone = new FakeKeystone();
    keystone.endpoints.delete("internal");
    await using site = openKeystone({ keystone, ...changes });
    const error = await assertRejects(() => site.identity.ping(), Unavailable);
    assertStringIncludes(error.message, "check identity.config.interface");
  });
}

Deno.test("KeystoneIdentity renews its token two minutes before it expires", async () => {
  const clock = new ManualClock(Date.now());
  const keystone = new FakeKeystone();
  keystone.serviceLifeMs = 600_000;
  await using site = openKeystone({ keystone, clock });
  await site.identity.ping();
  clock.advance(479_000);
  await site.identity.ping();
  assertEquals(keystone.asked().filter((call) => call === LOGIN).length, 1);
  clock.advance(2000);
  await site.identity.ping();
  assertEquals(keystone.asked().filter((call) => call === LOGIN).length, 1);
});

Deno.test("KeystoneIdentity uses a token that lives for less than two minutes for half of its life", async () => {
  const clock = new ManualClock(Date.now() - 86_400_000);
  const keystone = new FakeKeystone();
  keystone.serviceLifeMs = 10_000;
  await using site = openKeystone({ keystone, clock });
  await site.identity.ping();
  clock.advance(4000);
  await site.identity.ping();
  assertEquals(keystone.asked().filter((call) => call === LOGIN).length, 1);
  clock.advance(2000);
  await site.identity.ping();
  assertEquals(keystone.asked().filter((call) => call === LOGIN).length, 1);
});

Deno.test("KeystoneIdentity logs in again, once for all callers, when its token is no longer good", async () => {
  await using site = openKeystone({ tokenCacheMs: 0 });
  const tokens = Array.from({ length: 10 }, (_, index) => `t-${index}`);
  for (const token of tokens) site.keystone.tokens.set(token, {});
  await site.identity.ping();
  site.keystone.forget();
  site.keystone.asked();
  const callers = await Promise.all(tokens.map((token) => site.identity.authenticate(credentials(token))));
  assertEquals(callers.filter((caller) => caller === null), []);
  assertEquals(site.keystone.asked().filter((call) => call === LOGIN).length, 1);
});

Deno.test("KeystoneIdentity keeps a new token when an answer to the old one comes late", async () => {
  await using site = openKeystone({ tokenCacheMs: 0 });
  for (const token of ["early", "late"]) site.keystone.tokens.set(token, {});
  await site.identity.ping();
  site.keystone.forget();
  site.keystone.asked();
  const renewed = Promise.withResolvers<void>();
  let held = true;
  site.keystone.fault = ({ headers }) => {
    if (headers.get("x-subject-token") !== "late" || !held) return null;
    held = false;
    return renewed.promise.then(() => keystoneError(401));
  };
  const late = site.identity.authenticate(credentials("late"));
  assert(await site.identity.authenticate(credentials("early")));
  renewed.resolve();
  assert(await late);
  assertEquals(site.keystone.asked().filter((call) => call === LOGIN).length, 1);
});

Deno.test("KeystoneIdentity gives up when the token it was just given is not good", async () => {
  await using site = openKeystone();
  site.keystone.fault = ({ method }) => method === "GET" ? keystoneError(401) : null;
  await assertRejects(() => site.identity.authenticate(credentials("t")), Unavailable);
  assertEquals(site.keystone.calls.map(({ method }) => method), ["POST", "GET", "POST", "GET"]);
});

Deno.test("KeystoneIdentity tells that its password is wrong, and tries again after 10 s", async () => {
  const clock = new ManualClock(Date.now());
  const keystone = new FakeKeystone();
  keystone.password = "another";
  await using site = openKeystone({ keystone, clock });
  for (const _ of "123") {
    const error = await assertRejects(() => site.identity.authenticate(credentials("t")), Unavailable);
    assertStringIncludes(
      error.message,
      "refuses the service user (401): check identity.config.username, password",
    );
    await assertRejects(() => site.identity.ping(), Unavailable);
  }
  assertEquals(keystone.asked(), [LOGIN]);
  assertEquals(site.log.of("The service user can't log in").map(({ level }) => level), ["error"]);
  keystone.password = "secret";
  clock.advance(10_000);
  await site.identity.ping();
});

Deno.test("KeystoneIdentity.ping asks Keystone each time", async () => {
  await using site = openKeystone();
  await site.identity.ping();
  site.keystone.asked();
  await site.identity.ping();
  assertEquals(site.keystone.asked(), ["GET /v3/auth/tokens?nocatalog"]);
  site.keystone.fault = () => keystoneError(500);
  await assertRejects(() => site.identity.ping(), Unavailable);
});

Deno.test("KeystoneIdentity.check refuses a service user without the right to validate, ping tells the log once", async () => {
  await using site = openKeystone();
  site.keystone.mayValidate = false;
  const error = await assertRejects(() => site.identity.check(), Unavailable);
  assertStringIncludes(error.message, "give it the role 'service' or 'admin'");
  for (let time = 0; time < 2; time++) await site.identity.ping();
  const told = site.log.of("No caller can be let in");
  assertEquals(told.map(({ level, reason }) => [level, reason]), [["error", error.message]]);
  site.keystone.mayValidate = true;
  await site.identity.check();
});
