import { assertEquals } from "@std/assert";
import type { HostVm } from "../../src/domain/data_center.ts";
import { addDemand, type Demand } from "../../src/domain/demand.ts";
import type { Holding } from "../../src/domain/holding.ts";
import type { PlacementRequest } from "../../src/domain/placement_request.ts";
import { caseOf } from "../../src/engine/checker/case.ts";
import { checkModel } from "../../src/engine/checker/mod.ts";
import { holdingsAfter } from "../../src/engine/checker/world.ts";
import { judgeTwins, standsOn, type Twins } from "../support/checker_rows.ts";
import { amounts, FLAVORS, holding, request, rule, server, site } from "../support/engine_site.ts";
import { demandOf, hardwareSite, NUMA } from "../support/hardware_site.ts";

/** What a host of the small site has left beside a server of the flavor `v1`. */
const REST = amounts(7, 14, 70);
const more = (demand: Demand, change: Partial<Demand>) =>
  addDemand(demand, { milliVcpu: 0, memoryMib: 0, diskMib: 0, ...change });

const own = (serverId: string, host: string, changes: Partial<Holding> = {}) =>
  holding(serverId, host, { stackId: "stack", ...changes });
/** A host that reports one server, which is all that it counts as used. */
const reporting = (vm: Partial<HostVm>) =>
  site({ hosts: { r1h1: { vms: [{ uuid: "nova-x", demand: REST, projectId: null, ...vm }] } } });
const directed = (...directives: PlacementRequest["directives"]) =>
  request([server("a")], [], { directives });
const migrating = (directives: PlacementRequest["directives"]) =>
  request([server("a"), server("b")], [], { directives, keepOrigin: true });
const full = amounts(8, 16, 80);
const fullSite = site({ flavors: [...FLAVORS.slice(1), { ...FLAVORS[0], demand: full }] });

const TWINS: readonly Twins[] = [
  ...(["milliVcpu", "memoryMib", "diskMib"] as const).flatMap((amount): Twins[] => [
    {
      name: `one more of "${amount}" than a host has left beside others, not exactly what it has`,
      rule: "capacity",
      rejected: { held: [holding("x", "r1h1", { demand: more(REST, { [amount]: 1 }) })] },
      accepted: { held: [holding("x", "r1h1", { demand: REST })] },
    },
    {
      name: `one more of "${amount}" than a host has left beside what it reports as used`,
      rule: "capacity",
      rejected: { dataCenter: site({ hosts: { r1h1: { used: more(REST, { [amount]: 1 }) } } }) },
      accepted: { dataCenter: site({ hosts: { r1h1: { used: REST } } }) },
    },
  ]),
  {
    name: "nine servers on a host for eight, not eight of them with one elsewhere",
    rule: "capacity",
    both: { ask: request("abcdefghi".split("").map((id) => server(id))) },
    rejected: { at: Object.fromEntries("abcdefghi".split("").map((id) => [id, "r1h1"])) },
    accepted: {
      at: Object.fromEntries("abcdefghi".split("").map((id) => [id, id === "i" ? "r1h2" : "r1h1"])),
    },
  },
  {
    name: "a server more on a host that others overbook, not a server beside it",
    rule: "capacity",
    both: { held: [holding("x", "r1h1", { demand: more(full, { memoryMib: 1 }) })] },
    rejected: { at: { a: "r1h1" } },
    accepted: { at: { a: "r1h2" } },
  },
  {
    name: "a server that grows on an overbooked host, not one that stays as it is",
    rule: "capacity",
    both: {
      held: [holding("x", "r1h1", { demand: full }), own("a", "r1h1")],
    },
    unasked: "the engine leaves only those on an overbooked host that must stay",
    rejected: { ask: request([server("a", { flavor: "v2" })]) },
    accepted: { ask: request([server("a")]) },
  },
  {
    name: "the room of other stacks, not what the stack itself gives up",
    rule: "capacity",
    rejected: { held: [holding("x", "r1h1", { demand: full })] },
    accepted: { held: [own("x", "r1h1", { demand: full })] },
  },
  {
    name: "the room on a host that another stack's server has yet to leave",
    rule: "capacity",
    rejected: { held: [holding("x", "r2h1", { origin: "r1h1", demand: full })] },
    accepted: { held: [holding("x", "r2h1", { origin: null, demand: full })] },
  },
  {
    name: "a held server beside a foreign one, not one that the inventory reports by Nova's id",
    rule: "capacity",
    both: { dataCenter: reporting({}) },
    rejected: { held: [holding("x", "r1h1", { demand: REST, resourceId: "nova-y" })] },
    accepted: { held: [holding("x", "r1h1", { demand: REST, resourceId: "nova-x" })] },
  },
  {
    name: "a held server beside a foreign one, not one that the inventory reports by its own id",
    rule: "capacity",
    both: { dataCenter: reporting({ uuid: "x" }) },
    rejected: { held: [holding("y", "r1h1", { demand: REST })] },
    accepted: { held: [holding("x", "r1h1", { demand: REST })] },
  },
  {
    name: "a held server that the inventory reports as smaller than it is held",
    rule: "capacity",
    both: { dataCenter: reporting({}) },
    rejected: { held: [holding("x", "r1h1", { demand: more(REST, { diskMib: 1 }), resourceId: "nova-x" })] },
    accepted: { held: [holding("x", "r1h1", { demand: REST, resourceId: "nova-x" })] },
  },
  {
    name: "the room that a reported server gives up only once the inventory says so",
    rule: "capacity",
    both: { held: [holding("x", "r1h1", { demand: amounts(1, 2, 10), resourceId: "nova-x" })] },
    rejected: { dataCenter: reporting({ demand: full }) },
    accepted: { dataCenter: reporting({ demand: REST }) },
  },
  {
    name: "a host from which a server migrates whose room its sibling takes",
    rule: "capacity",
    both: {
      dataCenter: fullSite,
      held: [own("a", "r1h1", { demand: full })],
      at: { a: "r2h1", b: "r1h1" },
    },
    rejected: { ask: migrating([standsOn("a", "r1h1", { demand: full })]) },
    accepted: { ask: { ...migrating([]), keepOrigin: false } },
  },
  {
    name: "a host that a server of the stack has yet to leave, not once it is back there",
    rule: "capacity",
    both: {
      dataCenter: fullSite,
      held: [own("a", "r1h1", { origin: "r1h2", demand: full })],
      ask: request([server("a"), server("b")]),
    },
    unasked: "the engine lets a server go back only where there is room for it twice",
    rejected: { at: { a: "r1h1", b: "r1h2" } },
    accepted: { at: { a: "r1h2", b: "r1h1" } },
  },
];

judgeTwins(TWINS);

interface Origin {
  readonly name: string;
  readonly held?: readonly Holding[];
  readonly ask: PlacementRequest;
  readonly host: string;
  readonly origin: string | null;
}

const v2 = request([server("a", { flavor: "v2" })]);

/** What is held beside the host where a server is. */
const ORIGINS: readonly Origin[] = [
  {
    name: "the host that a migrating server leaves",
    held: [own("a", "r1h1")],
    ask: request([server("a")], [], { keepOrigin: true }),
    host: "r1h2",
    origin: "r1h1",
  },
  {
    name: "no host for a server that moves without a migration",
    held: [own("a", "r1h1")],
    ask: request([server("a")]),
    host: "r1h2",
    origin: null,
  },
  {
    name: "no second host for a migrating server that stays",
    held: [own("a", "r1h1")],
    ask: request([server("a")], [], { keepOrigin: true }),
    host: "r1h1",
    origin: null,
  },
  {
    name: "no host for a server that is not held",
    ask: request([server("a")], [], { keepOrigin: true, directives: [standsOn("a", "r1h1")] }),
    host: "r1h2",
    origin: null,
  },
  {
    name: "the first of two hosts that a server leaves one after the other",
    held: [own("a", "r1h2", { origin: "r1h1" })],
    ask: request([server("a")], [], { keepOrigin: true }),
    host: "r2h1",
    origin: "r1h1",
  },
  {
    name: "the host that a server has yet to leave although nothing is held for it",
    ask: directed(standsOn("a", "r1h2", { origin: "r1h1" })),
    host: "r1h2",
    origin: "r1h1",
  },
  {
    name: "no second host for a server that is back where it came from",
    held: [own("a", "r1h2", { origin: "r1h1" })],
    ask: request([server("a")], [], { keepOrigin: true }),
    host: "r1h1",
    origin: null,
  },
  {
    name: "no second host for a server that grows",
    held: [own("a", "r1h2", { origin: "r1h1" })],
    ask: v2,
    host: "r1h2",
    origin: null,
  },
  {
    name: "the second host of a server that shrinks",
    held: [own("a", "r1h2", { origin: "r1h1", demand: amounts(4, 8, 40) })],
    ask: v2,
    host: "r1h2",
    origin: "r1h1",
  },
];

for (const { name, held = [], ask, host, origin } of ORIGINS) {
  Deno.test(`holdingsAfter keeps ${name}`, () => {
    const dataCenter = site();
    const { demand } = dataCenter.flavors.find((flavor) =>
      flavor.name === ask.application.servers[0].flavor
    )!;
    const placements = [{ serverId: "a", host, demand }];
    const [after] = holdingsAfter(caseOf({ dataCenter, holdings: held, request: ask, placements }));
    assertEquals([after.host, after.origin], [host, origin]);
  });
}

for (
  const [before, after, origin] of [["pinned4", "pinned4", "r1h1"], ["plain", "pinned4", null], [
    "pinned4",
    "plain",
    null,
  ]] as const
) {
  Deno.test(`holdingsAfter ${origin ? "keeps" : "drops"} the second host of a ${before} that is a ${after} now`, () => {
    const demand = demandOf(before);
    const [held] = holdingsAfter(caseOf({
      dataCenter: hardwareSite({ numa: NUMA }, { numa: NUMA }),
      holdings: [own("a", "r1h2", { origin: "r1h1", flavor: before, demand })],
      request: request([server("a", { flavor: after })]),
      placements: [{ serverId: "a", host: "r1h2", demand }],
    }));
    assertEquals(held.origin, origin);
  });
}

Deno.test("holdingsAfter keeps what others hold and says all of each server of the stack", () => {
  const others = holding("x", "r1h1");
  const group = { id: "g", name: "blue" };
  const asked = request([server("a"), server("b")], [rule("diversity rack", ["a"], { group })], {
    directives: [
      standsOn("b", "r1h1", { standing: { ...standsOn("b", "r1h1").standing!, resourceId: "nova-b" } }),
    ],
  });
  const ask = {
    ...asked,
    application: { ...asked.application, pipes: [{ id: "p", servers: ["a", "b"], kbps: 5 }] },
  } as const;
  const { demand } = FLAVORS[0];
  const found = holdingsAfter(caseOf({
    dataCenter: site(),
    holdings: [others, own("a", "r1h1", { resourceId: "nova-a" }), own("gone", "r1h1")],
    request: ask,
    placements: [{ serverId: "a", host: "r1h1", demand }, { serverId: "b", host: "r2h1", demand }],
  }));
  const both = { stackId: "stack", origin: null, demand, flavor: "v1", expiresAtMs: null };
  assertEquals(found, [
    others,
    {
      ...both,
      serverId: "a",
      resourceId: "nova-a",
      host: "r1h1",
      groups: [{ groupId: "g", name: "blue", type: "diversity", level: "rack" }],
      pipes: [{ peerId: "b", kbps: 5 }],
    },
    {
      ...both,
      serverId: "b",
      resourceId: "nova-b",
      host: "r2h1",
      groups: [],
      pipes: [{ peerId: "a", kbps: 5 }],
    },
  ]);
});

for (const amount of ["milliVcpu", "memoryMib", "diskMib"] as const) {
  Deno.test(`checkModel names the host and the servers where more "${amount}" is held than there is`, () => {
    const holdings = (change: number) => [
      holding("x", "r1h1", { demand: more(REST, { [amount]: change }) }),
      holding("y", "r2h1", { origin: "r1h1" }),
      holding("z", "r2h1"),
    ];
    assertEquals(checkModel({ dataCenter: site(), holdings: holdings(0) }), []);
    assertEquals(checkModel({ dataCenter: site(), holdings: holdings(1) }), [{
      rule: "capacity",
      serverIds: ["x", "y"],
      text: `Host "r1h1" is overbooked in ${amount}`,
    }]);
  });
}
