import { assert, assertEquals, assertGreater, assertLess, assertStringIncludes } from "@std/assert";
import { type Keystone, keystone as keystoneAt, startKeystone } from "../../scripts/services/keystone.ts";
import type { KeystoneSettings } from "../../src/settings/settings.ts";
import { assertUnauthorized } from "../support/contract.ts";
import { KeystoneAdmin, keystoneSettings } from "../support/keystone_admin.ts";
import { startService, type TestService } from "../support/service.ts";

const PLANS = "/v1/plans";

function serviceOf({ authUrl }: Keystone, changes: Partial<KeystoneSettings> = {}): Promise<TestService> {
  return startService({
    policy: "split",
    settings: { identity: { ...keystoneSettings(authUrl, changes), policy: "split" } },
  });
}

async function statusOf(service: TestService, token: string): Promise<number> {
  return (await service.call("GET", PLANS, { token })).status;
}

/** Asks until it gets `wanted`; milliseconds since the beginning. Any answer but `wanted` and 503 is a failure. */
async function msUntil(
  service: TestService,
  { token, wanted }: { token: string; wanted: number },
): Promise<number> {
  const startedMs = performance.now();
  for (;;) {
    const status = await statusOf(service, token);
    if (status === wanted) return performance.now() - startedMs;
    assertEquals(status, 503);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("KeystoneIdentity lets known tokens on and answers all others 503 while Keystone is down for 30 s", async () => {
  await using keystone = await startKeystone();
  const admin = await KeystoneAdmin.login(keystone.authUrl);
  const [known, unseen] = [await admin.token({ name: "demo" }), await admin.token({ name: "blue" })];
  await using service = await serviceOf(keystone);
  assertEquals(await statusOf(service, known), 200);
  await keystone.kill();
  const counts = new Map<string, number>();
  const durations: number[] = [];
  const endMs = performance.now() + 30_000;
  while (performance.now() < endMs) {
    for (const [name, token] of Object.entries({ known, unseen, garbage: `x-${counts.size}` })) {
      const startedMs = performance.now();
      const key = `${name} ${await statusOf(service, token)}`;
      durations.push(performance.now() - startedMs);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  assertEquals([...counts.keys()].sort(), ["garbage 503", "known 200", "unseen 503"]);
  assertLess(Math.max(...durations), 2000);
  assertEquals((await service.call("GET", "/readyz", { token: null })).status, 503);
  const { error } = service.log.of("Part does not work")[0] as { error: { message: string } };
  assertStringIncludes(error.message, "Connection refused");
  await keystone.restart();
  const recoveredMs = await msUntil(service, { token: unseen, wanted: 200 });
  console.log(
    `Keystone down for 30 s: ${JSON.stringify(Object.fromEntries(counts))}, longest answer ` +
      `${Math.round(Math.max(...durations))} ms, recovered ${Math.round(recoveredMs)} ms after Keystone`,
  );
  assertLess(recoveredMs, 2000);
  assertUnauthorized(await service.call("GET", PLANS, { token: "garbage" }));
  assertEquals((await service.call("GET", "/readyz", { token: null })).status, 200);
});

Deno.test("KeystoneIdentity waits for a frozen Keystone as long as it is told, and goes on when it thaws", async () => {
  await using keystone = await startKeystone();
  const admin = await KeystoneAdmin.login(keystone.authUrl);
  const [known, unseen] = [await admin.token({ name: "demo" }), await admin.token({ name: "blue" })];
  await using service = await serviceOf(keystone, { timeoutMs: 1500 });
  assertEquals(await statusOf(service, known), 200);
  keystone.freeze();
  const startedMs = performance.now();
  const statuses = await Promise.all(
    [unseen, unseen, "garbage", known].map((token) => statusOf(service, token)),
  );
  const answeredMs = performance.now() - startedMs;
  assertEquals(statuses, [503, 503, 503, 200]);
  assertGreater(answeredMs, 1400);
  assertLess(answeredMs, 3000);
  keystone.thaw();
  const recoveredMs = await msUntil(service, { token: unseen, wanted: 200 });
  console.log(
    `Keystone frozen: 503 after ${Math.round(answeredMs)} ms, recovered ${
      Math.round(recoveredMs)
    } ms after the thaw`,
  );
  assertLess(recoveredMs, 2000);
});

Deno.test("KeystoneIdentity starts while Keystone is down, says why it is not ready, and recovers alone", async () => {
  await using keystone = keystoneAt();
  await using service = await serviceOf(keystone);
  const before = await service.call("GET", "/readyz", { token: null });
  assertEquals([before.status, before.json().checks], [503, {
    store: "ok",
    identity: "failed",
    optimizer: "ok",
  }]);
  const { error } = service.log.of("Part does not work")[0] as { error: { message: string } };
  assertStringIncludes(error.message, `Keystone gives no answer to POST ${keystone.authUrl}/auth/tokens`);
  assertEquals(await statusOf(service, "t"), 503);
  await keystone.start();
  assertEquals((await service.call("GET", "/readyz", { token: null })).status, 200);
  const admin = await KeystoneAdmin.login(keystone.authUrl);
  assertEquals(await statusOf(service, admin.ownToken), 200);
});

Deno.test("KeystoneIdentity takes an expired token out of the hands of a service alone", async () => {
  await using keystone = await startKeystone({ tokenSeconds: 15 });
  const admin = await KeystoneAdmin.login(keystone.authUrl);
  await using service = await serviceOf(keystone);
  const expiring = await admin.token({ name: "demo" });
  assertEquals(await statusOf(service, expiring), 200);
  await new Promise((resolve) => setTimeout(resolve, 16_000));
  assertEquals(await statusOf(service, expiring), 401);
  const call = async (name: string) => {
    const people = await KeystoneAdmin.login(keystone.authUrl);
    const headers = { "x-service-token": await people.token({ name }) };
    return (await service.call("GET", PLANS, { token: expiring, headers })).status;
  };
  assertEquals(await call("valet"), 200);
  assertEquals(await call("blue"), 401);
  const headers = { "x-service-token": expiring };
  assertEquals((await service.call("GET", PLANS, { token: expiring, headers })).status, 401);
  assert(!service.log.text.includes("gAAAAA"));
});
