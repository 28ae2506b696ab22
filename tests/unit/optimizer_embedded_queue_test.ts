import { assert, assertEquals, assertRejects } from "@std/assert";
import type { PlacementRequest } from "../../src/domain/placement_request.ts";
import { DeadlineExceeded, Unavailable } from "../../src/ports/failures.ts";
import { startedOptimizer } from "../support/embedded_optimizer.ts";
import { amounts, hostsOf, request, server, site } from "../support/engine_site.ts";

const IN_TIME = { timeoutMs: 30_000 };

/** One host with room for two servers. */
const DATA_CENTER = site({ racks: 1, hostsPerRack: 1, capacity: amounts(2, 4, 20) });

function stack(stackId: string, count = 1): PlacementRequest {
  const servers = Array.from({ length: count }, (_, index) => server(`${stackId}-${index + 1}`));
  return request(servers, [], { stackId });
}

/** A request that no engine can read, as a bug of the caller would send it. */
const POISON = request(null as unknown as []);

Deno.test("EmbeddedOptimizer.place throws DeadlineExceeded, and the decision that comes later is undone", async () => {
  await using tested = await startedOptimizer(DATA_CENTER);
  const { optimizer, workers: [worker] } = tested;
  worker.pause();
  await assertRejects(
    () => optimizer.place(stack("late", 2), { timeoutMs: 5 }),
    DeadlineExceeded,
    "within 5 ms",
  );
  worker.resume();
  assertEquals(hostsOf(await optimizer.place(stack("next", 2), IN_TIME)), {
    "next-1": "r1h1",
    "next-2": "r1h1",
  });
});

Deno.test("EmbeddedOptimizer undoes a late decision before it decides the same stack again", async () => {
  await using tested = await startedOptimizer(DATA_CENTER);
  const { optimizer, workers: [worker] } = tested;
  worker.pause();
  await assertRejects(() => optimizer.place(stack("s", 2), { timeoutMs: 5 }), DeadlineExceeded);
  const again = optimizer.place(stack("s", 2), IN_TIME);
  worker.resume();
  const decision = await again;
  assert(decision.kind === "placed");
  optimizer.settle(decision.bookingId, "kept");
  const other = await optimizer.place(stack("other"), IN_TIME);
  assertEquals(other.kind, "refused", "the second decision still holds its room");
});

Deno.test("EmbeddedOptimizer.place counts a request that nobody waits for until the engine is done with it", async () => {
  await using tested = await startedOptimizer(DATA_CENTER, { maxOpen: 2 });
  const { optimizer, workers: [worker] } = tested;
  worker.pause();
  const late = assertRejects(() => optimizer.place(stack("a"), { timeoutMs: 5 }), DeadlineExceeded);
  const waiting = optimizer.place(stack("b"), IN_TIME);
  await late;
  await assertRejects(() => optimizer.place(stack("c"), IN_TIME), Unavailable, "2 decisions are waited for");
  worker.resume();
  assertEquals((await waiting).kind, "placed");
  assertEquals((await optimizer.place(stack("c"), IN_TIME)).kind, "placed");
});

Deno.test("EmbeddedOptimizer never sends a request whose time ends while it waits for the window", async () => {
  await using tested = await startedOptimizer(DATA_CENTER, { window: 1 });
  const { optimizer, workers: [worker] } = tested;
  worker.pause();
  const first = optimizer.place(stack("first"), IN_TIME);
  await assertRejects(() => optimizer.place(stack("second"), { timeoutMs: 5 }), DeadlineExceeded);
  const third = optimizer.place(stack("third"), IN_TIME);
  worker.resume();
  assertEquals([(await first).kind, (await third).kind], ["placed", "placed"]);
  const sent = worker.received.flat().filter(({ kind }) => kind === "place" || kind === "settle");
  assertEquals(sent.length, 2);
});

Deno.test("EmbeddedOptimizer sends what comes in one turn as one message", async () => {
  await using tested = await startedOptimizer(DATA_CENTER);
  const { optimizer, workers: [worker] } = tested;
  const before = worker.received.length;
  const decisions = ["a", "b", "c"].map((id) => optimizer.place(stack(id), IN_TIME));
  optimizer.release(["x"]);
  await Promise.all(decisions);
  const kinds = worker.received.slice(before).map((messages) => messages.map(({ kind }) => kind));
  assertEquals(kinds, [["place", "place", "place", "release"]]);
});

Deno.test("EmbeddedOptimizer fails only the request on which the engine throws, and logs the exception", async () => {
  await using tested = await startedOptimizer(DATA_CENTER);
  const { optimizer, workers, log } = tested;
  const [bad, good] = await Promise.allSettled([
    optimizer.place(POISON, IN_TIME),
    optimizer.place(stack("good", 2), IN_TIME),
  ]);
  assert(bad.status === "rejected" && bad.reason instanceof Unavailable);
  assert(good.status === "fulfilled" && good.value.kind === "placed");
  assertEquals(workers.length, 1);
  const [entry] = log.of("Engine failed on a question");
  assertEquals([entry.level, entry.stackId], ["error", "stack"]);
});

Deno.test("EmbeddedOptimizer.groupServers and the like throw DeadlineExceeded, and answers that come later are dropped", async () => {
  await using tested = await startedOptimizer(DATA_CENTER);
  const { optimizer, workers: [worker] } = tested;
  worker.pause();
  const soon = { timeoutMs: 5 };
  await assertRejects(() => optimizer.groupServers("db", soon), DeadlineExceeded);
  await assertRejects(() => optimizer.invalidPlacements(soon), DeadlineExceeded);
  await assertRejects(() => optimizer.ping(soon), DeadlineExceeded);
  worker.resume();
  assertEquals(await optimizer.groupServers("db", IN_TIME), []);
});

Deno.test("EmbeddedOptimizer bounds the questions that wait for an answer", async () => {
  await using tested = await startedOptimizer(DATA_CENTER, { maxOpen: 1 });
  const { optimizer, workers: [worker] } = tested;
  worker.pause();
  const first = optimizer.ping(IN_TIME);
  await assertRejects(() => optimizer.ping(IN_TIME), Unavailable, "1 answers are waited for");
  worker.resume();
  await first;
});

Deno.test("EmbeddedOptimizer.settle tells the log of a booking that is not open", async () => {
  await using tested = await startedOptimizer(DATA_CENTER);
  tested.optimizer.settle(4711, "kept");
  assertEquals(tested.log.of("Booking to settle is not open").map(({ booking }) => booking), [4711]);
});

Deno.test("EmbeddedOptimizer.close fails what waits", async () => {
  const { optimizer, workers: [worker] } = await startedOptimizer(DATA_CENTER, { window: 1 });
  worker.pause();
  const waiting = [
    optimizer.place(stack("sent"), IN_TIME),
    optimizer.place(stack("queued"), IN_TIME),
    optimizer.ping(IN_TIME),
  ];
  const outcomes = Promise.allSettled(waiting);
  await optimizer.close();
  for (const outcome of await outcomes) {
    assert(outcome.status === "rejected" && outcome.reason instanceof Unavailable);
  }
});
