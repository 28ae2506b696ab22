import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Message, Outbox, type OutboxOptions } from "../../src/adapters/notifier/rabbitmq/outbox.ts";
import type { NotificationOutcome } from "../../src/ports/notifier.ts";

const MIB = 1024 * 1024;

/** An outbox and what it told of ended messages. */
function opened(changes: Partial<OutboxOptions> = {}) {
  const counts: Record<NotificationOutcome, number> = {
    sent: 0,
    dropped_full: 0,
    dropped_late: 0,
    failed: 0,
  };
  const outbox = new Outbox({
    limit: 1000,
    maxBytes: 64 * MIB,
    timeoutMs: 3000,
    retries: 10,
    ended: (outcome, count) => counts[outcome] += count,
    ...changes,
  });
  const total = () => Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { outbox, counts, total };
}

function message(name: string, { bytes = 10, publishedMs = 0 } = {}): Message {
  return { uniqueId: name, routingKey: "notifications.info", bytes: Buffer.alloc(bytes), publishedMs };
}

function takeAll(outbox: Outbox, nowMs = 0): string[] {
  const names: string[] = [];
  for (let taken = outbox.take(nowMs); taken !== null; taken = outbox.take(nowMs)) names.push(taken.uniqueId);
  return names;
}

const NAMES = Array.from({ length: 40 }, (_, index) => `m${index}`);

Deno.test("Outbox.take hands out messages in their order, 16 at once", () => {
  const { outbox, counts } = opened();
  for (const name of NAMES) outbox.add(message(name));
  assertEquals(takeAll(outbox), NAMES.slice(0, 16));
  outbox.settle("m3", "sent");
  assertEquals(takeAll(outbox), ["m16"]);
  assertEquals(counts.sent, 1);
});

Deno.test("Outbox.take hands out 4 MiB at once, and a larger message alone", () => {
  const { outbox } = opened();
  for (const [name, bytes] of [["a", 3 * MIB], ["b", MIB], ["c", 1], ["d", 9 * MIB], ["e", 1]] as const) {
    outbox.add(message(name, { bytes }));
  }
  assertEquals(takeAll(outbox), ["a", "b"]);
  outbox.settle("a", "sent");
  assertEquals(takeAll(outbox), ["c"]);
  outbox.settle("b", "sent");
  outbox.settle("c", "sent");
  assertEquals(takeAll(outbox), ["d"]);
  outbox.settle("d", "sent");
  assertEquals(takeAll(outbox), ["e"]);
});

Deno.test("Outbox.add drops the oldest that wait when there are too many", () => {
  const { outbox, counts } = opened({ limit: 3 });
  for (const name of NAMES.slice(0, 2)) outbox.add(message(name));
  takeAll(outbox);
  for (const name of NAMES.slice(2, 10)) outbox.add(message(name));
  assertEquals(counts.dropped_full, 5);
  assertEquals(takeAll(outbox), ["m7", "m8", "m9"]);
});

Deno.test("Outbox.add drops the oldest that wait when they are too large, and what is too large alone", () => {
  const { outbox, counts } = opened({ maxBytes: 100 });
  outbox.add(message("a", { bytes: 60 }));
  outbox.add(message("b", { bytes: 60 }));
  assertEquals(counts.dropped_full, 1);
  outbox.add(message("c", { bytes: 101 }));
  assertEquals([counts.dropped_full, outbox.isEmpty], [3, true]);
  outbox.add(message("d", { bytes: 100 }));
  assertEquals(takeAll(outbox), ["d"]);
});

Deno.test("Outbox.expire drops what waited too long, not what is in flight or may have arrived", () => {
  const { outbox, counts } = opened();
  outbox.add(message("flying"));
  outbox.add(message("lost"));
  outbox.add(message("missed"));
  takeAll(outbox);
  outbox.takeBack("lost", { mayHaveArrived: true });
  outbox.takeBack("missed", { mayHaveArrived: false });
  outbox.add(message("old"));
  outbox.add(message("young", { publishedMs: 1 }));
  outbox.expire(2999);
  assertEquals([counts.dropped_late, outbox.nextExpiryMs], [0, 3000]);
  outbox.expire(3000);
  assertEquals([counts.dropped_late, outbox.nextExpiryMs], [2, 3001]);
  outbox.settle("flying", "sent");
  assertEquals(takeAll(outbox, 3000), ["lost"]);
});

Deno.test("Outbox.take hands out repeats first, in their order and one at a time", () => {
  const { outbox } = opened();
  for (const name of ["a", "b", "c"]) outbox.add(message(name));
  takeAll(outbox);
  outbox.takeBack("all", { mayHaveArrived: true });
  outbox.add(message("d"));
  for (const name of ["a", "b", "c"]) {
    assertEquals(takeAll(outbox), [name]);
    outbox.settle(name, "sent");
  }
  assertEquals(takeAll(outbox), ["d"]);
});

Deno.test("Outbox.takeBack counts a message as failed after its last repetition", () => {
  for (const retries of [0, 2]) {
    const { outbox, counts } = opened({ retries });
    outbox.add(message("a"));
    for (let attempt = 0; attempt <= retries; attempt++) {
      assertEquals([takeAll(outbox), counts.failed], [["a"], 0]);
      outbox.takeBack("a", { mayHaveArrived: true });
    }
    assertEquals([takeAll(outbox), counts.failed, outbox.isEmpty], [[], 1, true]);
  }
});

Deno.test("Outbox.clear counts what may have arrived as failed, and the rest as late", () => {
  const { outbox, counts } = opened();
  for (const name of NAMES) outbox.add(message(name));
  takeAll(outbox);
  outbox.takeBack("m0", { mayHaveArrived: false });
  outbox.clear();
  assertEquals([counts, outbox.isEmpty], [
    { sent: 0, dropped_full: 0, dropped_late: 25, failed: 15 },
    true,
  ]);
});

Deno.test("Outbox ends every message exactly once, whatever happens", () => {
  const step = fc.record({
    kind: fc.constantFrom("add", "take", "settle", "fail", "back", "lose", "wait"),
    pick: fc.nat(30),
    bytes: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 0, max: 3 }), (steps, retries) => {
      const { outbox, counts, total } = opened({ limit: 5, maxBytes: 200, timeoutMs: 10, retries });
      const flying = new Set<string>();
      let [added, nowMs, sent] = [0, 0, 0];
      for (const { kind, pick, bytes } of steps) {
        const name = [...flying][pick % Math.max(1, flying.size)];
        if (kind === "add") outbox.add(message(`m${added++}`, { bytes, publishedMs: nowMs }));
        if (kind === "wait") outbox.expire(nowMs += pick);
        if (kind === "take") {
          const taken = outbox.take(nowMs);
          if (taken !== null) assert(!flying.has(taken.uniqueId) && flying.add(taken.uniqueId));
        }
        if (kind === "lose") {
          outbox.takeBack("all", { mayHaveArrived: pick % 2 === 0 });
          flying.clear();
        }
        if (name === undefined) continue;
        if (kind === "settle" && ++sent) outbox.settle(name, "sent");
        if (kind === "fail") outbox.settle(name, "failed");
        if (kind === "back") outbox.takeBack(name, { mayHaveArrived: pick % 2 === 0 });
        if (["settle", "fail", "back"].includes(kind)) flying.delete(name);
        assert(total() <= added && flying.size <= 16);
      }
      outbox.clear();
      assertEquals([total(), counts.sent, outbox.isEmpty], [added, sent, true]);
    }),
  );
});
