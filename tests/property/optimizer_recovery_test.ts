import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Holding } from "../../src/domain/holding.ts";
import { Unavailable } from "../../src/ports/failures.ts";
import { embeddedOptimizer, type EmbeddedUnderTest } from "../support/embedded_optimizer.ts";
import { amounts, holding, request, server, site } from "../support/engine_site.ts";

/** Servers that the only host has room for. */
const ROOM = 12;

const DATA_CENTER = site({ racks: 1, hostsPerRack: 1, capacity: amounts(ROOM, 2 * ROOM, 10 * ROOM) });

const IN_TIME = { timeoutMs: 30_000 };

/** One step of a client: what it does, and how many turns of the event loop pass before and after its commit. */
interface Step {
  readonly action: "create" | "fail" | "delete" | "reserve";
  readonly servers: number;
  readonly turns: readonly [number, number];
}

const STEP: fc.Arbitrary<Step> = fc.record({
  action: fc.constantFrom("create", "create", "create", "fail", "delete", "delete", "reserve"),
  servers: fc.integer({ min: 1, max: 4 }),
  turns: fc.tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 })),
});

/** Several clients of one optimizer, as use cases are: what they store is the truth, the engine dies at any time. */
class World {
  readonly rows = new Map<string, Holding>();
  readonly tested: EmbeddedUnderTest;
  #stacks = 0;

  constructor() {
    this.tested = embeddedOptimizer(() =>
      Promise.resolve({ dataCenter: DATA_CENTER, holdings: this.#pages() })
    );
  }

  async run(step: Step): Promise<void> {
    if (step.action === "create" || step.action === "fail") return await this.#create(step);
    const [row] = this.rows.values();
    if (!row) return;
    await turns(step.turns[0]);
    if (step.action === "delete") this.rows.delete(row.serverId);
    else if (this.rows.has(row.serverId)) this.rows.set(row.serverId, { ...row, expiresAtMs: null });
    await turns(step.turns[1]);
    const { optimizer } = this.tested;
    if (step.action === "delete") optimizer.release([row.serverId]);
    else optimizer.confirm([{ serverId: row.serverId, resourceId: null }]);
  }

  crash(): void {
    this.tested.workers.at(-1)!.crash("killed");
  }

  /** Servers that still fit, of those that the host has room for. */
  async room(): Promise<number> {
    const { optimizer } = this.tested;
    for (let count = ROOM; count > 0; count--) {
      const decision = await optimizer.place(this.#request(count), IN_TIME);
      if (decision.kind === "refused") continue;
      optimizer.settle(decision.bookingId, "undone");
      return count;
    }
    return 0;
  }

  async #create({ action, servers, turns: [before, after] }: Step): Promise<void> {
    const asked = this.#request(servers);
    const { optimizer } = this.tested;
    let decision;
    try {
      decision = await optimizer.place(asked, IN_TIME);
    } catch (error) {
      assert(error instanceof Unavailable);
      return await turns(before);
    }
    if (decision.kind === "refused") return;
    await turns(before);
    if (action === "create") {
      for (const { serverId, host } of decision.placements) {
        this.rows.set(serverId, holding(serverId, host, { stackId: asked.stackId }));
      }
      assert(this.rows.size <= ROOM, `${this.rows.size} servers are stored, ${ROOM} have room`);
    }
    await turns(after);
    optimizer.settle(decision.bookingId, action === "create" ? "kept" : "undone");
  }

  #request(servers: number) {
    const stackId = `stack-${++this.#stacks}`;
    return request(Array.from({ length: servers }, (_, index) => server(`${stackId}-${index}`)), [], {
      stackId,
    });
  }

  /** Two rows a page, each page as the rows are when it is read; a row that changes keeps its place. */
  async *#pages(): AsyncGenerator<readonly Holding[]> {
    const rows = this.rows.entries();
    for (let page = [...rows.take(2)]; page.length > 0; page = [...rows.take(2)]) {
      yield page.map(([, row]) => row);
      await turns(1);
    }
  }
}

async function turns(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await new Promise((resolve) => setImmediate(resolve));
}

const CLIENTS = fc.array(fc.array(STEP, { minLength: 3, maxLength: 8 }), { minLength: 2, maxLength: 4 });

/** Turns of the event loop until the thread dies, once more for each. */
const DEATHS = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 2 });

Deno.test("EmbeddedOptimizer gives no room twice and loses none, whenever its thread dies", async () => {
  await fc.assert(
    fc.asyncProperty(CLIENTS, DEATHS, async (clients, deaths) => {
      const world = new World();
      await world.tested.optimizer.start();
      const work = clients.map(async (steps) => {
        for (const step of steps) await world.run(step);
      });
      for (const waited of deaths) {
        await turns(waited);
        world.crash();
      }
      await Promise.all(work);
      await world.tested.answers();
      assertEquals(await world.room(), ROOM - world.rows.size);
      await world.tested.optimizer.close();
    }),
    { numRuns: 150, seed: 1, endOnFailure: true },
  );
});
