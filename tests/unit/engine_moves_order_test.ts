import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Application } from "../../src/domain/application.ts";
import type { MoveGoal } from "../../src/domain/moves.ts";
import { holding, rule, server, site } from "../support/engine_site.ts";
import { drain, MovingSite, told } from "../support/moving_site.ts";

Deno.test("planMoves makes one server of a diversity rule wait where the other still is", () => {
  const apart = rule("diversity host", ["a", "b"]);
  const here = new MovingSite(site({ racks: 1, hostsPerRack: 3 }))
    .stack("s", { a: "r1h1", b: "r1h2" }, {
      servers: [server("a", { locations: ["r1h1", "r1h2"] }), server("b")],
      assignments: [apart],
    });
  const plan = here.plan(drain("r1h1"));
  assertEquals(told(plan), ["b r1h2-r1h3", "a r1h1-r1h2"]);
  assertEquals([plan.moves, plan.leastMoves], [2, 1]);
});

Deno.test("planMoves moves a server of another stack out of the way where nothing else helps", () => {
  const dataCenter = site({ racks: 1, hostsPerRack: 3 });
  const here = new MovingSite(dataCenter)
    .stack("big", { a: "r1h1" }, { servers: [server("a", { flavor: "v8", locations: ["r1h1", "r1h2"] })] })
    .stack("small", { b: "r1h2" });
  const plan = here.plan(drain("r1h1"));
  assertEquals(told(plan), ["b r1h2-r1h3", "a r1h1-r1h2"]);
  const alone = new Map<string, Application | null>([["big", here.stacks.get("big")!]]);
  assertEquals(here.ask(drain("r1h1"), { stacks: alone }), { kind: "incomplete", stackIds: ["small"] });
  const pinned = here.ask(drain("r1h1"), { stacks: alone.set("small", null) });
  assert(pinned.kind === "planned");
  assertEquals([pinned.plan.moves, pinned.plan.emptied], [0, []]);
  assertStringIncludes(pinned.plan.staying[0].reason, "cpu capacity");
});

Deno.test("planMoves lets a server stop on the way where servers of a rule block each other", () => {
  const apart = rule("diversity rack", ["a", "b"]);
  const servers = [
    server("a", { locations: ["r1h1", "r2h2"] }),
    server("b", { locations: ["r2h1", "r1h2", "r3h1"] }),
  ];
  const here = (assignments = [apart]) =>
    new MovingSite(site({ racks: 3 })).stack("s", { a: "r1h1", b: "r2h1" }, { servers, assignments });
  const plan = here().plan(drain("r1h1", "r2h1", "r3h1"));
  assertEquals(told(plan), ["b r2h1-r3h1", "a r1h1-r2h2", "b r3h1-r1h2"]);
  assertEquals([plan.moves, plan.leastMoves, plan.staying], [3, 2, []]);
  assertEquals(told(here([]).plan(drain("r1h1", "r2h1", "r3h1"))), ["a r1h1-r2h2, b r2h1-r1h2"]);
  const stuck = new MovingSite(site({ racks: 2 })).stack("s", { a: "r1h1", b: "r2h1" }, {
    servers: [servers[0], server("b", { locations: ["r2h1", "r1h2"] })],
    assignments: [apart],
  }).plan(drain("r1h1", "r2h1"));
  assertEquals([stuck.moves, stuck.staying.map(({ serverId }) => serverId)], [0, ["a", "b"]]);
  assertStringIncludes(stuck.staying[0].reason, "diversity rules out");
});

Deno.test("planMoves lets no two stacks of one affinity group follow each other into where they were", () => {
  const membership = { groupId: "g", name: "g", type: "affinity", level: "rack" } as const;
  const rules = (id: string) => [rule("affinity rack", [id], { group: { id: "g", name: "g" } })];
  const here = new MovingSite();
  for (const [id, host] of [["a", "r1h1"], ["b", "r2h1"]]) {
    here.engine.hold(holding(id, host, { groups: [membership], flavor: "v1" }));
    here.stacks.set(`stack-of-${id}`, { servers: [server(id)], assignments: rules(id) });
  }
  const plan = here.plan(drain("r1h1", "r2h1"));
  const racks = plan.waves.flat().map(({ to }) => to.slice(0, 2));
  assertEquals([plan.moves, plan.waves.length, new Set(racks).size], [2, 2, 1]);
});

Deno.test("planMoves plays a wave, and tells which of its moves can't be made now", () => {
  const apart = rule("diversity host", ["a", "b"]);
  const here = new MovingSite().stack("s", { a: "r1h1", b: "r1h2" }, { assignments: [apart] });
  const move = (serverId: string, from: string, to: string) => ({ serverId, from, to, live: true });
  const wave = (...moves: ReturnType<typeof move>[]): MoveGoal => ({ kind: "wave", moves });
  const good = here.plan(wave(move("a", "r1h1", "r2h1"), move("b", "r1h2", "r2h2")));
  assertEquals([told(good), good.staying], [["a r1h1-r2h1, b r1h2-r2h2"], []]);
  const chain = here.plan(wave(move("b", "r1h2", "r2h1"), move("a", "r1h1", "r1h2")));
  assertEquals(chain.staying, [{
    serverId: "a",
    host: "r1h1",
    reason: "it has to wait for another of its stack",
  }]);
  const stale = here.plan(wave(move("a", "r2h1", "r2h2")));
  assertEquals(stale.staying, [{ serverId: "a", host: "r2h1", reason: "it is not on r2h1" }]);
});
