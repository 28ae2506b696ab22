import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Holding } from "../../src/domain/holding.ts";
import type { PlacementRequest } from "../../src/domain/placement_request.ts";
import { caseOf } from "../../src/engine/checker/case.ts";
import { checkModel } from "../../src/engine/checker/mod.ts";
import { holdingsAfter } from "../../src/engine/checker/world.ts";
import type { Engine } from "../../src/engine/mod.ts";
import { engineFor, request } from "../support/engine_site.ts";
import { type RandomCase, randomCase } from "../support/random_cases.ts";

const RUNS = Number(Deno.env.get("VALET_PROPERTY_RUNS") ?? 1000);
const SEED = 20_161_027;

const ask = fc.record({
  stack: fc.nat(3),
  servers: fc.subarray([0, 1, 2, 3, 4], { minLength: 1 }),
  outcome: fc.constantFrom("kept", "undone"),
});

/** Stacks that are placed again and again, each while the bookings of the others are open. */
class Stacks {
  readonly #base: RandomCase;
  readonly #engine: Engine;
  /** By stack, what is durable of it. */
  readonly #durable = new Map<string, readonly Holding[]>();
  readonly #open = new Map<string, { id: number; outcome: "kept" | "undone"; placed: readonly Holding[] }>();

  constructor(base: RandomCase) {
    this.#base = base;
    this.#engine = engineFor(base.dataCenter, { maxSteps: 50_000 });
    for (const holding of base.holdings) this.#engine.hold(holding);
  }

  get durable(): Holding[] {
    return [...this.#base.holdings, ...[...this.#durable.values()].flat()];
  }

  place(
    stackId: string,
    { servers, outcome }: { servers: readonly number[]; outcome: "kept" | "undone" },
  ): void {
    this.settle(stackId);
    const asked = this.#request(stackId, servers);
    const decision = this.#engine.place(asked);
    if (decision.kind === "refused") return;
    const { dataCenter } = this.#base;
    const after = holdingsAfter(
      caseOf({ dataCenter, holdings: this.durable, request: asked, placements: decision.placements }),
    );
    const placed = after.filter((holding) => holding.stackId === stackId);
    this.#open.set(stackId, { id: decision.bookingId, outcome, placed });
  }

  settle(stackId: string): void {
    const open = this.#open.get(stackId);
    if (!open) return;
    this.#open.delete(stackId);
    this.#engine.settle(open.id, open.outcome);
    if (open.outcome === "kept") this.#durable.set(stackId, open.placed);
  }

  #request(stackId: string, numbers: readonly number[]): PlacementRequest {
    const { servers, pipes = [] } = this.#base.application;
    const rename = (id: string) => `${stackId}-${id}`;
    const kept = servers.filter((_, number) => numbers.includes(number));
    const has = (id: string) => kept.some((each) => each.id === id);
    return request([], [], {
      stackId,
      application: {
        servers: kept.map((spec) => ({ ...spec, id: rename(spec.id) })),
        assignments: [],
        pipes: pipes.filter(({ servers: ends }) => ends.every(has))
          .map((pipe) => ({ ...pipe, servers: [rename(pipe.servers[0]), rename(pipe.servers[1])] as const })),
      },
    });
  }
}

Deno.test("place never lets two outcomes of open bookings overbook a host, whichever they are", () => {
  let replaced = 0;
  fc.assert(
    fc.property(
      randomCase({ hosts: 4, servers: 5 }),
      fc.array(ask, { minLength: 4, maxLength: 12 }),
      (base, asks) => {
        const stacks = new Stacks(base);
        const overbooked = () =>
          checkModel({ dataCenter: base.dataCenter, holdings: stacks.durable }).map(({ text }) =>
            text.split('"')[1]
          );
        const before = overbooked();
        for (const { stack, ...rest } of asks) {
          stacks.place(`s${stack}`, rest);
          assertEquals(overbooked().filter((host) => !before.includes(host)), []);
          if (stacks.durable.length > base.holdings.length) replaced++;
        }
        for (const stack of [3, 1, 0, 2]) {
          stacks.settle(`s${stack}`);
          assertEquals(overbooked().filter((host) => !before.includes(host)), []);
        }
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
  assert(replaced > RUNS, "too few bookings met what others held");
});
