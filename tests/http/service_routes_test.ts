import { assert, assertEquals, assertMatch } from "@std/assert";
import type { AppOptions } from "../../src/http/app_options.ts";
import { serviceRoutes } from "../../src/http/routes/service.ts";
import type { Optimizer } from "../../src/ports/optimizer.ts";
import type { Store } from "../../src/ports/store.ts";
import { FaultInjector } from "../support/faults.ts";
import { assertEmpty, assertUnauthorized, createPlan } from "../support/contract.ts";
import { startService } from "../support/service.ts";

Deno.test("livez answers without a token, whatever is out of order", async () => {
  const store = new FaultInjector<Store>("store");
  await using service = await startService({ wrap: { store: store.wrap } });
  store.fail("ping", "plans");
  const answer = await service.call("GET", "/livez", { token: null });
  assertEquals([answer.status, answer.json()], [200, { status: "ok" }]);
});

Deno.test("readyz names what failed, and nothing more", async () => {
  const store = new FaultInjector<Store>("store");
  const optimizer = new FaultInjector<Optimizer>("optimizer");
  await using service = await startService({ wrap: { store: store.wrap, optimizer: optimizer.wrap } });
  const ready = await service.call("GET", "/readyz", { token: null });
  const checks = { store: "ok", identity: "ok", optimizer: "ok" };
  assertEquals([ready.status, ready.json()], [200, { status: "ok", checks }]);
  store.fail("ping");
  const broken = await service.call("GET", "/readyz", { token: null });
  assertEquals([broken.status, broken.json()], [503, {
    status: "failed",
    checks: { ...checks, store: "failed" },
  }]);
});

Deno.test("metrics count requests by route and decisions by outcome", async () => {
  await using service = await startService();
  await createPlan(service);
  await service.call("GET", "/v1/plans/unknown");
  const { status, text, headers } = await service.call("GET", "/metrics", { token: null });
  assertEquals(status, 200);
  assertMatch(headers.get("content-type")!, /^text\/plain/);
  assertMatch(text, /route="\/v1\/plans\/:plan_id"/);
  assertMatch(text, /placed/);
  assert(!text.includes('unknown"'), "no path with an id becomes a label");
});

Deno.test("metrics need an admin's token from an address that is neither loopback nor allowed", async () => {
  await using service = await startService({ policy: "split" });
  const from = async (remoteAddress: string, token?: string) => {
    const headers: Record<string, string> = token ? { "x-auth-token": token } : {};
    const response = await service.app.fetch(new Request(`${service.url}/metrics`, { headers }), {
      remoteAddress,
    });
    await response.text();
    return response.status;
  };
  assertEquals(await from("192.0.2.7"), 401);
  assertEquals(await from("192.0.2.7", "member"), 401);
  assertEquals(await from("192.0.2.7", "unknown"), 401);
  assertEquals(await from("192.0.2.7", "admin"), 200);
  assertEquals(await from("127.0.0.1"), 200);
});

Deno.test("service routes answer OPTIONS and refuse other methods", async () => {
  await using service = await startService();
  for (const path of ["/livez", "/readyz", "/metrics", "/docs", "/openapi.json"]) {
    assertEmpty(await service.call("OPTIONS", path));
    const refused = await service.call("DELETE", path);
    assertEquals([refused.status, refused.headers.get("allow")], [405, "GET"]);
    assertEquals((await service.call("HEAD", path)).text, "");
    assertEquals((await service.call("GET", `${path}/`)).status, 200);
  }
});

Deno.test("a service without room for another request says so at once", async () => {
  const optimizer = new FaultInjector<Optimizer>("optimizer");
  await using service = await startService({
    wrap: { optimizer: optimizer.wrap },
    settings: {
      server: {
        limits: { bodyBytes: 1 << 20, jsonDepth: 64, inFlight: 2, requestMs: 60_000, drainMs: 1000 },
      },
    },
  });
  const waiting = optimizer.hold("place");
  const first = createPlan(service);
  await waiting;
  const second = createPlan(service);
  let status = 200;
  for (let round = 0; status === 200 && round < 100; round++) {
    status = (await service.call("GET", "/")).status;
    assertEquals((await service.call("GET", "/livez")).status, 200);
  }
  assertEquals(status, 503);
  optimizer.heal();
  await Promise.all([first, second]);
  assertEquals((await service.call("GET", "/livez")).status, 200);
});

Deno.test("a request that takes too long is 503, and what it began is finished", async () => {
  const optimizer = new FaultInjector<Optimizer>("optimizer");
  await using service = await startService({
    wrap: { optimizer: optimizer.wrap },
    settings: {
      server: { limits: { bodyBytes: 1 << 20, jsonDepth: 64, inFlight: 20, requestMs: 500, drainMs: 1000 } },
    },
  });
  const waiting = optimizer.hold("place");
  const resources = { a: { type: "OS::Nova::Server", properties: { flavor: "m1.small" } } };
  const body = { plan_name: "slow", stack_id: "slow", resources };
  const answered = service.call("POST", "/v1/plans", { body });
  await waiting;
  const answer = await answered;
  assertEquals([answer.status, answer.headers.get("retry-after")], [503, "1"]);
  optimizer.heal();
  const repeated = await service.call("POST", "/v1/plans", { body });
  assertEquals(repeated.status, 201);
});

Deno.test("tokens never reach the log", async () => {
  await using service = await startService();
  await service.call("GET", "/v1/plans", { token: "secret-token-4711" });
  await service.call("GET", "/v1/plans");
  assert(service.log.lines.length > 0);
  assert(!service.log.lines.some((line) => line.includes("secret-token-4711")));
});

Deno.test("unauthorized answers do not tell a known token from an unknown one", async () => {
  await using service = await startService({ policy: "rbac" });
  for (const token of ["norole", "unknown"]) {
    assertUnauthorized(await service.call("GET", "/v1/plans", { token }));
  }
});

Deno.test("serviceRoutes writes the reference for its first reader, and once", () => {
  let written = 0;
  const options = {
    get version() {
      written += 1;
      return "1.2.3";
    },
  } as AppOptions;
  const routes = serviceRoutes(options);
  assertEquals(written, 0);
  for (const [index, path] of ["/openapi.json", "/docs"].entries()) {
    const { handle, allow } = routes.find((route) => route.path === path)!;
    const read = () =>
      handle({ request: new Request(`http://valet${path}`), peer: { remoteAddress: "127.0.0.1" }, allow });
    assertEquals(read(), read());
    assertEquals(written, index + 1);
  }
});
