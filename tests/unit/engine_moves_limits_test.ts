import { assert, assertEquals } from "@std/assert";
import type { Application } from "../../src/domain/application.ts";
import { Engine } from "../../src/engine/mod.ts";
import { amounts, holding, server, site } from "../support/engine_site.ts";
import { drain, MovingSite } from "../support/moving_site.ts";

Deno.test("planMoves lets a host be an end of so many moves of a wave", () => {
  const here = new MovingSite().stack("s", { a: "r1h1", b: "r1h1", c: "r1h1" });
  assertEquals(here.plan(drain("r1h1"), { perHost: 1 }).waves.map(({ length }) => length), [1, 1, 1]);
  assertEquals(here.plan(drain("r1h1"), { perHost: 2 }).waves.map(({ length }) => length), [2, 1]);
});

/** A site with stacks of one server each, all on one host. */
function crowded({ stacks, moveSteps }: { stacks: number; moveSteps?: number }): MovingSite {
  const here = new MovingSite(site({ racks: 1, capacity: amounts(2000, 4000, 20_000) }), { moveSteps });
  for (let index = 0; index < stacks; index++) {
    here.engine.hold(holding(`a${index}`, "r1h1", { stackId: `s${index}`, flavor: "v1" }));
    here.stacks.set(`s${index}`, { servers: [server(`a${index}`)], assignments: [] });
  }
  return here;
}

Deno.test("planMoves makes so many moves at most, and leaves the rest for a later schedule", () => {
  const plan = crowded({ stacks: 12 }).plan(drain("r1h1"), { perHost: 1000, mostMoves: 10 });
  assertEquals([plan.moves, plan.waves.length, plan.emptied], [10, 1, []]);
  assertEquals(plan.staying.map(({ reason }) => reason), Array(2).fill("it is left for a later schedule"));
  assertEquals(plan.effort.endedBy, "answer");
});

Deno.test("planMoves gives what it has when its steps are used up, and says so", () => {
  const whole = crowded({ stacks: 8 }).plan(drain("r1h1"), { perHost: 8 });
  assertEquals([whole.moves, whole.effort.endedBy], [8, "answer"]);
  const moveSteps = Math.ceil(whole.effort.steps / 2);
  const cut = crowded({ stacks: 8, moveSteps }).plan(drain("r1h1"), { perHost: 8 });
  assertEquals([cut.moves, cut.staying.length, cut.emptied], [4, 4, []]);
  assertEquals([cut.effort.endedBy, cut.staying[0].reason], [
    "steps",
    "the search ended before it was tried",
  ]);
  const exact = crowded({ stacks: 8, moveSteps: whole.effort.steps }).plan(drain("r1h1"), { perHost: 8 });
  assertEquals(exact, whole);
});

Deno.test("planMoves gives what it has when its time is up", () => {
  let nowMs = 0;
  const limits = {
    maxSteps: 1000,
    improveSteps: 0,
    moveSteps: 1_000_000,
    profile: "pack",
    emergencyMs: 10,
  } as const;
  const engine = new Engine(site(), { ...limits, monotonicMs: () => nowMs++ });
  const stacks = new Map<string, Application>();
  for (let index = 0; index < 8; index++) {
    engine.hold(holding(`a${index}`, "r1h1", { stackId: `s${index}`, flavor: "v1" }));
    stacks.set(`s${index}`, { servers: [server(`a${index}`)], assignments: [] });
  }
  const answer = engine.planMoves({ goal: drain("r1h1"), stacks, perHost: 8, mostMoves: 8, nowMs: 0 });
  assert(answer.kind === "planned");
  const { moves, staying, effort } = answer.plan;
  assertEquals(effort.endedBy, "time");
  assert(moves > 0 && moves < 8 && moves + staying.length === 8, `${moves}`);
  assertEquals(staying.at(-1)?.reason, "the search ended before it was tried");
});
