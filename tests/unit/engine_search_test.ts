import { assert, assertEquals } from "@std/assert";
import { Engine } from "../../src/engine/mod.ts";
import type { PlacementRequest } from "../../src/domain/placement_request.ts";
import { amounts, engineFor, holding, hostsOf, request, rule, server, site } from "../support/engine_site.ts";

Deno.test("place reconsiders earlier choices: six servers that fill two hosts only in one way", () => {
  const vcpus: Record<string, number> = { a: 5, b: 4, c: 4, d: 3, e: 2, f: 2 };
  const flavors = Object.entries(vcpus).map(([name, count]) => ({
    name,
    flavorId: name,
    demand: amounts(count, 0, 0),
    extraSpecs: {},
  }));
  const engine = engineFor(site({ racks: 1, hostsPerRack: 2, capacity: amounts(10, 1, 1), flavors }));
  const hosts = hostsOf(engine.place(request(Object.keys(vcpus).map((id) => server(id, { flavor: id })))));
  const loads = new Map<string, number>();
  for (const [id, host] of Object.entries(hosts)) loads.set(host, (loads.get(host) ?? 0) + vcpus[id]);
  assertEquals([...loads.values()], [10, 10]);
});

Deno.test("place leaves the fuller rack to the one server that is bound to its zone", () => {
  const dataCenter = site({
    racks: 2,
    hostsPerRack: 1,
    hosts: { r1h1: { used: amounts(4, 8, 40), availabilityZone: "z" } },
  });
  const hosts = hostsOf(
    engineFor(dataCenter).place(request([server("big", { flavor: "v4" }), server("small", { zone: "z" })], [
      rule("diversity rack", ["big", "small"]),
    ])),
  );
  assertEquals(hosts, { big: "r2h1", small: "r1h1" });
});

Deno.test("place proves a small request infeasible that only fails as a whole", () => {
  const servers = ["a", "b", "c"].map((id) => server(id, { flavor: "v4" }));
  const decision = engineFor(site({ racks: 2, hostsPerRack: 1, capacity: amounts(8, 99, 999) })).place(
    request(servers, [
      rule("diversity host", ["a", "b"]),
      rule("diversity host", ["b", "c"]),
      rule("diversity rack", ["a", "c"]),
    ]),
  );
  assert(decision.kind === "refused");
  assertEquals(decision.refusal.proven, true);
  assertEquals(decision.effort.endedBy, "proof");
});

const many = (count: number, flavor: string) =>
  Array.from({ length: count }, (_, index) => server(`s${index}`, { flavor }));

Deno.test("place gives up after its budget of steps and says so", () => {
  const dataCenter = site({ racks: 5, hostsPerRack: 10, capacity: amounts(6, 99, 999) });
  const decision = engineFor(dataCenter, { maxSteps: 2_000 }).place(request(many(60, "v4")));
  assert(decision.kind === "refused");
  assertEquals(decision.refusal.proven, false);
  assertEquals(decision.effort.endedBy, "steps");
});

Deno.test("place proves at once that a rule wants more hosts or racks than there are, or all more room", () => {
  const dataCenter = site({ racks: 40, hostsPerRack: 5 });
  const small = many(201, "v1");
  const ids = small.map(({ id }) => id);
  const pinned = small.map((spec) => ({
    ...spec,
    locations: dataCenter.hosts.slice(5).map(({ name }) => name),
  }));
  const cases = {
    hosts: request(small, [rule("diversity host", ids)]),
    racks: request(pinned, [rule("diversity rack", ids.slice(0, 40))]),
    "hosts of several": request(small, [rule("diversity rack", ids.slice(0, 81), { mostPerResource: 2 })]),
    room: request(many(201, "v8")),
  };
  for (const [name, asked] of Object.entries(cases)) {
    const decision = engineFor(dataCenter).place(asked);
    assert(decision.kind === "refused", name);
    assertEquals([decision.effort.endedBy, decision.refusal.proven], ["proof", true], name);
    assert(decision.effort.steps < 3 * 201 * 200, `${name}: ${decision.effort.steps} steps`);
  }
});

/** A clock that goes on by 1 ms each time that it is read. */
function engineWithin(emergencyMs: number, dataCenter = site()) {
  const clock = { readings: 0 };
  const settings = {
    maxSteps: 5_000_000,
    improveSteps: 0,
    moveSteps: 0,
    profile: "pack",
    emergencyMs,
  } as const;
  return { clock, engine: new Engine(dataCenter, { ...settings, monotonicMs: () => clock.readings++ }) };
}

Deno.test("place ends when its time is up before any server was without a host, and says how far it came", () => {
  const { engine } = engineWithin(3);
  const decision = engine.place(request(many(8, "v1"), [rule("affinity rack", ["s1", "s2"])]));
  assert(decision.kind === "refused");
  const sentence = "the search came to its limit after 4 candidate hosts, before it had an answer";
  assertEquals(decision.refusal, { message: "no available hosts", sentence, proven: false, nodes: [] });
  assertEquals(decision.effort.endedBy, "time");
});

/** Servers that have room in sum and nowhere in fact, most of them under one rule. */
function lookedAtLong(changes: Partial<PlacementRequest> = {}) {
  const servers = many(260, "v4");
  const apart = rule("diversity host", servers.slice(0, 200).map(({ id }) => id));
  return request(servers, [apart], changes);
}

const roomy = site({ racks: 25, hostsPerRack: 10, capacity: amounts(6, 99, 999) });

Deno.test("place ends when its time is up in the middle of looking ahead", () => {
  const { engine } = engineWithin(900, roomy);
  const { effort } = engine.place(lookedAtLong());
  assertEquals(effort.endedBy, "time");
  assert(effort.steps < 300_000, `${effort.steps} steps`);
});

Deno.test("place has one emergency time, though servers that should stay give it two tries", () => {
  const { engine, clock } = engineWithin(900, roomy);
  engine.hold(holding("s0", "r1h1", { stackId: "stack", demand: amounts(4, 8, 40) }));
  const standing = {
    host: "r1h1",
    demand: amounts(4, 8, 40),
    resourceId: null,
    origin: null,
    expiresAtMs: null,
  };
  const { effort } = engine.place(
    lookedAtLong({ directives: [{ serverId: "s0", stay: "should", standing }] }),
  );
  assertEquals(effort.endedBy, "time");
  assert(clock.readings < 950, `${clock.readings} readings`);
});

Deno.test("place chooses a rack for an affinity group by what the whole group needs", () => {
  const dataCenter = site({ racks: 2, hostsPerRack: 2, hosts: { r1h1: { used: amounts(6, 12, 60) } } });
  const servers = ["a", "b"].map((id) => server(id, { flavor: "v8" }));
  const hosts = hostsOf(engineFor(dataCenter).place(request(servers, [rule("affinity rack", ["a", "b"])])));
  assertEquals(new Set(Object.values(hosts)), new Set(["r2h1", "r2h2"]));
});

Deno.test("place keeps servers in one room, in different clusters of it, and rooms without any of them apart", () => {
  const inside = (cluster: string, room: string) => ({ cluster, room });
  const hosts = {
    r1h1: inside("c1", "r1"),
    r2h1: inside("c2", "r2"),
    r3h1: inside("c3", "r2"),
    r4h1: inside("c4", "r3"),
  };
  const dataCenter = site({ racks: 4, hostsPerRack: 1, hosts });
  const rules = [rule("affinity room", ["a", "b"]), rule("diversity cluster", ["a", "b"])];
  const servers = [server("a"), server("b"), server("c", { locations: ["r2h1", "r4h1"] })];
  const decision = engineFor(dataCenter).place(
    request(servers, [...rules, rule("diversity room", ["a", "c"])]),
  );
  const { a, b, c } = hostsOf(decision);
  assertEquals([new Set([a, b]), c], [new Set(["r2h1", "r3h1"]), "r4h1"]);
});

Deno.test("place keeps clusters together and racks inside them apart", () => {
  const cluster = (name: string) => ({ cluster: name });
  const dataCenter = site({
    racks: 4,
    hostsPerRack: 1,
    hosts: { r1h1: cluster("c1"), r2h1: cluster("c2"), r3h1: cluster("c2"), r4h1: cluster("c3") },
  });
  const hosts = hostsOf(
    engineFor(dataCenter).place(request([server("a"), server("b")], [
      rule("affinity cluster", ["a", "b"]),
      rule("diversity rack", ["a", "b"]),
    ])),
  );
  assertEquals(new Set(Object.values(hosts)), new Set(["r2h1", "r3h1"]));
});
