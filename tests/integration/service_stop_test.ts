import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { compose } from "../../src/compose/mod.ts";
import type { Store } from "../../src/ports/store.ts";
import { planBody, type WirePlan } from "../support/contract.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { FaultInjector } from "../support/faults.ts";
import { startService, type TestService } from "../support/service.ts";
import { testSettings } from "../support/test_settings.ts";

function temporaryFolder(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync();
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

async function connectTo(service: TestService): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(service.url);
  return await Deno.connect({ hostname, port: Number(port) });
}

Deno.test("Service.stop lets requests that are worked on end, and what they stored is there after a start", async () => {
  using folder = temporaryFolder();
  const store = new FaultInjector<Store>("store");
  const service = await startService({ folder: folder.path, store: "sqlite", wrap: { store: store.wrap } });
  const storing = store.hold("createPlan");
  const answering = service.call("POST", "/v1/plans", { body: planBody() });
  await storing;
  const stopping = service.stop();
  await assertRejects(() => service.call("GET", "/"), TypeError);
  store.heal();
  const answer = await answering;
  assertEquals(answer.status, 201);
  await stopping;
  await using again = await startService({ folder: folder.path, store: "sqlite" });
  const { plan } = answer.json<{ plan: WirePlan }>();
  assertEquals((await again.call("GET", `/v1/plans/${plan.id}`)).status, 200);
});

Deno.test("Service.stop makes the service not ready at once", async () => {
  const store = new FaultInjector<Store>("store");
  const service = await startService({ wrap: { store: store.wrap } });
  const storing = store.hold("createPlan");
  const answering = service.call("POST", "/v1/plans", { body: planBody() });
  await storing;
  const stopping = service.stop();
  const probe = await service.app.fetch(new Request(`${service.url}/readyz`), { remoteAddress: "127.0.0.1" });
  assertEquals(probe.status, 503);
  await probe.body?.cancel();
  store.heal();
  assertEquals((await answering).status, 201);
  await stopping;
});

Deno.test("Service.stop goes on without a request that takes longer than the time to drain", async () => {
  const store = new FaultInjector<Store>("store");
  const limits = { bodyBytes: 1000, jsonDepth: 64, inFlight: 10, requestMs: 60_000, drainMs: 20 };
  const service = await startService({ wrap: { store: store.wrap }, settings: { server: { limits } } });
  const storing = store.hold("createPlan");
  const answering = service.call("POST", "/v1/plans", { body: planBody() });
  await storing;
  await service.stop();
  store.heal();
  assertEquals((await answering).status, 503);
});

Deno.test("Service.stop is not held up by connections without a whole request", async () => {
  const service = await startService();
  using silent = await connectTo(service);
  using half = await connectTo(service);
  await half.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: x\r\n"));
  assertEquals((await service.call("GET", "/")).status, 200);
  const fromMs = performance.now();
  await service.stop();
  assertLess(performance.now() - fromMs, 5000, "less than the time to drain");
  assert(silent.localAddr && half.localAddr);
});

Deno.test("Service.stop closes the parts in the reverse order of their opening, the log last", async () => {
  const closed: string[] = [];
  const watch = (part: string) => <T extends object>(adapter: T): T =>
    new Proxy(adapter, {
      get: (target, name) => {
        const member = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          if (name === "close") closed.push(part);
          return member.apply(target, args);
        };
      },
    });
  const parts = ["store", "identity", "inventory", "optimizer", "notifier"];
  const wrap = Object.fromEntries(parts.map((part) => [part, watch(part)]));
  const service = await startService({ wrap });
  await service.stop();
  assertEquals(closed, ["notifier", "optimizer", "inventory", "identity", "store"]);
  assertEquals(service.log.entries().slice(-2).map(({ event }) => event), ["Stopping", "Stopped"]);
  assert(service.log.closed);
});

Deno.test("Service.stop writes the whole log, from the first request to the last", async () => {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/data_center.json`, JSON.stringify(dataCenterFile()));
  const service = await compose(testSettings(folder.path, { logging: { dir: folder.path } }));
  const ask = async () => await (await fetch(service.url)).text();
  await Promise.all(Array.from({ length: 100 }, ask));
  await service.stop();
  const events = Deno.readTextFileSync(`${folder.path}/valet.log`).trimEnd().split("\n")
    .map((line) => JSON.parse(line).event);
  assertEquals(events.filter((event) => event === "Answered a request").length, 100);
  assertEquals([events[0], events.at(-1)], ["Listening", "Stopped"]);
});
