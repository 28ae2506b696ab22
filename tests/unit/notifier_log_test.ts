import { assertEquals } from "@std/assert";
import { LogNotifier } from "../../src/adapters/notifier/log/notifier.ts";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { MemorySink } from "../support/memory_sink.ts";
import { notification } from "../support/notifier_suite.ts";

Deno.test("LogNotifier names itself in the entry and writes at level info", () => {
  const sink = new MemorySink();
  const notifier = new LogNotifier({
    logger: createLogger({ sink, clock: new SystemClock(), format: "json" }),
  });
  notifier.publish(() => notification({ priority: "error" }));
  const [entry] = sink.entries();
  assertEquals([entry.level, entry.logger, entry.eventType, entry.priority], [
    "info",
    "notifications",
    "api.v1.groups",
    "error",
  ]);
});

Deno.test("LogNotifier tells only the length of a body that is too long", () => {
  const sink = new MemorySink();
  const logger = createLogger({ sink, clock: new SystemClock(), format: "json" });
  const notifier = new LogNotifier({ logger, maxBody: 20 });
  const { payload } = notification();
  const response = { status_code: 200, body: { text: "x".repeat(20) } };
  notifier.publish(() => notification({ payload: { ...payload, response } }));
  const [entry] = sink.of("Notification") as { payload: typeof payload }[];
  assertEquals(entry.payload.response, { status_code: 200, body: { omittedCharacters: 31 } });
  assertEquals(entry.payload.request.body, { name: "db" });
});

Deno.test("LogNotifier is not active when the log takes no entries of level info", () => {
  const sink = new MemorySink();
  const notifier = new LogNotifier({
    logger: createLogger({ sink, clock: new SystemClock(), level: "warn" }),
  });
  notifier.publish(() => notification());
  assertEquals([notifier.active, sink.lines], [false, []]);
});
