import { assert, assertEquals } from "@std/assert";
import { without } from "../../src/engine/explain/causes.ts";
import { conflictOf, Trials } from "../../src/engine/explain/conflict.ts";
import { amounts, engineFor, request, rule, server, site } from "../support/engine_site.ts";
import { IMPOSSIBLE, named, restOf } from "../support/impossible_requests.ts";

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `s${from + index}`);
const servers = (count: number, changes: Parameters<typeof server>[1] = {}) =>
  ids(count).map((id) => server(id, changes));
const small = site({ racks: 2, hostsPerRack: 2 });

for (const [name, { dataCenter, application, conflict, relaxations }] of Object.entries(IMPOSSIBLE)) {
  Deno.test(`explain finds the smallest conflict and ways out of ${name}`, () => {
    const engine = engineFor(dataCenter);
    const asked = request([], [], { application });
    const explanation = engine.explain(asked);
    assertEquals(explanation.placeable, false);
    assertEquals(explanation.minimal, true);
    assertEquals(explanation.conflict.map(named), conflict);
    const offered = explanation.relaxations.map(({ sentence }) => sentence);
    for (const sentence of relaxations) {
      assert(offered.includes(sentence), `${sentence} is not in ${offered}`);
    }
    const alone = without(asked, restOf(asked, explanation.conflict));
    assertEquals(engine.place(alone).kind, "refused");
    for (const cause of explanation.conflict) {
      assertEquals(engineFor(dataCenter).place(without(alone, [cause])).kind, "placed", named(cause));
    }
  });
}

Deno.test("explain of a request that can be placed tells its quality, what each server may have, and books nothing", () => {
  const engine = engineFor(small);
  const asked = request(servers(3, { flavor: "v4" }), [rule("diversity rack", ids(2))]);
  const before = engine.explain(asked);
  assertEquals([before.placeable, before.conflict, before.relaxations], [true, [], []]);
  assertEquals(before.quality?.criteria[2], { criterion: "woken_hosts", value: 2, bound: 2 });
  assertEquals(before.servers, [{
    serverId: "s0",
    name: "s0",
    hosts: 4,
    candidates: 4,
    removed: [],
    nearestMisses: [],
  }]);
  assertEquals(engine.explain(asked), before);
  assertEquals(engine.place(request(servers(8, { flavor: "v4" }))).kind, "placed");
});

Deno.test("explain counts the hosts that each constraint takes from a server, and how much is missing", () => {
  const dataCenter = site({
    racks: 2,
    hostsPerRack: 2,
    hosts: {
      r1h1: { unusable: "disabled" },
      r1h2: { availabilityZone: "z" },
      r2h1: { used: amounts(5, 5, 5) },
    },
  });
  const [outlook] =
    engineFor(dataCenter).explain(request([server("a", { flavor: "v16", zone: "nova" })])).servers;
  assertEquals(outlook.removed, [
    { constraint: "host status", hosts: 1 },
    { constraint: "availability zone", hosts: 1 },
    { constraint: "cpu capacity", hosts: 2 },
  ]);
  assertEquals(outlook.candidates, 0);
  assertEquals(outlook.nearestMisses[0], { dimension: "vcpu", wanted: 16_000, bestFree: 8000, host: "r2h2" });
});

Deno.test("explain tells why a server is not on a host", () => {
  const dataCenter = site({
    racks: 2,
    hostsPerRack: 2,
    hosts: { r1h1: { unusable: "disabled", used: amounts(8, 1, 1) } },
  });
  const engine = engineFor(dataCenter);
  const asked = request([server("a", { flavor: "v8" }), server("b")], [rule("affinity rack", ["a", "b"])]);
  const about = (host: string) => engine.explain(asked, { about: { serverId: "b", host } }).host!;
  assertEquals(about("r1h1").broken, ["host status", "cpu capacity"]);
  assertEquals([about("r2h2").broken, about("r2h2").possible], [[], true]);
  const alone = about("r1h2");
  assertEquals([alone.broken, alone.possible], [[], false]);
  assertEquals(alone.conflict.map(named), ["assignment affinity rack:a,b", "server a", "server b"]);
  assertEquals(about("unknown").possible, false);
});

Deno.test("explain finds five of three hundred servers that four hosts have no room for", () => {
  const many = Array.from({ length: 300 }, (_, index) => server(`s${index}`, { flavor: "v8" }));
  const { minimal, conflict } = engineFor(small).explain(request(many));
  assertEquals([minimal, conflict.length], [true, 5]);
});

Deno.test("conflictOf ends after its trials, and says that what is left may not be the smallest", () => {
  const asked = request(ids(8).map((id) => server(id)));
  let asks = 0;
  const trials = new Trials(() => ++asks > 0, { most: 2, timeIsUp: () => false });
  const { conflict, minimal } = conflictOf(asked, trials);
  assertEquals([asks, minimal, conflict.length], [2, false, 8]);
});
