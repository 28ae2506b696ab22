import { assertEquals } from "@std/assert";
import { satisfiesSpec } from "../../src/engine/constraints/extra_specs.ts";
import { aggregateSpecs } from "../../src/engine/constraints/host_aggregate.ts";
import { checkPlacement } from "../../src/engine/checker/mod.ts";
import { FLAVORS, request, server, site } from "../support/engine_site.ts";

const CASES: readonly [offered: string, wanted: string, satisfied: boolean][] = [
  ["ssd", "ssd", true],
  ["ssd", "hdd", false],
  ["8", "= 4", true],
  ["3", "= 4", false],
  ["4.0", "== 4", true],
  ["5", "== 4", false],
  ["5", "!= 4", true],
  ["4", "!= 4", false],
  ["4", ">= 4", true],
  ["3", ">= 4", false],
  ["4", "<= 4", true],
  ["5", "<= 4", false],
  ["many", ">= 4", false],
  ["abc", "s== abc", true],
  ["abd", "s== abc", false],
  ["abd", "s!= abc", true],
  ["a", "s< b", true],
  ["b", "s< b", false],
  ["b", "s<= b", true],
  ["c", "s> b", true],
  ["b", "s> b", false],
  ["b", "s>= b", true],
  ["12311321", "<in> 11", true],
  ["12310321", "<in> 11", false],
  ["aes mmx aux", "<all-in> aes mmx", true],
  ["aes", "<all-in> aes mmx", false],
  ["12", "<or> 11 <or> 12", true],
  ["13", "<or> 11 <or> 12", false],
  ["<or>", "<or> 11 <or> 12", false],
  ["a", " a", false],
  ["", "", true],
  ["", ">= 0", false],
  ["0x10", ">= 1", false],
  ["1e3", "== 1000", true],
  ["-1.5", "<= -.5", true],
  ["=", "=", false],
  ["s==", "s==", false],
  ["a", "s!=", false],
  ["<in>", "<in>", false],
  ["aes", "<all-in>", false],
  ["<or>", "<or>", false],
  ["many things", "many things", true],
  ["5", "> 4", false],
  ["> 4", "> 4", true],
];

for (const [offered, wanted, satisfied] of CASES) {
  Deno.test(`satisfiesSpec says ${satisfied} to metadata "${offered}" for spec "${wanted}"`, () => {
    assertEquals(satisfiesSpec(offered, wanted), satisfied);
  });
  Deno.test(`checkPlacement ${satisfied ? "accepts" : "rejects"} metadata "${offered}" for spec "${wanted}"`, () => {
    const flavors = [{ ...FLAVORS[0], extraSpecs: { spec: wanted } }];
    const aggregates = [{ name: "all", hosts: ["r1h1"], metadata: { spec: offered } }];
    const violations = checkPlacement({
      dataCenter: site({ flavors, aggregates }),
      holdings: [],
      request: request([server("a")]),
      placements: [{ serverId: "a", host: "r1h1", demand: FLAVORS[0].demand }],
    });
    assertEquals(violations.map(({ rule }) => rule), satisfied ? [] : ["host aggregate"]);
  });
}

Deno.test("aggregateSpecs keeps unscoped keys and the aggregates' own scope, and drops all others", () => {
  const specs = {
    disk: "ssd",
    "aggregate_instance_extra_specs:gpu": "true",
    "hw:cpu_policy": "dedicated",
    "trait:CUSTOM_X": "required",
    valet: '{"groups": ["g"]}',
  };
  assertEquals(aggregateSpecs(specs), { disk: "ssd", gpu: "true" });
});
