import { assert, assertEquals } from "@std/assert";
import type { Assignment } from "../../src/domain/application.ts";
import type { PlacementRequest } from "../../src/domain/placement_request.ts";
import type { Holding } from "../../src/domain/holding.ts";
import {
  amounts,
  engineFor,
  FLAVORS,
  holding,
  hostsOf,
  request,
  rule,
  server,
  site,
  type SiteOptions,
} from "../support/engine_site.ts";

interface Refused {
  readonly message: string;
  readonly counts: Readonly<Record<string, number>>;
}

interface Case {
  readonly name: string;
  readonly site?: SiteOptions;
  readonly held?: readonly Holding[];
  readonly ask: PlacementRequest;
  /** Hosts wanted by server, or the refusal's message and the constraints that it counts. */
  readonly wanted: Readonly<Record<string, string>> | {
    readonly message: string;
    readonly counts: Record<string, number>;
  };
}

const blue = { groupId: "g-blue", name: "blue", type: "exclusivity", level: "host" } as const;
const namedBlue: Partial<Assignment> = { group: { id: "g-blue", name: "blue" } };
const ssd = { ...FLAVORS[0], name: "ssd", extraSpecs: { "aggregate_instance_extra_specs:disk": "ssd" } };
const refused = (message: string, counts: Record<string, number>): Refused => ({ message, counts });

const CASES: readonly Case[] = [
  {
    name: "host status keeps servers off unusable hosts",
    site: { hosts: { r1h1: { unusable: "disabled" } } },
    ask: request([server("a")]),
    wanted: { a: "r1h2" },
  },
  {
    name: "requested hosts hold for locations, a forced host and forbidden hosts together",
    ask: request([server("a", { locations: ["r1h2", "r2h1"], forcedHost: "r2h1" })], [], {
      directives: [{ serverId: "a", stay: "free", forbiddenHosts: ["r1h2"] }],
    }),
    wanted: { a: "r2h1" },
  },
  {
    name: "requested hosts refuse when a forced host is outside the locations",
    ask: request([server("a", { locations: ["r1h2"], forcedHost: "r2h1" })]),
    wanted: refused("violate requested hosts constraint for node = a", { "requested hosts": 4 }),
  },
  {
    name: "availability zone binds a server to its zone",
    site: { hosts: { r2h1: { availabilityZone: "az2" } } },
    ask: request([server("a", { zone: "az2" })]),
    wanted: { a: "r2h1" },
  },
  {
    name: "availability zone that no host is in refuses with the rule's 2017 text",
    ask: request([server("a", { zone: "az9" })]),
    wanted: refused("violate availability zone constraint for node = a", { "availability zone": 4 }),
  },
  {
    name: "host aggregate meets a flavor's extra specs",
    site: {
      flavors: [...FLAVORS, ssd],
      aggregates: [{ name: "fast", hosts: ["r2h2"], metadata: { disk: "ssd,nvme" } }],
    },
    ask: request([server("a", { flavor: "ssd" })]),
    wanted: { a: "r2h2" },
  },
  {
    name: "capacity refuses in each dimension with no available hosts",
    ask: request([server("a", { flavor: "v16" })]),
    wanted: refused("no available hosts", { "cpu capacity": 4 }),
  },
  {
    name: "memory capacity refuses what has vCPUs and disk but no memory",
    site: { capacity: amounts(8, 1, 80) },
    ask: request([server("a")]),
    wanted: refused("no available hosts", { "memory capacity": 4 }),
  },
  {
    name: "local disk capacity refuses what has vCPUs and memory but no disk",
    site: { capacity: amounts(8, 16, 9) },
    ask: request([server("a")]),
    wanted: refused("no available hosts", { "local disk capacity": 4 }),
  },
  {
    name: "cpu capacity holds a single server to the hardware although the ratio gives more",
    site: {
      racks: 1,
      hostsPerRack: 1,
      hosts: { r1h1: { physical: amounts(4, 64, 999), capacity: amounts(64, 64, 999) } },
    },
    ask: request([server("a", { flavor: "v8" })]),
    wanted: refused("no available hosts", { "cpu capacity": 1 }),
  },
  {
    name: "cpu capacity lets a host-affinity group exceed the hardware as long as each server does not",
    site: {
      racks: 1,
      hostsPerRack: 1,
      hosts: { r1h1: { physical: amounts(4, 64, 999), capacity: amounts(64, 64, 999) } },
    },
    ask: request([server("a", { flavor: "v4" }), server("b", { flavor: "v4" })], [
      rule("affinity host", ["a", "b"]),
    ]),
    wanted: { a: "r1h1", b: "r1h1" },
  },
  {
    name: "affinity at rack level keeps servers in one rack when one host is too small",
    ask: request([server("a", { flavor: "v8" }), server("b", { flavor: "v8" })], [
      rule("affinity rack", ["a", "b"]),
    ], {
      directives: [{ serverId: "a", stay: "free", allowedHosts: ["r2h1"] }],
    }),
    wanted: { a: "r2h1", b: "r2h2" },
  },
  {
    name: "affinity merges overlapping host rules into one",
    ask: request([server("a"), server("b"), server("c", { forcedHost: "r2h1" })], [
      rule("affinity host", ["a", "b"]),
      rule("affinity host", ["b", "c"]),
    ]),
    wanted: { a: "r2h1", b: "r2h1", c: "r2h1" },
  },
  {
    name: "diversity at rack level separates racks",
    ask: request([server("a", { forcedHost: "r1h1" }), server("b", { locations: ["r1h2", "r2h2"] })], [
      rule("diversity rack", ["a", "b"]),
    ]),
    wanted: { a: "r1h1", b: "r2h2" },
  },
  {
    name: "diversity takes a nested affinity group as one member",
    ask: request([
      server("a", { forcedHost: "r1h1" }),
      server("b"),
      server("c", { locations: ["r1h1", "r2h1"] }),
    ], [
      rule("affinity rack", ["a", "b"], { id: "pair" }),
      rule("diversity rack", ["pair", "c"]),
    ]),
    wanted: { a: "r1h1", b: "r1h1", c: "r2h1" },
  },
  {
    name: "diversity with more members than hosts refuses",
    site: { racks: 1, hostsPerRack: 2 },
    ask: request([server("a"), server("b"), server("c")], [rule("diversity host", ["a", "b", "c"])]),
    wanted: refused("no available hosts", { diversity: 2 }),
  },
  {
    name: "diversity at rack level leaves out hosts that have no rack",
    site: { racks: 2, hostsPerRack: 1, hosts: { r1h1: { rack: null } } },
    ask: request([server("a")], [rule("diversity rack", ["a"])]),
    wanted: { a: "r2h1" },
  },
  {
    name: "named diversity avoids the racks where other stacks have members of the group",
    held: [holding("x", "r1h1", { groups: [{ ...blue, type: "diversity", level: "rack" }] })],
    ask: request([server("a")], [rule("diversity rack", ["a"], namedBlue)]),
    wanted: { a: "r2h1" },
  },
  {
    name: "named affinity joins the host where another stack has members of the group",
    held: [holding("y", "r1h1"), holding("x", "r2h2", { groups: [{ ...blue, type: "affinity" }] })],
    ask: request([server("a")], [rule("affinity host", ["a"], namedBlue)]),
    wanted: { a: "r2h2" },
  },
  {
    name: "named diversity separates the servers of several assignments to one group",
    ask: request([server("a", { forcedHost: "r1h1" }), server("b", { locations: ["r1h1", "r2h1"] })], [
      rule("diversity host", ["a"], namedBlue),
      rule("diversity host", ["b"], namedBlue),
    ]),
    wanted: { a: "r1h1", b: "r2h1" },
  },
  {
    name: "named affinity keeps the servers of several assignments to one group together",
    ask: request([server("a", { forcedHost: "r2h1" }), server("b")], [
      rule("affinity rack", ["a"], namedBlue),
      rule("affinity rack", ["b"], namedBlue),
    ]),
    wanted: { a: "r2h1", b: "r2h1" },
  },
  {
    name: "exclusivity takes hosts without any server, foreign ones included",
    site: {
      hosts: {
        r1h1: { vms: [{ uuid: "foreign", demand: amounts(1, 1, 1), projectId: null }] },
        r1h2: { used: amounts(1, 0, 0) },
      },
    },
    held: [holding("x", "r2h1")],
    ask: request([server("a")], [rule("exclusivity host", ["a"], namedBlue)]),
    wanted: { a: "r2h2" },
  },
  {
    name: "exclusivity prefers what the group already owns",
    held: [holding("x", "r2h1", { groups: [blue] })],
    ask: request([server("a")], [rule("exclusivity host", ["a"], namedBlue)]),
    wanted: { a: "r2h1" },
  },
  {
    name: "exclusivity at rack level needs a whole rack without others",
    held: [holding("x", "r1h2")],
    ask: request([server("a")], [rule("exclusivity rack", ["a"], namedBlue)]),
    wanted: { a: "r2h1" },
  },
  {
    name: "exclusivity covers servers that affinity keeps with a member",
    held: [holding("x", "r1h1")],
    ask: request([server("a"), server("b")], [
      rule("affinity host", ["a", "b"]),
      rule("exclusivity host", ["a"], namedBlue),
    ]),
    wanted: { a: "r1h2", b: "r1h2" },
  },
  {
    name: "exclusivity to two groups at one level refuses with the 2017 text",
    ask: request([server("a")], [
      rule("exclusivity host", ["a"], namedBlue),
      rule("exclusivity host", ["a"], { id: "second", group: { id: "g-red", name: "red" } }),
    ]),
    wanted: refused("violate exclusivity constraint (more than one exclusivity) for node = a", {}),
  },
  {
    name: "non-exclusivity keeps everybody else out of what a group owns",
    site: { racks: 1, hostsPerRack: 1 },
    held: [holding("x", "r1h1", { groups: [blue] })],
    ask: request([server("a")]),
    wanted: refused("violate non-exclusivity constraint for node = a", { "non-exclusivity": 1 }),
  },
  {
    name: "non-exclusivity at rack level covers the rack's other hosts",
    held: [holding("x", "r1h1", { groups: [{ ...blue, level: "rack" }] })],
    ask: request([server("a")]),
    wanted: { a: "r2h1" },
  },
  {
    name: "placement counts what other stacks hold",
    site: { racks: 1, hostsPerRack: 2 },
    held: [holding("x", "r1h1", { demand: amounts(8, 8, 8) })],
    ask: request([server("a")]),
    wanted: { a: "r1h2" },
  },
  {
    name: "placement fills running hosts before it wakes an idle one",
    held: [holding("x", "r2h2")],
    ask: request([server("a")]),
    wanted: { a: "r2h2" },
  },
];

function isRefusal(wanted: Case["wanted"]): wanted is Refused {
  return typeof wanted.counts === "object";
}

for (const { name, site: options, held = [], ask, wanted } of CASES) {
  Deno.test(name, () => {
    const engine = engineFor(site(options));
    for (const each of held) engine.hold(each);
    const decision = engine.place(ask);
    if (!isRefusal(wanted)) {
      assertEquals(hostsOf(decision), wanted);
      return;
    }
    assert(decision.kind === "refused", "The request was placed");
    assertEquals(decision.refusal.message, wanted.message);
    const counts = decision.refusal.nodes.flatMap(({ removed }) => removed);
    assertEquals(
      Object.fromEntries(counts.map(({ constraint, hosts }) => [constraint, hosts])),
      wanted.counts,
    );
  });
}
