import type { Assignment } from "../../src/domain/application.ts";
import type { DataCenter, Host } from "../../src/domain/data_center.ts";
import type { GroupMembership } from "../../src/domain/group.ts";
import type { Holding } from "../../src/domain/holding.ts";
import { judgeTwins, standsOn, type Twins } from "../support/checker_rows.ts";
import { amounts, holding, request, rule, server, site } from "../support/engine_site.ts";

/** Racks `r1` and `r2` in one cluster, `r3` in another, of two hosts each; `r4h1` has neither. */
function siteWith(changes: Readonly<Record<string, Partial<Host>>> = {}): DataCenter {
  const racks = site({ racks: 4, hostsPerRack: 2, hosts: changes });
  return {
    ...racks,
    hosts: racks.hosts.map((host) => {
      if (host.rack === "r4") return { ...host, rack: null };
      return { ...host, cluster: host.rack === "r3" ? "c2" : "c1" };
    }),
  };
}

const SITE = siteWith();
const [a, b] = "ab".split("").map((id) => server(id));
const vm = (uuid: string) => ({ uuid, demand: amounts(1, 1, 1), projectId: null });
const blue = { id: "blue", name: "blue" };
const B = { serverId: "b", stackId: "stack" };
const red = { id: "red", name: "red" };

/** A rule of the named group `blue` over servers, `a` unless told otherwise. */
const named = (text: Parameters<typeof rule>[0], members = ["a"], changes: Partial<Assignment> = {}) =>
  rule(text, members, { group: blue, ...changes });
/** A server of another stack that is in the group at the rule's level. */
function member(text: string, host: string, changes: Partial<Holding> = {}): Holding {
  const [type, level] = text.split(" ") as [GroupMembership["type"], GroupMembership["level"]];
  return holding("x", host, { groups: [{ groupId: "blue", name: "blue", type, level }], ...changes });
}

/** By level, a host in the place of `r1h1`, and one in another. */
const LEVELS = [
  { level: "host", near: "r1h1", far: "r1h2" },
  { level: "rack", near: "r1h2", far: "r2h1" },
  { level: "cluster", near: "r2h2", far: "r3h1" },
] as const;

const BY_LEVEL = LEVELS.flatMap(({ level, near, far }): Twins[] => [
  {
    name: `a server outside the ${level} of its group, not one inside`,
    rule: "named affinity",
    both: { ask: request([a], [named(`affinity ${level}`)]), held: [member(`affinity ${level}`, "r1h1")] },
    rejected: { at: { a: far } },
    accepted: { at: { a: near } },
  },
  {
    name: `a server in a ${level} that holds its group, not one in another`,
    rule: "named diversity",
    both: { ask: request([a], [named(`diversity ${level}`)]), held: [member(`diversity ${level}`, "r1h1")] },
    rejected: { at: { a: near } },
    accepted: { at: { a: far } },
  },
  {
    name: `a member that shares its ${level} with a stranger, not with nobody`,
    rule: "exclusivity",
    both: { ask: request([a], [named(`exclusivity ${level}`)]), held: [holding("x", "r1h1")] },
    rejected: { at: { a: near } },
    accepted: { at: { a: far } },
  },
  {
    name: `a server in a ${level} that belongs to a group, not in a free one`,
    rule: "non-exclusivity",
    both: { ask: request([a]), held: [member(`exclusivity ${level}`, "r1h1")] },
    rejected: { at: { a: near } },
    accepted: { at: { a: far } },
  },
]);

const UNPLACEABLE = (["affinity", "diversity", "exclusivity"] as const).flatMap((type): Twins[] => {
  const members = [named(`${type} rack`)];
  // The group's rule binds the servers of the stack among each other as well.
  const broken = type === "exclusivity" ? `named ${type}` : [type, `named ${type}`];
  return [
    {
      name: "a host without a rack for a group of racks, not one with a rack",
      rule: broken,
      both: { ask: request([a], members) },
      rejected: { at: { a: "r4h1" } },
      accepted: { at: { a: "r1h1" } },
    },
    {
      name: "a host without a rack for a group of racks, unless the server is held there and must stay",
      rule: broken,
      both: {
        ask: request([a], members, { directives: [standsOn("a", "r4h1", { stay: "must" })] }),
        at: { a: "r4h1" },
      },
      rejected: {},
      accepted: { held: [holding("a", "r4h1", { stackId: "stack" })] },
    },
  ];
});
const POPULATION: readonly Twins[] = [
  {
    name: "a server away from another member of the group, not from a member at another level",
    rule: "named affinity",
    both: { ask: request([a], [named("affinity host")]), at: { a: "r1h2" } },
    rejected: { held: [member("affinity host", "r1h1")] },
    accepted: { held: [member("affinity rack", "r1h1")] },
  },
  {
    name: "a server away from another member of the group, not from one of another group",
    rule: "named affinity",
    both: { ask: request([a], [named("affinity host")]), at: { a: "r1h2" } },
    rejected: { held: [member("affinity host", "r1h1")] },
    accepted: {
      held: [
        member("affinity host", "r1h1", {
          groups: [{ groupId: "red", name: "red", type: "affinity", level: "host" }],
        }),
      ],
    },
  },
  {
    name: "a server away from the rack of another member, not from one that is in no rack",
    rule: "named affinity",
    both: { ask: request([a], [named("affinity rack")]) },
    rejected: { held: [member("affinity rack", "r2h1")] },
    accepted: { held: [member("affinity rack", "r4h1")] },
  },
  {
    name: "a server where another stack's member is, not where its own stack held one",
    rule: "named diversity",
    both: { ask: request([a], [named("diversity host")]) },
    rejected: { held: [member("diversity host", "r1h1")] },
    accepted: { held: [member("diversity host", "r1h1", { stackId: "stack" })] },
  },
  {
    name: "a server on a host that another member has yet to leave, not one of its own stack",
    rule: "named diversity",
    both: { ask: request([a], [named("diversity host")]) },
    rejected: { held: [member("diversity host", "r2h1", { origin: "r1h1" })] },
    accepted: { held: [member("diversity host", "r2h1", { origin: "r1h1", stackId: "stack" })] },
  },
  {
    name: "a server where another member is, whatever its own stack held there at another level",
    rule: "named diversity",
    both: { ask: request([a], [named("diversity host")]) },
    rejected: { held: [member("diversity host", "r1h1"), { ...member("diversity rack", "r1h1"), ...B }] },
    accepted: { held: [{ ...member("diversity rack", "r1h1"), ...B }] },
  },
  {
    name: "a member beside a server that the inventory reports, not beside none",
    rule: "exclusivity",
    both: { ask: request([a], [named("exclusivity host")]) },
    rejected: {
      dataCenter: siteWith({ r1h1: { vms: [vm("vm")] } }),
    },
    accepted: { dataCenter: siteWith({ r1h1: { vms: [] } }) },
  },
  {
    name: "a member on a host that uses vCPUs without listing a server, not one that uses memory alone",
    rule: "exclusivity",
    both: { ask: request([a], [named("exclusivity host")]) },
    rejected: { dataCenter: siteWith({ r1h1: { used: amounts(1, 1, 1) } }) },
    accepted: { dataCenter: siteWith({ r1h1: { used: amounts(0, 1, 1) } }) },
  },
  ...(["x", "nova-x"] as const).map((uuid): Twins => ({
    name: `a member beside a reported stranger, not beside another member that is reported as "${uuid}"`,
    rule: "exclusivity",
    both: {
      ask: request([a], [named("exclusivity host")]),
      held: [member("exclusivity host", "r1h1", { resourceId: "nova-x" })],
    },
    rejected: {
      dataCenter: siteWith({ r1h1: { vms: [vm("y")] } }),
    },
    accepted: {
      dataCenter: siteWith({ r1h1: { vms: [vm(uuid)] } }),
    },
  })),
  {
    name: "a member beside what is reported there of a server that is held elsewhere",
    rule: "exclusivity",
    both: {
      ask: request([a], [named("exclusivity host")]),
      dataCenter: siteWith({ r1h1: { vms: [vm("x")] }, r2h1: { vms: [vm("x")] } }),
    },
    unasked: "the engine takes a server for reported on one host alone",
    rejected: { held: [member("exclusivity host", "r2h1")] },
    accepted: { held: [member("exclusivity host", "r1h1")] },
  },
  {
    name: "a member beside a server of its own stack outside the group, not beside another member",
    rule: ["exclusivity", "non-exclusivity"],
    both: { ask: request([a, b], [named("exclusivity host")]) },
    rejected: { at: { a: "r1h1", b: "r1h1" } },
    accepted: { ask: request([a, b], [named("exclusivity host", ["a", "b"])]), at: { a: "r1h1", b: "r1h1" } },
  },
];

const EXCLUSIVE: readonly Twins[] = [
  {
    name: "a member beside another stack's server, not beside another stack's member",
    rule: "exclusivity",
    both: { ask: request([a], [named("exclusivity host")]) },
    rejected: { held: [holding("x", "r1h1")] },
    accepted: { held: [member("exclusivity host", "r1h1")] },
  },
  {
    name: "a member beside one of the group at another level, not of the same",
    rule: "exclusivity",
    both: { ask: request([a], [named("exclusivity host")]) },
    rejected: { held: [member("affinity rack", "r1h1")] },
    accepted: { held: [member("exclusivity host", "r1h1")] },
  },
  {
    name: "a server on the other hosts of a rack that a group owns, not of a host that one owns",
    rule: "non-exclusivity",
    rejected: { held: [member("exclusivity rack", "r1h2")] },
    accepted: { held: [member("exclusivity host", "r1h2")] },
  },
  {
    name: "a server beside a member of an exclusivity group, not of another kind",
    rule: "non-exclusivity",
    rejected: { held: [member("exclusivity host", "r1h1")] },
    accepted: { held: [member("diversity host", "r1h1")] },
  },
  {
    name: "a member of an exclusive host in a rack that another group owns, not on a host of its own group",
    rule: "non-exclusivity",
    both: { ask: request([a], [named("exclusivity host")]) },
    rejected: { held: [member("exclusivity rack", "r1h2")] },
    accepted: { held: [member("exclusivity host", "r1h1")] },
  },
  {
    name: "a member of another kind of group in what a group owns, not beside its like",
    rule: "non-exclusivity",
    both: { ask: request([a], [named("diversity host", ["a"], { group: red })]) },
    rejected: { held: [member("exclusivity host", "r1h1")] },
    accepted: { held: [member("diversity host", "r1h1")] },
  },
  {
    name: "a member beside another stack's server, not where its own stack gives one up",
    rule: "exclusivity",
    both: { ask: request([a], [named("exclusivity host")]) },
    rejected: { held: [holding("b", "r1h1", { stackId: "other" })] },
    accepted: { held: [holding("b", "r1h1", { stackId: "stack" })] },
  },
  {
    name: "a server in a rack that a group owns, not on one of the hosts without any",
    rule: "non-exclusivity",
    rejected: { held: [member("exclusivity rack", "r1h2")], at: { a: "r1h1" } },
    accepted: { held: [member("exclusivity rack", "r4h2")], at: { a: "r4h1" } },
  },
  {
    name: "a server that moves into what a group owns, unless it is held there and must stay",
    rule: "non-exclusivity",
    both: { held: [member("exclusivity host", "r1h1"), holding("a", "r1h1", { stackId: "stack" })] },
    rejected: { ask: request([a], [], { directives: [standsOn("a", "r1h1", { stay: "should" })] }) },
    accepted: { ask: request([a], [], { directives: [standsOn("a", "r1h1", { stay: "must" })] }) },
  },
  {
    name: "two exclusivity groups of one level, not of two levels",
    rule: "one exclusivity",
    rejected: {
      ask: request([a], [
        named("exclusivity host"),
        named("exclusivity host", ["a"], { id: "red", group: red }),
      ]),
    },
    accepted: {
      ask: request([a], [
        named("exclusivity host"),
        named("exclusivity rack", ["a"], { id: "red", group: red }),
      ]),
    },
  },
  {
    name:
      "two exclusivity groups of one level, not one that is named twice or one beside a group of another kind",
    rule: "one exclusivity",
    rejected: {
      ask: request([a], [
        named("exclusivity host"),
        named("exclusivity host", ["a"], { id: "red", group: red }),
      ]),
    },
    accepted: {
      ask: request([a], [
        named("exclusivity host"),
        named("exclusivity host", ["a"], { id: "again" }),
        named("diversity host", ["a"], { id: "red", group: red }),
      ]),
    },
  },
];

judgeTwins([...BY_LEVEL, ...POPULATION, ...EXCLUSIVE, ...UNPLACEABLE]
  .map((row) => ({ ...row, both: { dataCenter: SITE, ...row.both } })));
