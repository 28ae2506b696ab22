import type { Host } from "../../src/domain/data_center.ts";
import type { ServerDirective } from "../../src/domain/placement_request.ts";
import { judgeTwins, standsOn, type Twins } from "../support/checker_rows.ts";
import { amounts, FLAVORS, holding, request, server, site } from "../support/engine_site.ts";

const [V1] = FLAVORS;

const withHost = (changes: Partial<Host>) => site({ hosts: { r1h1: changes } });
const directed = (...directives: ServerDirective[]) => request([server("a")], [], { directives });
/** The stack holds `a` on a host. */
const own = (host: string) => [holding("a", host, { stackId: "stack" })];
const place = (serverId: string, host: string, demand = V1.demand) => [{ serverId, host, demand }];

/** Why the engine is not asked. */
const ITS_OWN = "the engine itself says who is placed, and with how much";
const ONE_ID = "the engine knows a server by its id alone, which no other stack has";
const LOST = "the engine leaves a server on a lost host only where it must stay";

const PLACED_ONCE: readonly Twins[] = [
  {
    name: "a server that is left out, not one that is placed",
    rule: "placed once",
    unasked: ITS_OWN,
    rejected: { at: {} },
    accepted: { at: { a: "r1h1" } },
  },
  {
    name: "a server that is placed twice, not two servers",
    rule: "placed once",
    unasked: ITS_OWN,
    rejected: { placed: place("a", "r1h2") },
    accepted: { ask: request([server("a"), server("b")]), placed: place("b", "r1h2") },
  },
  {
    name: "a server that was not asked for, not one that was",
    rule: "placed once",
    both: { at: { a: "r1h1", b: "r1h1" } },
    unasked: ITS_OWN,
    rejected: { ask: request([server("a")]) },
    accepted: { ask: request([server("a"), server("b")]) },
  },
  {
    name: "a host that the site does not have, unless the server is held there",
    rule: "placed once",
    both: { at: { a: "gone" } },
    unasked: LOST,
    rejected: {},
    accepted: { held: own("gone") },
  },
  {
    name: "a host that the site does not have where only a sibling is held",
    rule: "placed once",
    both: { ask: request([server("a"), server("b")]), at: { a: "gone", b: "r1h1" } },
    unasked: LOST,
    rejected: { held: [holding("b", "gone", { stackId: "stack" })] },
    accepted: { held: own("gone") },
  },
  {
    name: "a host that the site does not have while the server is held on another",
    rule: "placed once",
    both: { at: { a: "gone" } },
    unasked: LOST,
    rejected: { held: own("r1h1") },
    accepted: { held: own("gone") },
  },
];

const STAYS: readonly Twins[] = [
  {
    name: "a server elsewhere that must stay, not one where it stood",
    rule: "stay",
    both: { ask: directed(standsOn("a", "r1h1", { stay: "must" })) },
    rejected: { at: { a: "r1h2" } },
    accepted: { at: { a: "r1h1" } },
  },
  {
    name: "a server elsewhere that must stay, not one that only should",
    rule: "stay",
    both: { at: { a: "r1h2" } },
    rejected: { ask: directed(standsOn("a", "r1h1", { stay: "must" })) },
    accepted: { ask: directed(standsOn("a", "r1h1", { stay: "should" })) },
  },
  {
    name: "a server that must stay and is neither where it stood nor where it is held",
    rule: "stay",
    both: { ask: directed(standsOn("a", "r1h1", { stay: "must" })), at: { a: "r1h2" } },
    unasked: "the engine leaves such a server where it is held, whatever host is allowed",
    rejected: { held: own("r2h1") },
    accepted: { held: own("r1h2") },
  },
  {
    name: "a server that must stay where only another stack's server of that name is held",
    rule: "stay",
    both: { ask: directed(standsOn("a", "r1h1", { stay: "must" })), at: { a: "r1h2" } },
    unasked: ONE_ID,
    rejected: { held: [holding("a", "r1h2", { stackId: "other" })] },
    accepted: { held: own("r1h2") },
  },
  {
    name: "a server that must stay where only a sibling is held",
    rule: "stay",
    both: {
      ask: request([server("a"), server("b")], [], {
        directives: [standsOn("a", "r1h1", { stay: "must" })],
      }),
      at: { a: "r1h2", b: "r1h2" },
    },
    rejected: { held: [holding("b", "r1h2", { stackId: "stack" })] },
    accepted: { held: own("r1h2") },
  },
];

const roomy = amounts(64, 512, 999);

const SINGLE: readonly Twins[] = [
  {
    name: "a host that is out of service, not one that is usable",
    rule: "host status",
    both: { dataCenter: withHost({ unusable: "disabled" }) },
    rejected: { at: { a: "r1h1" } },
    accepted: { at: { a: "r1h2" } },
  },
  {
    name: "a host that is out of service, unless the server is held there and must stay",
    rule: "host status",
    both: { dataCenter: withHost({ unusable: "disabled" }), held: own("r1h1") },
    rejected: { ask: directed(standsOn("a", "r1h1", { stay: "should" })) },
    accepted: { ask: directed(standsOn("a", "r1h1", { stay: "must" })) },
  },
  {
    name: "a host that is out of service for a server that must stay and is not held",
    rule: "host status",
    both: {
      dataCenter: withHost({ unusable: "disabled" }),
      ask: directed(standsOn("a", "r1h1", { stay: "must" })),
    },
    rejected: {},
    accepted: { held: own("r1h1") },
  },
  ...(["other", "stack"] as const).map((stackId): Twins => ({
    name: `a host that is out of service for a server that must stay where "${stackId}" holds another`,
    rule: "host status",
    both: {
      dataCenter: withHost({ unusable: "disabled" }),
      ask: directed(standsOn("a", "r1h1", { stay: "must" })),
    },
    unasked: ONE_ID,
    rejected: { held: [holding(stackId === "stack" ? "b" : "a", "r1h1", { stackId })] },
    accepted: { held: own("r1h1") },
  })),
  ...([["milliVcpu", 1000], ["memoryMib", 2048], ["diskMib", 10_240]] as const).map(
    ([amount, wanted]): Twins => ({
      name: `one more of "${amount}" than the flavor asks for, not exactly that`,
      rule: "demand",
      both: { at: {} },
      unasked: ITS_OWN,
      rejected: { placed: place("a", "r1h1", { ...V1.demand, [amount]: wanted + 1 }) },
      accepted: { placed: place("a", "r1h1", { ...V1.demand, [amount]: wanted }) },
    }),
  ),
  {
    name: "a flavor that the site does not know, not one that it knows by its id",
    rule: "demand",
    rejected: { ask: request([server("a", { flavor: "unheard of" })]) },
    accepted: { ask: request([server("a", { flavor: "id-1" })]) },
  },
  ...([["milliVcpu", 1000], ["memoryMib", 2048]] as const).map(([amount, wanted]): Twins => ({
    name: `hardware that has one less of "${amount}" than the server, not hardware of its size`,
    rule: "physical size",
    rejected: { dataCenter: withHost({ physical: { ...roomy, [amount]: wanted - 1 }, capacity: roomy }) },
    accepted: { dataCenter: withHost({ physical: { ...roomy, [amount]: wanted }, capacity: roomy }) },
  })),
  {
    name: "a host outside the zone that is asked for, not one inside it",
    rule: "availability zone",
    both: { dataCenter: withHost({ availabilityZone: "az2" }), ask: request([server("a", { zone: "az2" })]) },
    rejected: { at: { a: "r1h2" } },
    accepted: { at: { a: "r1h1" } },
  },
  {
    name: "a host of another zone, not where none is asked for",
    rule: "availability zone",
    rejected: { ask: request([server("a", { zone: "az2" })]) },
    accepted: { ask: request([server("a", { zone: null })]) },
  },
  {
    name: "another host than the forced one",
    rule: "forced host",
    both: { ask: request([server("a", { forcedHost: "r2h1" })]) },
    rejected: { at: { a: "r2h2" } },
    accepted: { at: { a: "r2h1" } },
  },
  {
    name: "a host outside the server's locations, not the last of them",
    rule: "locations",
    both: { ask: request([server("a", { locations: ["r1h1", "r2h1"] })]) },
    rejected: { at: { a: "r2h2" } },
    accepted: { at: { a: "r2h1" } },
  },
  {
    name: "a host outside those that the request allows the server",
    rule: "locations",
    both: { ask: directed({ serverId: "a", stay: "free", allowedHosts: ["r2h1"] }) },
    rejected: { at: { a: "r1h1" } },
    accepted: { at: { a: "r2h1" } },
  },
  {
    name: "a host that is allowed to a sibling alone",
    rule: "locations",
    both: {
      ask: request([server("a"), server("b")], [], {
        directives: [
          { serverId: "b", stay: "free", allowedHosts: ["r2h2"] },
          { serverId: "a", stay: "free", allowedHosts: ["r2h1"] },
        ],
      }),
    },
    rejected: { at: { a: "r2h2", b: "r2h2" } },
    accepted: { at: { a: "r2h1", b: "r2h2" } },
  },
  {
    name: "a host that is excluded, not another",
    rule: "forbidden hosts",
    both: { ask: directed({ serverId: "a", stay: "free", forbiddenHosts: ["r1h1", "r2h1"] }) },
    rejected: { at: { a: "r2h1" } },
    accepted: { at: { a: "r2h2" } },
  },
  {
    name: "an excluded host where the server stands, unless it should stay",
    rule: "forbidden hosts",
    rejected: { ask: directed(standsOn("a", "r1h1", { forbiddenHosts: ["r1h1"] })) },
    accepted: { ask: directed(standsOn("a", "r1h1", { forbiddenHosts: ["r1h1"], stay: "should" })) },
  },
  {
    name: "an excluded host to which a server moves that should stay",
    rule: "forbidden hosts",
    both: { ask: directed(standsOn("a", "r1h1", { forbiddenHosts: ["r1h1", "r1h2"], stay: "should" })) },
    rejected: { at: { a: "r1h2" } },
    accepted: { at: { a: "r1h1" } },
  },
];

judgeTwins([...PLACED_ONCE, ...STAYS, ...SINGLE]);
