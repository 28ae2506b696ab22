import { assert, assertEquals, assertLess, assertRejects, assertStringIncludes } from "@std/assert";
import { EmbeddedOptimizer } from "../../src/adapters/optimizer/embedded/optimizer.ts";
import type { Holding } from "../../src/domain/holding.ts";
import type { PlacementRequest } from "../../src/domain/placement_request.ts";
import { Rejected, Unavailable } from "../../src/ports/failures.ts";
import {
  embeddedOptimizer,
  type EmbeddedUnderTest,
  modelOf,
  startedOptimizer,
} from "../support/embedded_optimizer.ts";
import { amounts, holding, request, server, site } from "../support/engine_site.ts";

const IN_TIME = { timeoutMs: 30_000 };

/** One host with room for four servers. */
const DATA_CENTER = site({ racks: 1, hostsPerRack: 1, capacity: amounts(4, 8, 40) });

function stack(stackId: string, count = 1, changes: Partial<PlacementRequest> = {}): PlacementRequest {
  const servers = Array.from({ length: count }, (_, index) => server(`${stackId}-${index + 1}`));
  return request(servers, [], { stackId, ...changes });
}

/** How many servers still fit; leaves nothing held. */
async function room({ optimizer }: EmbeddedUnderTest): Promise<number> {
  for (let count = 4; count > 0; count--) {
    const decision = await optimizer.place(stack("probe", count), IN_TIME);
    if (decision.kind === "refused") continue;
    optimizer.settle(decision.bookingId, "undone");
    return count;
  }
  return 0;
}

async function placed({ optimizer }: EmbeddedUnderTest, asked: PlacementRequest): Promise<number> {
  const decision = await optimizer.place(asked, IN_TIME);
  assert(decision.kind === "placed");
  return decision.bookingId;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}

/** A store of holdings whose reading a test can stop after the first page. */
class StoredHoldings {
  readonly rows = new Map<string, Holding>();
  /** Resolves when a reader has got the first page and waits. */
  readonly reading = Promise.withResolvers<void>();
  readonly goOn = Promise.withResolvers<void>();
  stopping = false;
  reads = 0;

  async *pages(): AsyncGenerator<readonly Holding[]> {
    this.reads += 1;
    yield [...this.rows.values()];
    if (!this.stopping) return;
    this.reading.resolve();
    await this.goOn.promise;
  }

  store(...holdings: Holding[]): void {
    for (const each of holdings) this.rows.set(each.serverId, each);
  }
}

async function started(
  stored: StoredHoldings,
  options: Parameters<typeof embeddedOptimizer>[1] = {},
): Promise<EmbeddedUnderTest> {
  const loadModel = () => Promise.resolve({ dataCenter: DATA_CENTER, holdings: stored.pages() });
  const tested = embeddedOptimizer(loadModel, options);
  await tested.optimizer.start();
  return tested;
}

Deno.test("EmbeddedOptimizer fails what waits when its thread dies, and rebuilds the model from what is stored", async () => {
  const stored = new StoredHoldings();
  await using tested = await started(stored);
  const booking = await placed(tested, stack("s", 3));
  stored.store(...["s-1", "s-2", "s-3"].map((id) => holding(id, "r1h1", { stackId: "s" })));
  tested.optimizer.settle(booking, "kept");
  tested.workers[0].pause();
  const waiting = [tested.optimizer.place(stack("x"), IN_TIME), tested.optimizer.groupServers("db", IN_TIME)];
  const outcomes = Promise.allSettled(waiting);
  tested.workers[0].crash("boom");
  for (const outcome of await outcomes) {
    assert(outcome.status === "rejected" && outcome.reason instanceof Unavailable);
  }
  await assertRejects(() => tested.optimizer.place(stack("x"), IN_TIME), Unavailable, "loading its model");
  await tested.answers();
  assertEquals(await room(tested), 1);
  const [entry] = tested.log.of("Engine ended, another is started");
  assertEquals((entry.error as Error).message, "The engine's thread died: boom");
});

Deno.test("EmbeddedOptimizer takes a thread that gives no sign of life for dead", async () => {
  await using tested = await startedOptimizer(DATA_CENTER, {
    limits: { maxSteps: 1000, improveSteps: 0, moveSteps: 1000, profile: "pack", emergencyMs: 10 },
    graceMs: 10,
  });
  tested.workers[0].pause();
  await assertRejects(() => tested.optimizer.ping(IN_TIME), Unavailable);
  await tested.answers();
  assertEquals(tested.workers.length, 2);
  assert(tested.workers[0].terminated);
});

Deno.test("EmbeddedOptimizer rebuilds a model that could not take an order", async () => {
  await using tested = await startedOptimizer(DATA_CENTER, { holdings: [holding("a", "r1h1")] });
  tested.optimizer.release(null as unknown as []);
  while (tested.workers.length === 1) await turn();
  await tested.answers();
  assertEquals(await room(tested), 3);
});

Deno.test("EmbeddedOptimizer reads the store only after open bookings are settled, so that a plan stored late is counted", async () => {
  const stored = new StoredHoldings();
  await using tested = await started(stored);
  const booking = await placed(tested, stack("s", 3));
  tested.workers[0].crash("boom");
  while (tested.workers.length === 1 || tested.workers[1].received.length === 0) await turn();
  for (let turns = 0; turns < 10; turns++) await turn();
  assertEquals(stored.reads, 1, "the second reading waits");
  stored.store(...["s-1", "s-2", "s-3"].map((id) => holding(id, "r1h1", { stackId: "s" })));
  tested.optimizer.settle(booking, "kept");
  await tested.answers();
  assertEquals(stored.reads, 2);
  assertEquals(await room(tested), 1);
});

Deno.test("EmbeddedOptimizer holds nothing of a booking of a dead thread that is undone", async () => {
  const stored = new StoredHoldings();
  await using tested = await started(stored);
  const booking = await placed(tested, stack("s", 3));
  tested.workers[0].crash("boom");
  tested.optimizer.settle(booking, "undone");
  await tested.answers();
  assertEquals(await room(tested), 4);
});

Deno.test("EmbeddedOptimizer repeats releases and confirmations that came while the store was read", async () => {
  const stored = new StoredHoldings();
  stored.store(
    holding("gone", "r1h1"),
    holding("reserved", "r1h1", { expiresAtMs: 1000 }),
    holding("waiting", "r1h1", { expiresAtMs: 1000 }),
  );
  await using tested = await started(stored);
  stored.stopping = true;
  tested.workers[0].crash("boom");
  await stored.reading.promise;
  stored.rows.delete("gone");
  tested.optimizer.release(["gone"]);
  stored.store(holding("reserved", "r1h1"));
  tested.optimizer.confirm([{ serverId: "reserved", resourceId: "nova-1" }]);
  stored.goOn.resolve();
  await tested.answers();
  assertEquals(await room(tested), 2);
  const later = await tested.optimizer.place(stack("later", 4, { nowMs: 1000 }), IN_TIME);
  assertEquals(later.kind, "refused", "the confirmed hold does not end");
  assertEquals((await tested.optimizer.place(stack("later", 3, { nowMs: 1000 }), IN_TIME)).kind, "placed");
});

Deno.test("EmbeddedOptimizer reads the store again when a booking of a dead thread is kept after the reading", async () => {
  const stored = new StoredHoldings();
  await using tested = await started(stored, { settleMs: 1 });
  const booking = await placed(tested, stack("s", 3));
  tested.workers[0].crash("boom");
  await tested.answers();
  assertEquals(tested.log.of("Bookings of an ended engine are not settled").map(({ left }) => left), [1]);
  stored.store(...["s-1", "s-2", "s-3"].map((id) => holding(id, "r1h1", { stackId: "s" })));
  tested.optimizer.settle(booking, "kept");
  await tested.answers();
  assertEquals([await room(tested), tested.workers.length], [1, 3]);
});

Deno.test("EmbeddedOptimizer gives bookings of different threads different ids", async () => {
  await using tested = await startedOptimizer(DATA_CENTER);
  const first = await placed(tested, stack("a"));
  tested.optimizer.settle(first, "undone");
  tested.workers[0].crash("boom");
  await tested.answers();
  const second = await placed(tested, stack("b", 4));
  assert(second !== first);
  tested.optimizer.settle(first, "undone");
  tested.optimizer.settle(second, "kept");
  assertEquals(await room(tested), 0);
});

Deno.test("EmbeddedOptimizer.start throws when the data is wrong", async () => {
  const { optimizer } = embeddedOptimizer(() =>
    Promise.reject(new Rejected("inventory", "hosts[0].vcpus: Wanted …"))
  );
  await assertRejects(() => optimizer.start(), Rejected, "hosts[0].vcpus");
  await optimizer.close();
});

Deno.test("EmbeddedOptimizer.start resolves when the model can't be had now, and tries again until it can", async () => {
  let loads = 0;
  const loadModel = () =>
    ++loads < 4 ? Promise.reject(new Unavailable("store", "down")) : Promise.resolve(modelOf(DATA_CENTER));
  await using tested = embeddedOptimizer(loadModel);
  await tested.optimizer.start();
  await assertRejects(() => tested.optimizer.place(stack("s"), IN_TIME), Unavailable);
  await tested.answers();
  assertEquals([loads, await room(tested)], [4, 4]);
});

Deno.test("EmbeddedOptimizer goes on trying when the data is wrong at a later load", async () => {
  let loads = 0;
  const loadModel = () =>
    ++loads === 2
      ? Promise.reject(new Rejected("inventory", "wrong"))
      : Promise.resolve(modelOf(DATA_CENTER));
  await using tested = embeddedOptimizer(loadModel);
  await tested.optimizer.start();
  tested.workers[0].crash("boom");
  await tested.answers();
  assertEquals(loads, 3);
});

Deno.test("EmbeddedOptimizer pauses between threads that die as soon as they are ready", async () => {
  await using tested = await startedOptimizer(DATA_CENTER, { maxPauseMs: 60_000 });
  tested.workers[0].crash("first");
  await tested.answers();
  tested.workers[1].crash("second");
  await assertRejects(() => tested.optimizer.ping(IN_TIME), Unavailable);
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(tested.workers.length, 2);
});

Deno.test("EmbeddedOptimizer.close ends a load that is going on", async () => {
  const stored = new StoredHoldings();
  stored.stopping = true;
  const tested = embeddedOptimizer(() =>
    Promise.resolve({ dataCenter: DATA_CENTER, holdings: stored.pages() })
  );
  const start = tested.optimizer.start();
  await stored.reading.promise;
  const closed = tested.optimizer.close();
  stored.goOn.resolve();
  await closed;
  await start;
  assert(tested.workers[0].terminated);
  await assertRejects(() => tested.optimizer.ping(IN_TIME), Unavailable);
});

Deno.test("EmbeddedOptimizer.close ends the wait for bookings of a dead thread", async () => {
  const stored = new StoredHoldings();
  const tested = await started(stored);
  await placed(tested, stack("s"));
  tested.workers[0].crash("boom");
  while (tested.workers.length === 1) await turn();
  await tested.optimizer.close();
  assertEquals(stored.reads, 1);
});

Deno.test("EmbeddedOptimizer survives an uncaught exception in its thread", async () => {
  let threads = 0;
  await using tested = await startedOptimizer(DATA_CENTER, {
    spawn: () => {
      threads += 1;
      return new Worker(new URL("../support/dying_worker.ts", import.meta.url), { type: "module" });
    },
  });
  tested.optimizer.release(["die"]);
  while (threads === 1) await turn();
  await tested.answers();
  const [entry] = tested.log.of("Engine ended, another is started");
  assertStringIncludes((entry.error as Error).message, "died of an uncaught exception");
});

Deno.test("EmbeddedOptimizer is back within 2 seconds with 2,400 hosts and 10,000 stored servers", async () => {
  const dataCenter = site({ racks: 60, hostsPerRack: 40, capacity: amounts(32, 128, 2000) });
  const holdings = Array.from({ length: 10_000 }, (_, index) => {
    const host = dataCenter.hosts[index % dataCenter.hosts.length].name;
    return holding(`server-${index}`, host, { stackId: `stack-${index % 2500}` });
  });
  const workers: Worker[] = [];
  const { optimizer, answers } = await startedOptimizer(dataCenter, {
    holdings,
    loadModel: () => Promise.resolve(modelOf(dataCenter, holdings)),
    spawn: () => {
      const url = new URL("../../src/adapters/optimizer/embedded/worker.ts", import.meta.url);
      workers.push(new Worker(url, { type: "module" }));
      return workers.at(-1)!;
    },
  });
  const fromMs = performance.now();
  workers[0].dispatchEvent(new ErrorEvent("error", { message: "boom", cancelable: true }));
  await answers();
  assertLess(performance.now() - fromMs, 2000);
  await optimizer.close();
  assert(optimizer instanceof EmbeddedOptimizer && workers.length === 2);
});
