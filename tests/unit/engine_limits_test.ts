import { assert, assertEquals } from "@std/assert";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Decision } from "../../src/domain/placement_request.ts";
import { Engine, type EngineSettings } from "../../src/engine/mod.ts";
import { amounts, FLAVORS, request, rule, server, site } from "../support/engine_site.ts";

function engineOn(dataCenter: DataCenter, settings: Partial<EngineSettings> = {}): Engine {
  return new Engine(dataCenter, {
    maxSteps: 5_000_000,
    improveSteps: 1_500_000,
    moveSteps: 20_000_000,
    profile: "pack",
    emergencyMs: 100_000,
    monotonicMs: ticking(),
    ...settings,
  });
}

/** A clock that goes on by a millisecond each time it is read, so that the work done tells the time. */
function ticking(startMs = 0): () => number {
  let nowMs = startMs;
  return () => nowMs++;
}

const flavors = [3, 4, 5, 6].map((vcpus) => ({
  ...{ name: `w${vcpus}`, flavorId: `w${vcpus}`, extraSpecs: {} },
  demand: amounts(vcpus, 0, 0),
}));
const wide = { capacity: amounts(10, 1, 1), flavors };
const servers = (count: number, flavorOf: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => server(`s${index}`, { flavor: flavorOf(index) }));

/**
 * Sixty servers for fifty hosts that have room enough in sum: no construction succeeds, and the search is too large to
 * be complete.
 */
const HOPELESS = {
  dataCenter: site({ racks: 5, hostsPerRack: 10, capacity: amounts(12, 24, 120) }),
  ask: request(servers(60, () => "v8")),
};
/** Room enough in sum, yet a server too many: only a complete search can tell. */
const TRICKY = {
  dataCenter: site({ racks: 1, hostsPerRack: 6, ...wide }),
  ask: request([...servers(12, (index) => index % 2 ? "w4" : "w5"), server("z", { flavor: "w3" })]),
};
/** No two of these share a host, so that the first answer is the best, which no bound tells. */
const LONELY = {
  dataCenter: site({ racks: 4, hostsPerRack: 10, ...wide }),
  ask: request(servers(30, () => "w6")),
};
const FEW_LONELY = {
  dataCenter: site({ racks: 1, hostsPerRack: 9, ...wide }),
  ask: request(servers(9, () => "w6")),
};

const stepsOf = ({ effort }: Decision) => effort.steps;

function assertBetween(value: number, [least, most]: readonly [number, number]): void {
  assert(least <= value && value <= most, `${value} is not between ${least} and ${most}`);
}

for (const maxSteps of [100_000, 200_000]) {
  Deno.test(`place ends its constructions soon after ${maxSteps} steps`, () => {
    const decision = engineOn(HOPELESS.dataCenter, { maxSteps }).place(HOPELESS.ask);
    assertEquals([decision.kind, decision.effort.endedBy], ["refused", "steps"]);
    assertBetween(stepsOf(decision), [maxSteps, maxSteps + 60 * 50]);
  });
}

Deno.test("place ends the complete search of a small request after its steps, without a proof", () => {
  const proven = engineOn(TRICKY.dataCenter).place(TRICKY.ask);
  assertEquals(proven.effort.endedBy, "proof");
  assertBetween(stepsOf(proven), [20_000, 1_000_000]);
  const ended = engineOn(TRICKY.dataCenter, { maxSteps: 10_000 }).place(TRICKY.ask);
  assert(ended.kind === "refused");
  assertEquals([ended.effort.endedBy, ended.refusal.proven], ["steps", false]);
  assertBetween(stepsOf(ended), [10_000, 10_000 + 13 * 6]);
});

Deno.test("place ends a construction that tries many places for a group after its steps", () => {
  const racks = site({ racks: 40, hostsPerRack: 2, capacity: amounts(8, 1, 1), flavors });
  const dataCenter = { ...racks, hosts: racks.hosts.map((host) => ({ ...host, cluster: host.rack })) };
  // Every cluster has room for all four in sum, and none has when they are placed one after another.
  const four = ["w6", "w4", "w3", "w3"].map((flavor, index) => server(`s${index}`, { flavor }));
  const ask = request(four, [
    rule("affinity rack", ["s0", "s1"]),
    rule("affinity rack", ["s2", "s3"]),
    rule("affinity cluster", ["s0", "s1", "s2", "s3"]),
  ]);
  const least = 4 * 4 * 80;
  const { effort } = engineOn(dataCenter, { maxSteps: 1 }).place(ask);
  assertEquals(effort.endedBy, "steps");
  assertBetween(effort.steps, [least, least + 500]);
});

Deno.test("place constructs more than once however few steps it has", () => {
  const ask = pairs(1, []);
  const decision = engineOn(ask.dataCenter, { maxSteps: 1 }).place(ask.ask);
  assertEquals(decision.kind, "placed");
});

for (const [improveSteps, most] of [[0, 0], [1, 20_000], [1_500_000, 20_000]] as const) {
  Deno.test(`place betters an answer with at most ${most} steps more when ${improveSteps} are allowed`, () => {
    const first = 30 * 40;
    const decision = engineOn(LONELY.dataCenter, { improveSteps }).place(LONELY.ask);
    assert(decision.kind === "placed");
    assertEquals(decision.quality.optimal, false);
    assertBetween(stepsOf(decision), [first + most, first + most + 16 * 40]);
  });
}

Deno.test("place looks for the best answer to a small request no longer than its steps", () => {
  const decision = engineOn(FEW_LONELY.dataCenter, { improveSteps: 0 }).place(FEW_LONELY.ask);
  assert(decision.kind === "placed");
  assertEquals(decision.quality.optimal, false);
  assertBetween(stepsOf(decision), [200_000, 201_000]);
});

interface Emergency {
  readonly name: string;
  readonly world: { readonly dataCenter: DataCenter; readonly ask: ReturnType<typeof request> };
  /** How the search ends on a clock that stands still, and once the emergency clock has run out. */
  readonly ends: readonly [calm: string, hurried: string];
}

const EMERGENCIES: readonly Emergency[] = [
  { name: "its constructions", world: HOPELESS, ends: ["refused by steps", "refused by time"] },
  { name: "the complete search", world: TRICKY, ends: ["refused by proof", "refused by time"] },
  { name: "the bettering of an answer", world: LONELY, ends: ["placed by answer", "placed by answer"] },
  {
    name: "the search for the best answer",
    world: FEW_LONELY,
    ends: ["placed by answer", "placed by answer"],
  },
];

for (const { name, world: { dataCenter, ask }, ends } of EMERGENCIES) {
  Deno.test(`place ends ${name} on the emergency clock`, () => {
    const calm = engineOn(dataCenter, { monotonicMs: () => 0, emergencyMs: 40 }).place(ask);
    const hurried = engineOn(dataCenter, { emergencyMs: 40 }).place(ask);
    assertEquals([calm, hurried].map(({ kind, effort }) => `${kind} by ${effort.endedBy}`), [...ends]);
    assert(stepsOf(hurried) < stepsOf(calm) / 2, `${stepsOf(hurried)} steps of ${stepsOf(calm)}`);
    if (hurried.kind === "refused") assertEquals(hurried.refusal.proven, false);
    else assertEquals(hurried.quality.optimal, false);
  });
}

Deno.test("place gives each request the whole time of the emergency clock, whatever it shows", () => {
  const early = engineOn(HOPELESS.dataCenter, { emergencyMs: 40 });
  const late = engineOn(HOPELESS.dataCenter, { emergencyMs: 40, monotonicMs: ticking(Date.UTC(2026, 0)) });
  const [first, ...others] = [early, early, late].map((engine) => engine.place(HOPELESS.ask).effort);
  assertEquals(first.endedBy, "time");
  assertEquals(others, [first, first]);
});

Deno.test("place proves a large request hopeless of which one server has no host, after one construction", () => {
  const { dataCenter, ask } = HOPELESS;
  const lost = [...ask.application.servers, server("lost", { zone: "nowhere" })];
  const decision = engineOn(dataCenter).place(request(lost));
  assert(decision.kind === "refused");
  assertEquals([decision.effort.endedBy, decision.refusal.proven], ["proof", true]);
  assertBetween(stepsOf(decision), [1, 2 * 61 * 50]);
});

/**
 * So many pairs of servers that must not share a host, where the larger one prefers the only host of the smaller one,
 * among other servers that are placed between them.
 */
function pairs(count: number, others: ReturnType<typeof server>[]) {
  const hosts = Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`r1h${index + 1}`, { used: FLAVORS[0].demand }]),
  );
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  const both = numbers.flatMap((number) => [
    server(`large${number}`, { flavor: "v4", locations: [`r1h${number}`, `r2h${number}`] }),
    server(`small${number}`, { locations: [`r1h${number}`] }),
  ]);
  const rules = numbers.map((number) => rule("diversity host", [`large${number}`, `small${number}`]));
  return {
    dataCenter: site({ racks: 3, hostsPerRack: 30, hosts }),
    ask: request([...both, ...others], rules),
  };
}

Deno.test("place sees dead ends before it places what has nothing to do with them", () => {
  const half = (from: number) => Array.from({ length: 15 }, (_, index) => `r3h${from + index}`);
  const others = Array.from(
    { length: 30 },
    (_, index) => server(`other${index}`, { flavor: "v8", locations: half(index < 15 ? 1 : 16) }),
  );
  const { dataCenter, ask } = pairs(10, others);
  // Each pair costs a construction; most of one is left out when its dead end is seen at once.
  const decision = engineOn(dataCenter, { maxSteps: 50_000, improveSteps: 0 }).place(ask);
  assertEquals(decision.kind, "placed");
  assertBetween(stepsOf(decision), [5_000, 50_000]);
});
