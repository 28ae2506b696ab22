import { assert, assertEquals } from "@std/assert";
import type { Host } from "../../src/domain/data_center.ts";
import { Ledger } from "../../src/engine/model/ledger.ts";
import { Occupancy } from "../../src/engine/model/occupancy.ts";
import { Site } from "../../src/engine/model/site.ts";
import { compile } from "../../src/engine/request/compile.ts";
import { Fault } from "../../src/engine/request/task.ts";
import { Candidates } from "../../src/engine/search/candidates.ts";
import { Eligibility } from "../../src/engine/search/eligibility.ts";
import { ExactSearch } from "../../src/engine/search/exact.ts";
import { HostSet } from "../../src/engine/search/host_set.ts";
import { State } from "../../src/engine/search/state.ts";
import { amounts, FLAVORS, request, server, site } from "../support/engine_site.ts";

/** What sets the first server's flavor apart, and what only the second host offers for it. */
const DIFFERENCES: readonly [name: string, extraSpecs: Record<string, string>, second: Partial<Host>][] = [
  ["traits", { "trait:AVX": "required" }, { traits: ["AVX"] }],
  ["cells", { "hw:numa_nodes": "1" }, { numa: [{ cell: 0, milliVcpu: 1000, memoryMib: 2048 }] }],
  ["devices", { "pci_passthrough:alias": "gpu:1" }, { pci: [{ alias: "gpu", count: 1 }] }],
];

for (const [name, extraSpecs, second] of DIFFERENCES) {
  Deno.test(`ExactSearch takes no servers for alike whose flavors differ in ${name}`, () => {
    const occupancy = new Occupancy(
      new Site(site({
        racks: 1,
        hostsPerRack: 2,
        capacity: amounts(1, 2, 10),
        flavors: [FLAVORS[0], { ...FLAVORS[0], name: "special", flavorId: "special", extraSpecs }],
        hosts: { r1h2: second },
      })),
    );
    const asked = request([server("a", { flavor: "special" }), server("b")]);
    const task = compile(asked, { occupancy, ledger: new Ledger(occupancy), settled: false });
    assert(!(task instanceof Fault));
    const state = new State(occupancy, task.nodes);
    const candidates = new Candidates(state, {
      eligibility: new Eligibility(occupancy.site),
      hosts: new HostSet(occupancy),
    });
    assert(new ExactSearch(state, { candidates, exhausted: () => false }).run());
    assertEquals([...state.hostOf], [1, 0]);
  });
}
