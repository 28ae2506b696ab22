import type { DataCenter } from "../../src/domain/data_center.ts";
import { judgeTwins, standsOn, type Twins } from "../support/checker_rows.ts";
import { holding, request, rule, server, site } from "../support/engine_site.ts";

/** Racks `r1` and `r2` in one cluster, `r3` in another, of two hosts each; `r4h1` and `r4h2` have neither. */
const SITE: DataCenter = {
  ...site({ racks: 4, hostsPerRack: 2 }),
  hosts: site({ racks: 4, hostsPerRack: 2 }).hosts.map((host) => {
    if (host.rack === "r4") return { ...host, rack: null };
    return { ...host, cluster: host.rack === "r3" ? "c2" : "c1" };
  }),
};

const [a, b, c, d] = "abcd".split("").map((id) => server(id));

/** Two hosts that share a place of each level and, at the next, two that don't. */
const LEVELS = [
  { level: "host", together: ["r1h1", "r1h1"], apart: ["r1h1", "r1h2"] },
  { level: "rack", together: ["r1h1", "r1h2"], apart: ["r1h1", "r2h1"] },
  { level: "cluster", together: ["r1h1", "r2h1"], apart: ["r1h1", "r3h1"] },
] as const;

const pairAt = ([one, other]: readonly string[]) => ({ at: { a: one, b: other } });

const PAIRS = LEVELS.flatMap(({ level, together, apart }): Twins[] => [
  {
    name: `servers in two places of level "${level}", not in one`,
    rule: "affinity",
    both: { ask: request([a, b], [rule(`affinity ${level}`, ["a", "b"])]) },
    rejected: pairAt(apart),
    accepted: pairAt(together),
  },
  {
    name: `servers in one place of level "${level}", not in two`,
    rule: "diversity",
    both: { ask: request([a, b], [rule(`diversity ${level}`, ["a", "b"])]) },
    rejected: pairAt(together),
    accepted: pairAt(apart),
  },
  {
    name: `three servers in one place of level "${level}" that may hold two`,
    rule: "diversity",
    both: {
      ask: request([a, b, c], [rule(`diversity ${level}`, ["a", "b", "c"], { mostPerResource: 2 })]),
    },
    rejected: { at: { ...pairAt(together).at, c: together[0] } },
    accepted: { at: { ...pairAt(together).at, c: apart[1] } },
  },
]);

/** Rules of each kind that bind two servers. */
const KINDS = [
  { name: "affinity", changes: {}, broken: pairAt(["r1h1", "r2h1"]) },
  { name: "diversity", changes: {}, broken: pairAt(["r1h1", "r1h2"]) },
  { name: "diversity", changes: { mostPerResource: 2 }, broken: pairAt(["r1h1", "r1h2"]) },
] as const;

const HOMELESS = KINDS.flatMap(({ name, changes }): Twins[] => {
  const most = "mostPerResource" in changes ? " that allows two" : "";
  const assignments = [rule(`${name} rack`, ["a"], changes)];
  return [
    {
      name: `a host without a rack under a rule of racks${most}, not one with a rack`,
      rule: name,
      both: { dataCenter: SITE, ask: request([a, b], assignments) },
      rejected: { at: { a: "r4h1", b: "r4h2" } },
      accepted: { at: { a: "r1h1", b: "r4h2" } },
    },
    {
      name:
        `a host without a rack under a rule of racks${most}, unless the server is held there and must stay`,
      rule: name,
      both: {
        dataCenter: SITE,
        ask: request([a], assignments, { directives: [standsOn("a", "r4h1", { stay: "must" })] }),
        at: { a: "r4h1" },
      },
      rejected: {},
      accepted: { held: [holding("a", "r4h1", { stackId: "stack" })] },
    },
  ];
});

const SOFT = [KINDS[0], { ...KINDS[1], broken: pairAt(["r1h1", "r1h1"]) }].map(({ name, broken }): Twins => ({
  name: "what breaks a rule that must hold, not what breaks a soft one",
  rule: name,
  both: broken,
  rejected: { ask: request([a, b], [rule(`${name} rack`, ["a", "b"])]) },
  accepted: { ask: request([a, b], [rule(`${name} rack`, ["a", "b"], { softWeight: 10 })]) },
}));

const TOGETHER = rule("affinity host", ["a", "b", "c"]);
const pair = rule("affinity host", ["a", "b"], { id: "pair" });

const NESTED: readonly Twins[] = [
  {
    name: "a nested pair outside the place of the others",
    rule: "affinity",
    both: { ask: request([a, b, c], [pair, rule("affinity rack", ["c", "pair"])]) },
    rejected: { at: { a: "r1h1", b: "r1h1", c: "r2h1" } },
    accepted: { at: { a: "r1h1", b: "r1h1", c: "r1h2" } },
  },
  {
    name: "the second server of a nested pair in the place of another member",
    rule: "diversity",
    both: {
      ask: request([a, b, c], [
        rule("affinity cluster", ["a", "b"], { id: "pair" }),
        rule("diversity cluster", ["pair", "c"]),
      ]),
      dataCenter: { ...SITE, hosts: SITE.hosts.map((host) => ({ ...host, cluster: host.rack })) },
    },
    rejected: { at: { a: "r1h1", b: "r1h1", c: "r1h2" } },
    accepted: { at: { a: "r1h1", b: "r1h1", c: "r2h1" } },
  },
  ...[["pair", "c"], ["c", "pair"]].map((members): Twins => ({
    name:
      `a member in the place of the second server of a pair that only would be together, as in ${members}`,
    rule: "diversity",
    both: {
      ask: request([a, b, c], [
        rule("affinity host", ["a", "b"], { id: "pair", softWeight: 5 }),
        rule("diversity host", members),
      ]),
    },
    rejected: { at: { a: "r1h1", b: "r1h2", c: "r1h2" } },
    accepted: { at: { a: "r1h1", b: "r1h2", c: "r2h1" } },
  })),
  {
    name: "two nested pairs that share a place, not two servers of one pair",
    rule: "diversity",
    both: {
      ask: request([a, b, c, d], [
        pair,
        rule("affinity host", ["c", "d"], { id: "other" }),
        rule("diversity host", ["pair", "other"]),
      ]),
    },
    rejected: { at: { a: "r1h1", b: "r1h1", c: "r1h1", d: "r1h1" } },
    accepted: { at: { a: "r1h1", b: "r1h1", c: "r1h2", d: "r1h2" } },
  },
  {
    name: "three members in a place that may hold two, not three servers of two members",
    rule: "diversity",
    both: { at: { a: "r1h1", b: "r1h1", c: "r1h1" } },
    rejected: { ask: request([a, b, c], [rule("diversity host", ["a", "b", "c"], { mostPerResource: 2 })]) },
    accepted: {
      ask: request([a, b, c], [pair, rule("diversity host", ["pair", "c"], { mostPerResource: 2 })]),
    },
  },
  {
    name: "three companions in a place that may hold two, not where it may hold three",
    rule: "diversity",
    both: { at: { a: "r1h1", b: "r1h1", c: "r1h1" } },
    rejected: {
      ask: request([a, b, c], [TOGETHER, rule("diversity host", ["a", "b", "c"], { mostPerResource: 2 })]),
    },
    accepted: {
      ask: request([a, b, c], [TOGETHER, rule("diversity host", ["a", "b", "c"], { mostPerResource: 3 })]),
    },
  },
  {
    name: "two servers in a place that may hold one, not one that is named twice",
    rule: "diversity",
    both: { at: { a: "r1h1", b: "r1h1" } },
    rejected: { ask: request([a, b], [rule("diversity host", ["a", "b"])]) },
    accepted: { ask: request([a, b], [rule("diversity host", ["a", "a"])]) },
  },
  {
    name: "three servers in a place that may hold two, not two of which one is named twice",
    rule: "diversity",
    both: { at: { a: "r1h1", b: "r1h1", c: "r1h1" } },
    rejected: { ask: request([a, b, c], [rule("diversity host", ["a", "b", "c"], { mostPerResource: 2 })]) },
    accepted: { ask: request([a, b, c], [rule("diversity host", ["a", "b", "a"], { mostPerResource: 2 })]) },
  },
  {
    name: "a second place that holds too many, not one that holds as many as it may",
    rule: "diversity",
    both: { ask: request([a, b, c, d], [rule("diversity host", ["a", "b", "c"], { mostPerResource: 2 })]) },
    rejected: { at: { a: "r1h2", b: "r1h2", c: "r1h2", d: "r1h1" } },
    accepted: { at: { a: "r1h1", b: "r1h2", c: "r1h2", d: "r1h2" } },
  },
  {
    name: "the third member with the second, whatever the first does",
    rule: "diversity",
    both: { ask: request([a, b, c], [rule("diversity host", ["a", "b", "c"])]) },
    rejected: { at: { a: "r1h1", b: "r1h2", c: "r1h2" } },
    accepted: { at: { a: "r1h1", b: "r1h2", c: "r2h1" } },
  },
  {
    name: "servers that must stay where they break the rule",
    rule: "affinity",
    both: {
      ask: request([a, b], [rule("affinity rack", ["a", "b"])], {
        directives: [standsOn("a", "r1h1", { stay: "must" })],
      }),
      held: [holding("a", "r1h1", { stackId: "stack" })],
    },
    rejected: pairAt(["r1h1", "r2h1"]),
    accepted: pairAt(["r1h1", "r1h2"]),
  },
];

judgeTwins([
  ...[...PAIRS, ...SOFT].map((row) => ({ ...row, both: { dataCenter: SITE, ...row.both } })),
  ...HOMELESS,
  ...NESTED,
]);
