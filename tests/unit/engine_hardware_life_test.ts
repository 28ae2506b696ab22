import { assert, assertEquals } from "@std/assert";
import type { PlacementRequest, ServerDirective } from "../../src/domain/placement_request.ts";
import { checkModel } from "../../src/engine/checker/mod.ts";
import type { Engine } from "../../src/engine/mod.ts";
import { shapeOf } from "../../src/engine/model/hardware_shape.ts";
import { cellsSuffice } from "../../src/engine/model/packing.ts";
import { engineFor, holding, request, server } from "../support/engine_site.ts";
import { demandOf, gpus, hardwareSite, heldOn, NUMA } from "../support/hardware_site.ts";

const HOST = { numa: NUMA, pci: [gpus(2)] };

function ask(id: string, flavor: string, changes: Partial<PlacementRequest> = {}): PlacementRequest {
  return request([server(id, { flavor })], [], { stackId: `stack-of-${id}`, ...changes });
}

/** Places and settles; the host, or null when refused. */
function placed(engine: Engine, asked: PlacementRequest, outcome: "kept" | "undone" = "kept"): string | null {
  const decision = engine.place(asked);
  if (decision.kind === "refused") return null;
  engine.settle(decision.bookingId, outcome);
  return decision.placements[0].host;
}

function directive(id: string, flavor: string, changes: Partial<ServerDirective> = {}): ServerDirective {
  const standing = {
    host: "r1h1",
    demand: demandOf(flavor),
    resourceId: null,
    origin: null,
    expiresAtMs: null,
  };
  return { serverId: id, stay: "free", standing, ...changes };
}

for (const [what, flavor] of [["cells", "pinned4"], ["devices", "gpu"]]) {
  Deno.test(`place books ${what}, and release and settle undone give them back`, () => {
    const engine = engineFor(hardwareSite(HOST));
    assertEquals(placed(engine, ask("a", flavor)), "r1h1");
    assertEquals(placed(engine, ask("b", flavor), "undone"), "r1h1");
    assertEquals(placed(engine, ask("c", flavor)), "r1h1");
    assertEquals(placed(engine, ask("d", flavor)), null);
    engine.release(["a"]);
    assertEquals(placed(engine, ask("d", flavor)), "r1h1");
    assertEquals(placed(engine, ask("e", flavor)), null);
  });
}

Deno.test("place anew of the same stack takes its cells once", () => {
  const engine = engineFor(hardwareSite({ numa: NUMA.slice(1) }));
  assertEquals(placed(engine, ask("a", "pinned4")), "r1h1");
  assertEquals(placed(engine, ask("a", "pinned4")), "r1h1");
});

Deno.test("hold takes cells by the flavor's name or id, and none without a known flavor", () => {
  for (
    const [flavor, free] of [["pinned4", false], ["id-pinned4", false], ["gone", true], [
      undefined,
      true,
    ]] as const
  ) {
    const engine = engineFor(hardwareSite({ numa: NUMA.slice(1) }));
    engine.hold(holding("a", "r1h1", { flavor }));
    assertEquals(placed(engine, ask("b", "pinned4")) !== null, free, flavor);
  }
});

Deno.test("place prefers a host that has what is asked for, and never one whose cells are promised twice", () => {
  const engine = engineFor(hardwareSite({ numa: NUMA.slice(1) }, { numa: NUMA }));
  for (const each of heldOn("r1h1", ["pinned4", "pinned4"])) engine.hold(each);
  assertEquals(placed(engine, ask("b", "pinned1")), "r1h2");
  assertEquals(placed(engine, ask("c", "plain")), "r1h1");
});

Deno.test("a migrating server holds its cells on both hosts until it is confirmed", () => {
  const engine = engineFor(hardwareSite({ numa: NUMA.slice(1) }, { numa: NUMA.slice(1) }));
  assertEquals(placed(engine, ask("a", "pinned4")), "r1h1");
  const directives = [directive("a", "pinned4", { forbiddenHosts: ["r1h1"] })];
  assertEquals(placed(engine, ask("a", "pinned4", { directives, keepOrigin: true })), "r1h2");
  assertEquals(placed(engine, ask("b", "pinned1")), null);
  engine.confirm([{ serverId: "a", resourceId: null }]);
  assertEquals(placed(engine, ask("b", "pinned1")), "r1h1");
});

Deno.test("a server that stays while its host is kept takes its cells once", () => {
  const engine = engineFor(hardwareSite({ numa: NUMA.slice(1) }));
  assertEquals(placed(engine, ask("a", "pinned4")), "r1h1");
  const directives = [directive("a", "pinned4")];
  assertEquals(placed(engine, ask("a", "pinned4", { directives, keepOrigin: true })), "r1h1");
  engine.release(["a"]);
  assertEquals(placed(engine, ask("b", "pinned4")), "r1h1");
});

Deno.test("servers that stay together while their host is kept take their cells once", () => {
  const engine = engineFor(hardwareSite({ numa: NUMA }));
  const servers = ["a", "b"].map((id) => server(id, { flavor: "pinned4" }));
  assertEquals(placed(engine, request(servers)), "r1h1");
  const directives = [directive("a", "pinned4"), directive("b", "pinned4")];
  assertEquals(placed(engine, request(servers, [], { directives, keepOrigin: true })), "r1h1");
});

for (const [before, kept] of [["pinned4", true], ["plain", false]] as const) {
  Deno.test(`place ${kept ? "keeps" : "lets go of"} the host that a server leaves when it was a ${before} and is a pinned4`, () => {
    const engine = engineFor(hardwareSite({ numa: NUMA.slice(1) }, { numa: NUMA.slice(1) }));
    const demand = demandOf(before);
    engine.hold(holding("a", "r1h2", { stackId: "stack-of-a", origin: "r1h1", flavor: before, demand }));
    const directives = [directive("a", before, { forbiddenHosts: ["r1h1"] })];
    assertEquals(placed(engine, ask("a", "pinned4", { directives })), "r1h2");
    assertEquals(placed(engine, ask("b", "pinned4")), kept ? null : "r1h1");
  });
}

Deno.test("checkModel names hosts whose cells or devices are promised twice", () => {
  const dataCenter = hardwareSite(HOST, HOST);
  const holdings = [...heldOn("r1h1", ["pinned4", "pinned4", "gpu", "gpu"])];
  assertEquals(checkModel({ dataCenter, holdings }), []);
  for (const flavor of ["pinned1", "gpu"]) {
    const more = [...holdings, holding("more", "r1h1", { flavor, demand: demandOf(flavor) })];
    assertEquals(checkModel({ dataCenter, holdings: more }).map(({ text }) => text), [
      'Host "r1h1" is overbooked in hardware',
    ]);
  }
});

Deno.test("cellsSuffice gives up on a packing that trying everything would not end", () => {
  const numa = Array.from({ length: 8 }, (_, cell) => ({ cell, milliVcpu: 99_000, memoryMib: 100 }));
  // Two of them fill a cell, so that 16 fit and 17 do not, although their sum does.
  const shapes = Array.from({ length: 17 }, (_, index) =>
    shapeOf({
      name: `f${index}`,
      flavorId: `${index}`,
      demand: { milliVcpu: 1000, memoryMib: 34 + index % 16, diskMib: 0 },
      extraSpecs: { "hw:numa_nodes": "1" },
    })!);
  assert(cellsSuffice({ numa }, shapes.slice(0, 16)));
  assertEquals(cellsSuffice({ numa }, shapes), false);
});
