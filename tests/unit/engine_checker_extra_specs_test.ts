import type { Flavor } from "../../src/domain/data_center.ts";
import { judgeTwins, standsOn, type Twins } from "../support/checker_rows.ts";
import { FLAVORS, holding, request, server, site } from "../support/engine_site.ts";

const [V1] = FLAVORS;

/** A site whose flavor `v1` has extra specs. */
const wishing = (extraSpecs: Flavor["extraSpecs"], changes: Parameters<typeof site>[0] = {}) =>
  site({ ...changes, flavors: [{ ...V1, extraSpecs }] });
const mustStay = request([server("a")], [], { directives: [standsOn("a", "r1h1", { stay: "must" })] });
/** The stack holds `a` on the host where it stands. */
const own = [holding("a", "r1h1", { stackId: "stack" })];
const aggregate = (hosts: readonly string[], metadata: Record<string, string>) => ({
  name: `of ${hosts}`,
  hosts,
  metadata,
});
const SCOPED = "aggregate_instance_extra_specs:disk";

judgeTwins([
  {
    name: "a host outside every aggregate that meets the flavor, not one inside",
    rule: "host aggregate",
    both: { dataCenter: wishing({ disk: "ssd" }, { aggregates: [aggregate(["r1h2"], { disk: "ssd" })] }) },
    rejected: { at: { a: "r1h1" } },
    accepted: { at: { a: "r1h2" } },
  },
  {
    name: "an aggregate whose metadata lacks the key or has another value",
    rule: "host aggregate",
    both: {
      dataCenter: wishing({ [SCOPED]: "ssd" }, {
        aggregates: [
          aggregate(["r1h1"], { disks: "ssd", other: "ssd" }),
          aggregate(["r1h1"], { disk: "hdd" }),
          aggregate(["r1h2"], { disk: "nvme, ssd" }),
        ],
      }),
    },
    rejected: { at: { a: "r1h1" } },
    accepted: { at: { a: "r1h2" } },
  },
  {
    name: "two aggregates that meet the flavor only together, not one that does alone",
    rule: "host aggregate",
    both: {
      dataCenter: wishing({ disk: "ssd", gpu: "yes" }, {
        aggregates: [
          aggregate(["r1h1"], { disk: "ssd" }),
          aggregate(["r1h1"], { gpu: "yes" }),
          aggregate(["r1h2"], { disk: "ssd", gpu: "yes" }),
        ],
      }),
    },
    rejected: { at: { a: "r1h1" } },
    accepted: { at: { a: "r1h2" } },
  },
  {
    name: "an extra spec without a scope, not one of another scope or of Valet itself",
    rule: "host aggregate",
    rejected: { dataCenter: wishing({ quota: "1" }) },
    accepted: { dataCenter: wishing({ "quota:vif": "1", valet: "{}" }) },
  },
  {
    name: "a host outside the aggregates, unless the server is held there and must stay",
    rule: "host aggregate",
    both: { dataCenter: wishing({ disk: "ssd" }), ask: mustStay },
    rejected: {},
    accepted: { held: own },
  },
  ...([["required", [], ["SSE", "AVX"]], ["forbidden", ["SSE", "AVX"], ["SSE"]]] as const).map((
    [wanted, rejected, accepted],
  ): Twins => ({
    name: `a host ${wanted === "required" ? "without" : "with"} a trait that is ${wanted}`,
    rule: "traits",
    rejected: { dataCenter: wishing({ "trait:AVX": wanted }, { hosts: { r1h1: { traits: rejected } } }) },
    accepted: { dataCenter: wishing({ "trait:AVX": wanted }, { hosts: { r1h1: { traits: accepted } } }) },
  })),
  {
    name: "a trait that a request group requires, not a key that only looks like it",
    rule: "traits",
    rejected: { dataCenter: wishing({ "trait_cpu-1:AVX": "required" }) },
    accepted: {
      dataCenter: wishing({ "my_trait:AVX": "required", "trait.1:AVX": "required", "trait:": "x" }),
    },
  },
  {
    name: "a trait whose name has a colon where only its beginning is known",
    rule: "traits",
    rejected: { dataCenter: wishing({ "trait:A:B": "required" }, { hosts: { r1h1: { traits: ["A"] } } }) },
    accepted: { dataCenter: wishing({ "trait:A:B": "required" }, { hosts: { r1h1: { traits: ["A:B"] } } }) },
  },
  {
    name: "a trait that nothing is known of, unless the server is held there and must stay",
    rule: "traits",
    both: { dataCenter: wishing({ "trait:AVX": "required" }), ask: mustStay },
    rejected: {},
    accepted: { held: own },
  },
]);
