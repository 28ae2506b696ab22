import { assertEquals } from "@std/assert";
import { Health, type HealthOptions } from "../../src/telemetry/health.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { MemorySink } from "../support/memory_sink.ts";

function healthOf(checks: HealthOptions["checks"], timeoutMs?: number) {
  const sink = new MemorySink();
  const logger = createLogger({ sink, clock: new ManualClock(), format: "json" });
  return { sink, health: new Health({ checks, logger, timeoutMs }) };
}

const works = () => Promise.resolve();
const fails = () => Promise.reject(new Error("out of order"));

Deno.test("Health.readiness is ok when every part is", async () => {
  const { health } = healthOf({ store: works, optimizer: works });
  assertEquals(await health.readiness(), { ok: true, checks: { store: "ok", optimizer: "ok" } });
});

Deno.test("Health.readiness names the part that fails", async () => {
  const { health } = healthOf({ store: works, optimizer: fails });
  assertEquals(await health.readiness(), { ok: false, checks: { store: "ok", optimizer: "failed" } });
});

Deno.test("Health.readiness is ok without a part that the service can do without", async () => {
  const logger = createLogger({ sink: new MemorySink(), clock: new ManualClock() });
  const health = new Health({ checks: { store: works }, told: { messaging: fails }, logger });
  assertEquals(await health.readiness(), { ok: true, checks: { store: "ok", messaging: "failed" } });
});

Deno.test("Health.readiness takes a part that throws or gives no answer in time for failed", async () => {
  const { health } = healthOf({
    store: () => {
      throw new Error("at once");
    },
    optimizer: () => new Promise(() => {}),
  }, 5);
  assertEquals(await health.readiness(), { ok: false, checks: { store: "failed", optimizer: "failed" } });
});

Deno.test("Health.stopping ends the readiness, whatever the parts say", async () => {
  const { health } = healthOf({ store: works });
  health.stopping();
  assertEquals(await health.readiness(), { ok: false, checks: { store: "ok" } });
});

Deno.test("Health.readiness tells the log of changes only", async () => {
  let state = works;
  const { health, sink } = healthOf({ store: () => state() });
  await health.readiness();
  state = fails;
  await health.readiness();
  await health.readiness();
  state = works;
  await health.readiness();
  assertEquals(sink.entries().map(({ event, part }) => [event, part]), [
    ["Part does not work", "store"],
    ["Part works again", "store"],
  ]);
});

Deno.test("Health.readiness asks a part once for all who ask at the same time", async () => {
  let asked = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const { health } = healthOf({
    store: () => {
      asked += 1;
      return promise;
    },
  });
  const answers = [health.readiness(), health.readiness(), health.readiness()];
  resolve();
  await Promise.all(answers);
  assertEquals(asked, 1);
});
