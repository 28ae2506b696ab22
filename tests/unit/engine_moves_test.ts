import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { Application } from "../../src/domain/application.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { MoveAnswer, MoveGoal, MovePlan } from "../../src/domain/moves.ts";
import { Engine } from "../../src/engine/mod.ts";
import { amounts, engineFor, holding, request, rule, server, site } from "../support/engine_site.ts";

/** An engine with stacks of which every server is where its name's key says. */
class Here {
  readonly engine: Engine;
  readonly stacks = new Map<string, Application>();

  constructor(readonly dataCenter: DataCenter = site()) {
    this.engine = engineFor(dataCenter);
  }

  stack(stackId: string, hosts: Record<string, string>, changes: Partial<Application> = {}): this {
    const servers = changes.servers ?? Object.keys(hosts).map((id) => server(id));
    const application: Application = { assignments: [], ...changes, servers };
    const directives = Object.entries(hosts).map(([serverId, host]) => ({
      serverId,
      stay: "free" as const,
      allowedHosts: [host],
    }));
    const decision = this.engine.place(request([], [], { stackId, application, directives }));
    if (decision.kind === "refused") throw new Error(JSON.stringify(decision.refusal));
    this.engine.settle(decision.bookingId, "kept");
    this.stacks.set(stackId, application);
    return this;
  }

  ask(
    goal: MoveGoal,
    { perHost = 2, stacks = this.stacks as Map<string, Application | null> } = {},
  ): MoveAnswer {
    return this.engine.planMoves({ goal, stacks, perHost, nowMs: 0 });
  }

  plan(goal: MoveGoal, options: { perHost?: number } = {}): MovePlan {
    const answer = this.ask(goal, options);
    if (answer.kind !== "planned") throw new Error(JSON.stringify(answer));
    return answer.plan;
  }
}

const drain = (...hosts: string[]): MoveGoal => ({ kind: "drain", choice: { hosts } });
const failed = (...hosts: string[]): MoveGoal => ({ kind: "failed", choice: { hosts } });

/** Waves as texts. */
function told({ waves }: MovePlan): string[] {
  return waves.map((moves) => moves.map(({ serverId, from, to }) => `${serverId} ${from}-${to}`).join(", "));
}

Deno.test("planMoves drains a host, and leaves the model as it was", () => {
  const here = new Here().stack("s", { a: "r1h1", b: "r1h2" }).stack("t", { c: "r1h1" });
  const plan = here.plan(drain("r1h1"));
  assertEquals(told(plan), ["a r1h1-r1h2, c r1h1-r1h2"]);
  assertEquals([plan.emptied, plan.staying, plan.moves, plan.leastMoves], [["r1h1"], [], 2, 2]);
  assertEquals(plan.waves[0][0], {
    serverId: "a",
    stackId: "s",
    resourceId: null,
    from: "r1h1",
    to: "r1h2",
    live: true,
    memoryMib: 2048,
    step: 0,
  });
  assertEquals(here.plan(drain("r1h1")), plan);
});

Deno.test("planMoves drains all hosts of a rack, none of them into another of it", () => {
  const here = new Here().stack("s", { a: "r1h1", b: "r1h2" });
  const plan = here.plan({ kind: "drain", choice: { rack: "r1" } });
  assertEquals(told(plan), ["a r1h1-r2h1, b r1h2-r2h1"]);
  assertEquals(plan.emptied, ["r1h1", "r1h2"]);
});

Deno.test("planMoves lets a host be an end of so many moves of a wave", () => {
  const here = new Here().stack("s", { a: "r1h1", b: "r1h1", c: "r1h1" });
  assertEquals(here.plan(drain("r1h1"), { perHost: 1 }).waves.map(({ length }) => length), [1, 1, 1]);
  assertEquals(here.plan(drain("r1h1"), { perHost: 2 }).waves.map(({ length }) => length), [2, 1]);
});

Deno.test("planMoves moves servers that share a host in one step, however many a host may send", () => {
  const bound = rule("affinity host", ["a", "b"]);
  const here = new Here().stack("s", { a: "r1h1", b: "r1h1" }, { assignments: [bound] });
  assertEquals(told(here.plan(drain("r1h1"), { perHost: 1 })), ["a r1h1-r1h2, b r1h1-r1h2"]);
  const plan = here.plan({ kind: "move", serverId: "b" });
  assertEquals([plan.moves, plan.leastMoves], [2, 2]);
});

Deno.test("planMoves lets servers that belong in one rack leave it together", () => {
  const bound = rule("affinity rack", ["a", "b"]);
  const here = new Here(site({ racks: 2 })).stack("s", { a: "r1h1", b: "r1h2" }, { assignments: [bound] });
  const one = here.plan(drain("r1h1"));
  assertEquals(told(one), ["a r1h1-r1h2"]);
  const all = here.plan({ kind: "drain", choice: { rack: "r1" } }, { perHost: 1 });
  assertEquals(all.waves.length, 1);
  assertEquals(all.emptied, ["r1h1", "r1h2"]);
});

Deno.test("planMoves makes one server of a diversity rule wait where the other still is", () => {
  const apart = rule("diversity host", ["a", "b"]);
  const here = new Here(site({ racks: 1, hostsPerRack: 3 }))
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
  const here = new Here(dataCenter)
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
    new Here(site({ racks: 3 })).stack("s", { a: "r1h1", b: "r2h1" }, { servers, assignments });
  const plan = here().plan(drain("r1h1", "r2h1", "r3h1"));
  assertEquals(told(plan), ["b r2h1-r3h1", "a r1h1-r2h2", "b r3h1-r1h2"]);
  assertEquals([plan.moves, plan.leastMoves, plan.staying], [3, 2, []]);
  assertEquals(told(here([]).plan(drain("r1h1", "r2h1", "r3h1"))), ["a r1h1-r2h2, b r2h1-r1h2"]);
  const stuck = new Here(site({ racks: 2 })).stack("s", { a: "r1h1", b: "r2h1" }, {
    servers: [servers[0], server("b", { locations: ["r2h1", "r1h2"] })],
    assignments: [apart],
  }).plan(drain("r1h1", "r2h1"));
  assertEquals([stuck.moves, stuck.staying.map(({ serverId }) => serverId)], [0, ["a", "b"]]);
  assertStringIncludes(stuck.staying[0].reason, "diversity rules out");
});

Deno.test("planMoves moves what it can, and tells who stays and why", () => {
  const vm = { uuid: "nova-x", demand: amounts(1, 2, 10), projectId: null };
  const dataCenter = site({ racks: 1, hosts: { r1h1: { vms: [vm] } } });
  const here = new Here(dataCenter)
    .stack("s", { a: "r1h1" })
    .stack("t", { b: "r1h1" }, { servers: [server("b", { forcedHost: "r1h1" })] });
  const plan = here.plan(drain("r1h1"));
  assertEquals(told(plan), ["a r1h1-r1h2"]);
  assertEquals(plan.emptied, []);
  assertEquals(plan.staying.map(({ serverId, host }) => [serverId, host]), [["b", "r1h1"], [
    "nova-x",
    "r1h1",
  ]]);
  assertStringIncludes(plan.staying[0].reason, "requested hosts");
  assertEquals(plan.staying[1].reason, "it is not held by Valet");
});

Deno.test("planMoves makes 1,000 moves at most, and leaves the rest for a later schedule", () => {
  const here = new Here(site({ racks: 1, capacity: amounts(2000, 4000, 20_000) }));
  for (let index = 0; index < 1002; index++) {
    here.engine.hold(holding(`a${index}`, "r1h1", { stackId: `s${index}`, flavor: "v1" }));
    here.stacks.set(`s${index}`, { servers: [server(`a${index}`)], assignments: [] });
  }
  const plan = here.plan(drain("r1h1"), { perHost: 1000 });
  assertEquals([plan.moves, plan.waves.length, plan.emptied], [1000, 1, []]);
  assertEquals(plan.staying.map(({ reason }) => reason), Array(2).fill("it is left for a later schedule"));
});

Deno.test("planMoves gives what it has when its time is up", () => {
  let nowMs = 0;
  const limits = { maxSteps: 1000, improveSteps: 0, profile: "pack", emergencyMs: 10 } as const;
  const engine = new Engine(site(), { ...limits, monotonicMs: () => nowMs++ });
  const stacks = new Map<string, Application>();
  for (let index = 0; index < 8; index++) {
    engine.hold(holding(`a${index}`, "r1h1", { stackId: `s${index}`, flavor: "v1" }));
    stacks.set(`s${index}`, { servers: [server(`a${index}`)], assignments: [] });
  }
  const answer = engine.planMoves({ goal: drain("r1h1"), stacks, perHost: 8, nowMs: 0 });
  assert(answer.kind === "planned");
  const { moves, staying } = answer.plan;
  assert(moves > 0 && moves < 8 && moves + staying.length === 8, `${moves}`);
  assertEquals(staying.at(-1)?.reason, "the search ended before it was tried");
});

Deno.test("planMoves leaves a server that is on its way", () => {
  const here = new Here().stack("s", { a: "r1h1" });
  here.engine.hold(holding("a", "r1h1", { stackId: "s", origin: "r2h1" }));
  for (const host of ["r1h1", "r2h1"]) {
    const plan = here.plan(drain(host));
    const staying = [{ serverId: "a", host, reason: "it is on its way already" }];
    assertEquals([plan.moves, plan.staying, plan.emptied], [0, staying, []]);
  }
});

Deno.test("planMoves of a failed host needs no room there, and moves nothing live", () => {
  const here = new Here().stack("s", { a: "r1h1", b: "r1h1" });
  const plan = here.plan(failed("r1h1"), { perHost: 2 });
  assertEquals(told(plan), ["a r1h1-r1h2, b r1h1-r1h2"]);
  assertEquals(plan.waves[0].map(({ live }) => live), [false, false]);
  assertEquals(plan.emptied, ["r1h1"]);
});

Deno.test("planMoves lets a server of a failed host start in the rack that a lost one of its group held", () => {
  const group = { id: "g", name: "g" };
  const one = (id: string) => ({ assignments: [rule("diversity rack", [id], { group })] });
  const here = new Here(site({ racks: 2 })).stack("s", { a: "r1h1" }, one("a")).stack(
    "t",
    { b: "r2h1" },
    one("b"),
  );
  const live = here.plan(drain("r1h1", "r2h1"));
  assertEquals(told(live), ["a r1h1-r1h2, b r2h1-r2h2"]);
  const lost = here.plan(failed("r1h1", "r2h1"));
  assertEquals(lost.emptied, ["r1h1", "r2h1"]);
});

Deno.test("planMoves lets no two stacks of one affinity group follow each other into where they were", () => {
  const membership = { groupId: "g", name: "g", type: "affinity", level: "rack" } as const;
  const rules = (id: string) => [rule("affinity rack", [id], { group: { id: "g", name: "g" } })];
  const here = new Here();
  for (const [id, host] of [["a", "r1h1"], ["b", "r2h1"]]) {
    here.engine.hold(holding(id, host, { groups: [membership], flavor: "v1" }));
    here.stacks.set(`stack-of-${id}`, { servers: [server(id)], assignments: rules(id) });
  }
  const plan = here.plan(drain("r1h1", "r2h1"));
  const racks = plan.waves.flat().map(({ to }) => to.slice(0, 2));
  assertEquals([plan.moves, plan.waves.length, new Set(racks).size], [2, 2, 1]);
});

Deno.test("planMoves empties the hosts with the fewest servers", () => {
  const here = new Here()
    .stack("s", { a: "r1h1", b: "r1h1" })
    .stack("t", { c: "r1h2" })
    .stack("u", { d: "r2h1" });
  const plan = here.plan({ kind: "consolidate", hosts: 2 });
  assertEquals(told(plan), ["c r1h2-r1h1, d r2h1-r1h1"]);
  assertEquals([plan.emptied, plan.leastMoves], [["r1h2", "r2h1"], 2]);
});

Deno.test("planMoves empties hosts into none that becomes or is empty", () => {
  const here = new Here().stack("s", { a: "r1h1" }).stack("t", { b: "r1h2" }).stack("u", { c: "r2h1" });
  const plan = here.plan({ kind: "consolidate", hosts: 2 });
  assertEquals([told(plan), plan.emptied], [["a r1h1-r2h1, b r1h2-r2h1"], ["r1h1", "r1h2"]]);
});

Deno.test("planMoves passes over a host that it can't empty, and wakes none for it", () => {
  const here = new Here()
    .stack("s", { a: "r1h1" }, { servers: [server("a", { forcedHost: "r1h1" })] })
    .stack("t", { b: "r1h2", c: "r1h2" });
  const plan = here.plan({ kind: "consolidate", hosts: 1 });
  assertEquals([told(plan), plan.emptied], [["b r1h2-r1h1, c r1h2-r1h1"], ["r1h2"]]);
  assertEquals([plan.moves, plan.leastMoves, plan.staying], [2, 1, []]);
});

Deno.test("planMoves tells why fewer hosts become empty than were asked for", () => {
  const vm = { uuid: "nova-x", demand: amounts(1, 2, 10), projectId: null };
  const here = new Here(site({ racks: 1, hosts: { r1h1: { vms: [vm] } } })).stack("s", { a: "r1h1" });
  const { emptied, staying } = here.plan({ kind: "consolidate", hosts: 1 });
  assertEquals(emptied, []);
  assertEquals(staying, [
    { serverId: "a", host: "r1h1", reason: "it shares its host with servers that can't be moved" },
    { serverId: "nova-x", host: "r1h1", reason: "it is not held by Valet" },
  ]);
});

Deno.test("planMoves moves one server, by Nova's id before its orchestration id", () => {
  const here = new Here().stack("s", { a: "r1h1", b: "r1h1" });
  here.engine.confirm([{ serverId: "b", resourceId: "a" }]);
  assertEquals(told(here.plan({ kind: "move", serverId: "a" })), ["b r1h1-r1h2"]);
  const stuck = new Here().stack("s", { a: "r1h1" }, { servers: [server("a", { forcedHost: "r1h1" })] });
  const plan = stuck.plan({ kind: "move", serverId: "a" });
  assertEquals([plan.waves, plan.staying.map(({ serverId }) => serverId)], [[], ["a"]]);
});

Deno.test("planMoves names the host, rack or server that it does not know", () => {
  const here = new Here();
  assertEquals(here.ask(drain("r1h1", "nowhere")), { kind: "unknown", what: "host", name: "nowhere" });
  assertEquals(here.ask({ kind: "failed", choice: { rack: "r9" } }), {
    kind: "unknown",
    what: "rack",
    name: "r9",
  });
  assertEquals(here.ask({ kind: "move", serverId: "x" }), { kind: "unknown", what: "server", name: "x" });
});

Deno.test("planMoves plays a wave, and tells which of its moves can't be made now", () => {
  const apart = rule("diversity host", ["a", "b"]);
  const here = new Here().stack("s", { a: "r1h1", b: "r1h2" }, { assignments: [apart] });
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
