import { assertEquals } from "@std/assert";
import { Remarks } from "../../src/adapters/notifier/rabbitmq/remarks.ts";
import { Tally } from "../../src/adapters/notifier/rabbitmq/tally.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { MemorySink } from "../support/memory_sink.ts";

function logged() {
  const clock = new ManualClock();
  const sink = new MemorySink();
  return { clock, sink, logger: createLogger({ sink, clock, format: "json" }) };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("Tally counts every outcome, and logs those of a while in which some were not delivered", async () => {
  const { sink, logger } = logged();
  const counted: [string, number][] = [];
  const metrics = { notificationsEnded: (...sample: [string, number]) => void counted.push(sample) };
  const tally = new Tally({ logger, metrics, reportMs: 20 });
  tally.count("sent", 5);
  await pause(40);
  assertEquals(sink.lines, []);
  tally.count("dropped_late", 2);
  tally.count("sent", 1);
  await pause(60);
  tally.count("failed", 1);
  tally.close();
  tally.count("failed", 1);
  const told = sink.of("Notifications were not delivered")
    .map(({ sent, dropped_full, dropped_late, failed }) => [sent, dropped_full, dropped_late, failed]);
  assertEquals(told, [[6, 0, 2, 0], [0, 0, 0, 1]]);
  assertEquals(counted, [["sent", 5], ["dropped_late", 2], ["sent", 1], ["failed", 1], ["failed", 1]]);
});

Deno.test("Remarks.warn says the same once a minute, and anew after good news", () => {
  const { clock, sink, logger } = logged();
  const remarks = new Remarks({ logger, clock });
  const warn = (server: string) => remarks.warn("Away", { server });
  for (const server of ["a", "b", "a", "b"]) warn(server);
  assertEquals(sink.of("Away").length, 2);
  clock.advance(60_000);
  warn("a");
  warn("a");
  assertEquals(sink.of("Away").length, 3);
  remarks.info("Back", {});
  warn("a");
  assertEquals(sink.of("Away").length, 4);
});

Deno.test("Remarks keeps no more than a bounded number of warnings in mind", () => {
  const { clock, sink, logger } = logged();
  const remarks = new Remarks({ logger, clock });
  for (let index = 0; index < 101; index++) remarks.warn("Away", { index });
  remarks.warn("Away", { index: 0 });
  assertEquals(sink.of("Away").length, 102);
});
