import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Inventory } from "../../src/ports/inventory.ts";
import { Rejected } from "../../src/ports/failures.ts";
import { planBody } from "../support/contract.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { FaultInjector } from "../support/faults.ts";
import { MemorySink } from "../support/memory_sink.ts";
import { untilReady } from "../support/readiness.ts";
import { startService } from "../support/service.ts";

Deno.test("compose gives a service that answers on a port of the system's choice", async () => {
  await using service = await startService();
  assertMatch(service.url, /^http:\/\/127\.0\.0\.1:\d{4,5}$/);
  assertEquals((await service.call("GET", "/", { token: null })).status, 200);
  assertEquals((await service.call("GET", "/readyz", { token: null })).status, 200);
});

Deno.test("compose listens while the model is loaded: alive, not ready, and plans are 503", async () => {
  const inventory = new FaultInjector<Inventory>("inventory");
  const log = new MemorySink();
  const loading = inventory.hold("load");
  const starting = startService({ log, wrap: { inventory: inventory.wrap } });
  await loading;
  const [{ url }] = log.of("Listening");
  const status = async (method: string, path: string, body?: object) => {
    const headers = { "x-auth-token": "admin", "content-type": "application/json" };
    const response = await fetch(`${url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await status("GET", "/livez"), 200);
  assertEquals(await status("GET", "/readyz"), 503);
  assertEquals(await status("POST", "/v1/plans", planBody()), 503);
  inventory.heal();
  await using service = await starting;
  assertEquals((await service.call("GET", "/readyz", { token: null })).status, 200);
  assertEquals((await service.call("POST", "/v1/plans", { body: planBody() })).status, 201);
});

Deno.test("compose starts without an inventory that is out of order, and is ready when it is back", async () => {
  const inventory = new FaultInjector<Inventory>("inventory");
  inventory.fail("load");
  await using service = await startService({ wrap: { inventory: inventory.wrap } });
  assertEquals((await service.call("GET", "/readyz", { token: null })).status, 503);
  inventory.heal();
  await untilReady(service.url);
  assertEquals((await service.call("POST", "/v1/plans", { body: planBody() })).status, 201);
});

Deno.test("compose refuses a wrong data-centre file and lets go of everything, so that a right one can be started", async () => {
  const folder = Deno.makeTempDirSync();
  const wrong = { ...dataCenterFile(), hosts: [] };
  await assertRejects(
    () => startService({ folder, store: "sqlite", dataCenter: wrong }),
    Rejected,
    "at least one host",
  );
  const service = await startService({ folder, store: "sqlite" });
  await service.stop();
  Deno.removeSync(folder, { recursive: true });
});

Deno.test("compose passes on that the port is in use, after closing what it had opened", async () => {
  await using first = await startService();
  const port = Number(new URL(first.url).port);
  const server = { port } as const;
  await assertRejects(() => startService({ settings: { server } }), Deno.errors.AddrInUse);
});

Deno.test("compose loads what is stored, so that a restarted service gives no room twice", async () => {
  const folder = Deno.makeTempDirSync();
  const options = {
    folder,
    store: "sqlite",
    dataCenter: dataCenterFile({ racks: 1, hostsPerRack: 1, vcpus: 1 }),
  } as const;
  const before = await startService(options);
  const plan = await before.call("POST", "/v1/plans", { body: planBody() });
  assertEquals(plan.status, 201, plan.text);
  await before.stop();
  const after = await startService(options);
  assertEquals(
    (await after.call("GET", `/v1/plans/${plan.json<{ plan: { id: string } }>().plan.id}`)).status,
    200,
  );
  const refused = await after.call("POST", "/v1/plans", { body: planBody() });
  assertEquals(refused.status, 500, refused.text);
  assert(refused.text.includes("Ostro error: no available hosts"));
  await after.stop();
  Deno.removeSync(folder, { recursive: true });
});
