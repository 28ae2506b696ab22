import { assert, assertEquals } from "@std/assert";
import { createLogger, type LoggerOptions } from "../../src/telemetry/logger.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { MemorySink } from "../support/memory_sink.ts";

function logger(options: Partial<LoggerOptions> = {}) {
  const sink = new MemorySink();
  return { sink, log: createLogger({ sink, clock: new ManualClock(), format: "json", ...options }) };
}

Deno.test("createLogger writes JSON with time, level, event and fields", () => {
  const { sink, log } = logger();
  log.warn("Part does not work", { part: "store", tries: 3, extra: undefined });
  assertEquals(sink.lines, [
    '{"time":"2026-01-02T03:04:05.678Z","level":"warn","event":"Part does not work","part":"store","tries":3}',
  ]);
});

Deno.test("createLogger writes text that quotes what is not a plain word", () => {
  const { sink, log } = logger({ format: "text" });
  log.info("Listening", { url: "http://127.0.0.1:8090", note: "two words", list: [1, "x"], none: null });
  assertEquals(sink.lines, [
    '2026-01-02T03:04:05.678Z INFO  Listening url=http://127.0.0.1:8090 note="two words" list=[1,"x"] none=null',
  ]);
});

Deno.test("createLogger leaves out entries below its level", () => {
  const { sink, log } = logger({ level: "warn" });
  log.debug("one");
  log.info("two");
  log.warn("three");
  log.error("four");
  assertEquals(sink.entries().map(({ event }) => event), ["three", "four"]);
  assertEquals([log.enabled("info"), log.enabled("warn")], [false, true]);
});

Deno.test("Logger.child carries fields, which an entry may override", () => {
  const { sink, log } = logger();
  const child = log.child({ requestId: "req-1", part: "http" }).child({ stackId: "s" });
  child.info("Deciding", { part: "engine" });
  log.info("Other");
  const [first, second] = sink.entries();
  assertEquals([first.requestId, first.stackId, first.part], ["req-1", "s", "engine"]);
  assertEquals("requestId" in second, false);
});

Deno.test("Logger keeps time, level and event from fields of the same name", () => {
  const { sink, log } = logger();
  log.info("Group created", { level: "rack", event: "x", time: 5 });
  const [{ time, ...entry }] = sink.entries();
  assertEquals(time, "2026-01-02T03:04:05.678Z");
  assertEquals(entry, { level: "info", event: "Group created", level_: "rack", event_: "x", time_: 5 });
});

const SECRET_KEYS = [
  "password",
  "adminPass_password",
  "X-Auth-Token",
  "token",
  "client_secret",
  "Authorization",
  "user_data",
];

for (const key of SECRET_KEYS) {
  Deno.test(`Logger masks '${key}' at any depth`, () => {
    for (const format of ["json", "text"] as const) {
      const { sink, log } = logger({ format });
      log.info("Entry", { [key]: "hunter2", deep: [{ deeper: { [key]: { value: "hunter2" } } }] });
      assert(!sink.lines[0].includes("hunter2"), sink.lines[0]);
      assert(sink.lines[0].includes("***"), sink.lines[0]);
    }
  });
}

Deno.test("Logger writes errors with their causes", () => {
  const { sink, log } = logger();
  log.error("Failed", { error: new Error("outer", { cause: new TypeError("inner") }) });
  const [{ error }] = sink.entries() as {
    error: { name: string; message: string; cause: { name: string } };
  }[];
  assertEquals([error.name, error.message, error.cause.name], ["Error", "outer", "TypeError"]);
});

Deno.test("Logger writes one line per entry whatever the fields hold", () => {
  for (const format of ["json", "text"] as const) {
    const { sink, log } = logger({ format });
    log.info("Entry", { path: "a\nINFO forged\r\u001b[31m\u009b1m\u2028x", "k": "\u0000" });
    assertEquals(/[\p{Cc}\u2028\u2029]/u.test(sink.lines[0]), false, sink.lines[0]);
  }
});

Deno.test("Logger takes values that JSON can't hold, and circles", () => {
  const { sink, log } = logger();
  const circle: Record<string, unknown> = { name: "circle" };
  circle.self = circle;
  log.info("Entry", { big: 5n, map: new Map([["a", 1], ["token", 2]]), work: () => 1, circle });
  const [entry] = sink.entries();
  assertEquals([entry.big, entry.map, entry.work], ["5", { a: 1, token: "***" }, "function"]);
});

Deno.test("Logger cuts long texts and leaves out the fields of an entry that is still too long", () => {
  const { sink, log } = logger();
  log.info("Long text", { text: "x".repeat(10_000) });
  log.info("Long entry", { texts: Array.from({ length: 100 }, () => "x".repeat(4000)) });
  const [text, entry] = sink.entries();
  assert((text.text as string).endsWith("… (10000 characters)"));
  assertEquals(entry.event, "Long entry");
  assertEquals(typeof entry.omittedCharacters, "number");
  assert(sink.lines.every((line) => line.length <= 65_536));
});
