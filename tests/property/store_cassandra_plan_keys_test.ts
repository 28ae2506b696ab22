import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { RowKey } from "../../src/adapters/store/cassandra/changes.ts";
import { PlanKeys, type Survey } from "../../src/adapters/store/cassandra/plan_keys.ts";
import type { PlanWithPlacements } from "../../src/domain/plan.ts";
import { planRows } from "../support/store_rows.ts";

const RUNS = Number(Deno.env.get("VALET_PROPERTY_RUNS") ?? 400);
const SEED = 19_540_822;
const PLANS = ["a", "b", "c", "d"];
const MOST_SERVERS = 3;

/** What may happen next: with a plan, or with the pass over all plans. */
type Step = { readonly plan: number; readonly servers: number } | "survey";

/** A write of a plan, from its beginning over the change of the rows to its end. */
interface Write {
  readonly after: PlanWithPlacements | null;
  readonly done: () => void;
  isCarriedOut: boolean;
}

/** Rows of plans, written and read in the order of the steps, as several callers at once would. */
class Rows {
  readonly keys = new PlanKeys();
  readonly stored = new Map<string, PlanWithPlacements>();
  readonly #writes = new Map<string, Write>();
  #survey: Survey | null = null;
  #unread = [...PLANS];

  take(step: Step): void {
    if (step === "survey") this.#read();
    else this.#write(PLANS[step.plan], step.servers);
  }

  /** Carries out what is under way, and the rest of the pass. */
  finish(): void {
    for (const [key, write] of this.#writes) {
      this.#carryOut(key, write);
      write.done();
    }
    while (this.#unread.length > 0) this.#read();
  }

  /** A step of the plan's write; `servers` of a new one, 0 removes the plan. */
  #write(key: string, servers: number): void {
    const write = this.#writes.get(key);
    if (write === undefined) {
      const after = servers === 0 ? null : planRows(key, { servers });
      const done = this.keys.write(this.stored.get(key) ?? null, after);
      this.#writes.set(key, { after, done, isCarriedOut: false });
    } else if (write.isCarriedOut) {
      write.done();
      this.#writes.delete(key);
    } else {
      this.#carryOut(key, write);
    }
  }

  #carryOut(key: string, write: Write): void {
    write.isCarriedOut = true;
    if (write.after === null) this.stored.delete(key);
    else this.stored.set(key, write.after);
  }

  #read(): void {
    this.#survey ??= this.keys.survey();
    const key = this.#unread.shift();
    const found = key === undefined ? undefined : this.stored.get(key);
    if (found) this.#survey?.met([found]);
    if (this.#unread.length === 0) this.#survey?.end({ complete: true });
  }
}

function keysOf({ plan, placements }: PlanWithPlacements): RowKey[] {
  return [
    { table: "plans", id: plan.id },
    { table: "stacks", id: plan.stackId },
    ...placements.flatMap(({ id, orchestrationId }): RowKey[] => [
      { table: "placements", id },
      { table: "servers", id: orchestrationId },
    ]),
  ];
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ plan: fc.nat(PLANS.length - 1), servers: fc.nat(MOST_SERVERS) }) },
  { weight: 1, arbitrary: fc.constant("survey" as const) },
);

Deno.test("PlanKeys never misses a key of a stored plan, however writes and the pass come together", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const rows = new Rows();
      for (const each of steps) {
        rows.take(each);
        const missed = [...rows.stored.values()].flatMap(keysOf).filter((key) => rows.keys.surelyLacks(key));
        assertEquals(missed, []);
      }
      rows.finish();
      assert([...rows.stored.values()].flatMap(keysOf).every((key) => !rows.keys.surelyLacks(key)));
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
