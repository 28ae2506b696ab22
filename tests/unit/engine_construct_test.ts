import { assert, assertEquals } from "@std/assert";
import { Ledger } from "../../src/engine/model/ledger.ts";
import { Occupancy } from "../../src/engine/model/occupancy.ts";
import { NOWHERE, Site } from "../../src/engine/model/site.ts";
import { compile } from "../../src/engine/request/compile.ts";
import { Fault } from "../../src/engine/request/task.ts";
import { blocksOf } from "../../src/engine/search/blocks.ts";
import { Candidates } from "../../src/engine/search/candidates.ts";
import { Construction } from "../../src/engine/search/construct.ts";
import { Eligibility } from "../../src/engine/search/eligibility.ts";
import { FullestFirst } from "../../src/engine/search/fullest_first.ts";
import { HostSet } from "../../src/engine/search/host_set.ts";
import { Preference } from "../../src/engine/search/preference.ts";
import { State } from "../../src/engine/search/state.ts";
import type { PlacementRequest } from "../../src/domain/placement_request.ts";
import { amounts, request, rule, server, site } from "../support/engine_site.ts";

/** Constructs in the order of the request; what was placed at each dead end, by name, with the node that met it. */
function deadEnds(asked: PlacementRequest, { foresight }: { foresight: boolean }) {
  const occupancy = new Occupancy(
    new Site(site({ racks: 2, hostsPerRack: 1, capacity: amounts(100, 200, 1000) })),
  );
  const task = compile(asked, { occupancy, ledger: new Ledger(occupancy), settled: false });
  assert(!(task instanceof Fault));
  const state = new State(occupancy, task.nodes);
  const candidates = new Candidates(state, {
    eligibility: new Eligibility(occupancy.site),
    hosts: new HostSet(occupancy),
  });
  const found: { node: string; placed: string[] }[] = [];
  const construction = new Construction(state, {
    candidates,
    preference: new Preference(state, {
      profile: "pack",
      order: new FullestFirst(occupancy, [1, 0, 0]),
      spreading: [],
    }),
    rank: (block) => -(block.node ?? block.shared.nodes[0]).index,
    foresight,
    exhausted: () => false,
    onDeadEnd: ({ name }) => {
      const placed = task.nodes.filter(({ index }) => state.hostOf[index] !== NOWHERE).map((node) =>
        node.name
      );
      found.push({ node: name, placed });
    },
    onNoRoom: () => {},
  });
  const failed = construction.place(blocksOf(task.nodes));
  if (failed) assertEquals([...state.hostOf], task.nodes.map(() => NOWHERE), "everything is undone");
  return found;
}

const only = { locations: ["r1h1"] };

Deno.test("Construction with foresight sees the dead end of a peer before anything else is placed", () => {
  const apart = request([server("first", only), server("between"), server("last", only)], [
    rule("diversity rack", ["first", "last"]),
  ]);
  assertEquals(deadEnds(apart, { foresight: false }), [{ node: "last", placed: ["first", "between"] }]);
  assertEquals(deadEnds(apart, { foresight: true }), [{ node: "last", placed: ["first"] }]);
});

Deno.test("Construction with foresight sees that a rack has no host for a companion before others go there", () => {
  const together = request([server("first"), server("between"), server("last", { locations: ["r2h1"] })], [
    rule("affinity rack", ["first", "between", "last"]),
  ]);
  assertEquals(deadEnds(together, { foresight: false }), [{ node: "last", placed: ["first", "between"] }]);
  assertEquals(deadEnds(together, { foresight: true }), [{ node: "last", placed: ["first"] }]);
});
