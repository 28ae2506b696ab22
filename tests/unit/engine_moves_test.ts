import { assertEquals, assertStringIncludes } from "@std/assert";
import { amounts, holding, rule, server, site } from "../support/engine_site.ts";
import { drain, MovingSite, told } from "../support/moving_site.ts";

Deno.test("planMoves drains a host, and leaves the model as it was", () => {
  const here = new MovingSite().stack("s", { a: "r1h1", b: "r1h2" }).stack("t", { c: "r1h1" });
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
  const here = new MovingSite().stack("s", { a: "r1h1", b: "r1h2" });
  const plan = here.plan({ kind: "drain", choice: { rack: "r1" } });
  assertEquals(told(plan), ["a r1h1-r2h1, b r1h2-r2h1"]);
  assertEquals(plan.emptied, ["r1h1", "r1h2"]);
});

Deno.test("planMoves moves servers that share a host in one step, however many a host may send", () => {
  const bound = rule("affinity host", ["a", "b"]);
  const here = new MovingSite().stack("s", { a: "r1h1", b: "r1h1" }, { assignments: [bound] });
  assertEquals(told(here.plan(drain("r1h1"), { perHost: 1 })), ["a r1h1-r1h2, b r1h1-r1h2"]);
  const plan = here.plan({ kind: "move", serverId: "b" });
  assertEquals([plan.moves, plan.leastMoves], [2, 2]);
});

Deno.test("planMoves lets servers that belong in one rack leave it together", () => {
  const bound = rule("affinity rack", ["a", "b"]);
  const here = new MovingSite(site({ racks: 2 })).stack("s", { a: "r1h1", b: "r1h2" }, {
    assignments: [bound],
  });
  const one = here.plan(drain("r1h1"));
  assertEquals(told(one), ["a r1h1-r1h2"]);
  const all = here.plan({ kind: "drain", choice: { rack: "r1" } }, { perHost: 1 });
  assertEquals(all.waves.length, 1);
  assertEquals(all.emptied, ["r1h1", "r1h2"]);
});

Deno.test("planMoves moves what it can, and tells who stays and why", () => {
  const vm = { uuid: "nova-x", demand: amounts(1, 2, 10), projectId: null };
  const dataCenter = site({ racks: 1, hosts: { r1h1: { vms: [vm] } } });
  const here = new MovingSite(dataCenter)
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

Deno.test("planMoves leaves a server that is on its way", () => {
  const here = new MovingSite().stack("s", { a: "r1h1" });
  here.engine.hold(holding("a", "r1h1", { stackId: "s", origin: "r2h1" }));
  for (const host of ["r1h1", "r2h1"]) {
    const plan = here.plan(drain(host));
    const staying = [{ serverId: "a", host, reason: "it is on its way already" }];
    assertEquals([plan.moves, plan.staying, plan.emptied], [0, staying, []]);
  }
});
