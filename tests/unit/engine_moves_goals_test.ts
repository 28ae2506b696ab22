import { assertEquals } from "@std/assert";
import { amounts, rule, server, site } from "../support/engine_site.ts";
import { drain, failed, MovingSite, told } from "../support/moving_site.ts";

Deno.test("planMoves of a failed host needs no room there, and moves nothing live", () => {
  const here = new MovingSite().stack("s", { a: "r1h1", b: "r1h1" });
  const plan = here.plan(failed("r1h1"), { perHost: 2 });
  assertEquals(told(plan), ["a r1h1-r1h2, b r1h1-r1h2"]);
  assertEquals(plan.waves[0].map(({ live }) => live), [false, false]);
  assertEquals(plan.emptied, ["r1h1"]);
});

Deno.test("planMoves lets a server of a failed host start in the rack that a lost one of its group held", () => {
  const group = { id: "g", name: "g" };
  const one = (id: string) => ({ assignments: [rule("diversity rack", [id], { group })] });
  const here = new MovingSite(site({ racks: 2 })).stack("s", { a: "r1h1" }, one("a")).stack(
    "t",
    { b: "r2h1" },
    one("b"),
  );
  const live = here.plan(drain("r1h1", "r2h1"));
  assertEquals(told(live), ["a r1h1-r1h2, b r2h1-r2h2"]);
  const lost = here.plan(failed("r1h1", "r2h1"));
  assertEquals(lost.emptied, ["r1h1", "r2h1"]);
});

Deno.test("planMoves empties the hosts with the fewest servers", () => {
  const here = new MovingSite()
    .stack("s", { a: "r1h1", b: "r1h1" })
    .stack("t", { c: "r1h2" })
    .stack("u", { d: "r2h1" });
  const plan = here.plan({ kind: "consolidate", hosts: 2 });
  assertEquals(told(plan), ["c r1h2-r1h1, d r2h1-r1h1"]);
  assertEquals([plan.emptied, plan.leastMoves], [["r1h2", "r2h1"], 2]);
});

Deno.test("planMoves empties hosts into none that becomes or is empty", () => {
  const here = new MovingSite().stack("s", { a: "r1h1" }).stack("t", { b: "r1h2" }).stack("u", { c: "r2h1" });
  const plan = here.plan({ kind: "consolidate", hosts: 2 });
  assertEquals([told(plan), plan.emptied], [["a r1h1-r2h1, b r1h2-r2h1"], ["r1h1", "r1h2"]]);
});

Deno.test("planMoves passes over a host that it can't empty, and wakes none for it", () => {
  const here = new MovingSite()
    .stack("s", { a: "r1h1" }, { servers: [server("a", { forcedHost: "r1h1" })] })
    .stack("t", { b: "r1h2", c: "r1h2" });
  const plan = here.plan({ kind: "consolidate", hosts: 1 });
  assertEquals([told(plan), plan.emptied], [["b r1h2-r1h1, c r1h2-r1h1"], ["r1h2"]]);
  assertEquals([plan.moves, plan.leastMoves, plan.staying], [2, 1, []]);
});

Deno.test("planMoves tells why fewer hosts become empty than were asked for", () => {
  const vm = { uuid: "nova-x", demand: amounts(1, 2, 10), projectId: null };
  const here = new MovingSite(site({ racks: 1, hosts: { r1h1: { vms: [vm] } } })).stack("s", { a: "r1h1" });
  const { emptied, staying } = here.plan({ kind: "consolidate", hosts: 1 });
  assertEquals(emptied, []);
  assertEquals(staying, [
    { serverId: "a", host: "r1h1", reason: "it shares its host with servers that can't be moved" },
    { serverId: "nova-x", host: "r1h1", reason: "it is not held by Valet" },
  ]);
});

Deno.test("planMoves moves one server, by Nova's id before its orchestration id", () => {
  const here = new MovingSite().stack("s", { a: "r1h1", b: "r1h1" });
  here.engine.confirm([{ serverId: "b", resourceId: "a" }]);
  assertEquals(told(here.plan({ kind: "move", serverId: "a" })), ["b r1h1-r1h2"]);
  const stuck = new MovingSite().stack("s", { a: "r1h1" }, {
    servers: [server("a", { forcedHost: "r1h1" })],
  });
  const plan = stuck.plan({ kind: "move", serverId: "a" });
  assertEquals([plan.waves, plan.staying.map(({ serverId }) => serverId)], [[], ["a"]]);
});

Deno.test("planMoves names the host, rack or server that it does not know", () => {
  const here = new MovingSite();
  assertEquals(here.ask(drain("r1h1", "nowhere")), { kind: "unknown", what: "host", name: "nowhere" });
  assertEquals(here.ask({ kind: "failed", choice: { rack: "r9" } }), {
    kind: "unknown",
    what: "rack",
    name: "r9",
  });
  assertEquals(here.ask({ kind: "move", serverId: "x" }), { kind: "unknown", what: "server", name: "x" });
});
