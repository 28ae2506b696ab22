import { assert, assertEquals } from "@std/assert";
import type { RowKey } from "../../src/adapters/store/cassandra/changes.ts";
import { CountingFilter } from "../../src/adapters/store/cassandra/counting_filter.ts";
import { PlanKeys } from "../../src/adapters/store/cassandra/plan_keys.ts";
import { planRows } from "../support/store_rows.ts";

/** All that plan `a` of `planRows` is found by. */
const OF_A: readonly RowKey[] = [
  { table: "plans", id: "plan-a" },
  { table: "stacks", id: "stack-a" },
  { table: "placements", id: "placement-a-0" },
  { table: "placements", id: "placement-a-1" },
  { table: "servers", id: "server-a-0" },
  { table: "servers", id: "server-a-1" },
];

function surveyed(...keys: readonly string[]): PlanKeys {
  const planKeys = new PlanKeys();
  const survey = planKeys.survey()!;
  survey.met(keys.map((key) => planRows(key)));
  survey.end({ complete: true });
  return planKeys;
}

function lacking(keys: PlanKeys): number {
  return OF_A.filter((key) => keys.surelyLacks(key)).length;
}

Deno.test("PlanKeys is sure of nothing until a pass over all plans has come to its end", () => {
  const keys = new PlanKeys();
  assertEquals(lacking(keys), 0);
  const given = keys.survey()!;
  assertEquals(lacking(keys), 0);
  given.end({ complete: false });
  assertEquals(lacking(keys), 0);
  const survey = keys.survey()!;
  assertEquals(keys.survey(), null);
  survey.end({ complete: true });
  assertEquals(lacking(keys), OF_A.length);
  assertEquals(keys.survey(), null);
});

Deno.test("PlanKeys has the keys of the plans that a pass met, and of those that are written", () => {
  assertEquals(lacking(surveyed("a")), 0);
  const keys = surveyed("b");
  const written = keys.write(null, planRows("a"));
  assertEquals(lacking(keys), 0);
  written();
  assertEquals(lacking(keys), 0);
});

Deno.test("PlanKeys lacks keys again that were removed, and keeps those that stayed", () => {
  const keys = surveyed("a", "b");
  const { plan, placements } = planRows("a");
  const smaller = { plan: { ...plan, version: 2 }, placements: placements.slice(1) };
  keys.write({ plan, placements }, smaller)();
  const removed: readonly RowKey[] = [
    { table: "placements", id: "placement-a-0" },
    { table: "servers", id: "server-a-0" },
  ];
  assertEquals(OF_A.filter((key) => keys.surelyLacks(key)), removed);
  const written = keys.write(smaller, null);
  assertEquals(lacking(keys), removed.length);
  written();
  assertEquals(lacking(keys), OF_A.length);
  assert(!keys.surelyLacks({ table: "stacks", id: "stack-b" }));
});

Deno.test("PlanKeys takes nothing out for a removal that began before the pass ended", () => {
  const keys = new PlanKeys();
  const removed = keys.write(planRows("a"), null);
  const survey = keys.survey()!;
  survey.end({ complete: true });
  keys.write(null, planRows("a"))();
  removed();
  assertEquals(lacking(keys), 0);
});

Deno.test("PlanKeys is sure of nothing in other tables", () => {
  assert(!surveyed().surelyLacks({ table: "groups", id: "a" }));
});

Deno.test("CountingFilter has all keys that are in it, and few of those that are not", () => {
  const filter = new CountingFilter();
  const keys = (kind: string) => Array.from({ length: 200_000 }, (_, index) => `servers ${kind}-${index}`);
  keys("in").forEach((key) => filter.add(key));
  keys("gone").forEach((key) => filter.add(key));
  keys("gone").forEach((key) => filter.remove(key));
  assert(keys("in").every((key) => filter.mayHave(key)));
  const mistaken = keys("gone").filter((key) => filter.mayHave(key)).length;
  assert(mistaken < 1000, `One of 400 at 200,000 keys, got ${mistaken} of 200000`);
});

Deno.test("CountingFilter keeps a key that was added more often than it can count", () => {
  const filter = new CountingFilter();
  for (let time = 0; time < 300; time++) filter.add("a");
  for (let time = 0; time < 299; time++) filter.remove("a");
  assert(filter.mayHave("a"));
});
