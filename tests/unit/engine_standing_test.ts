import { assert, assertEquals } from "@std/assert";
import type { DataCenter, Host } from "../../src/domain/data_center.ts";
import type { Demand } from "../../src/domain/demand.ts";
import type { Holding } from "../../src/domain/holding.ts";
import type { PlacementRequest, ServerDirective } from "../../src/domain/placement_request.ts";
import { standsOn } from "../support/checker_rows.ts";
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
} from "../support/engine_site.ts";

const [V1, V2] = FLAVORS;
const ROOMY = amounts(64, 512, 999);

const own = (serverId: string, host: string, changes: Partial<Holding> = {}) =>
  holding(serverId, host, { stackId: "stack", ...changes });

/** Two hosts, of which the first is as told and the second in any case too small for anything. */
function siteOf(first: Partial<Host>): DataCenter {
  const small = amounts(0, 0, 0);
  return site({
    racks: 1,
    hostsPerRack: 2,
    hosts: { r1h1: first, r1h2: { physical: small, capacity: small } },
  });
}

/** Where the servers of a request go, or "refused". */
function answer(dataCenter: DataCenter, held: readonly Holding[], ask: PlacementRequest) {
  const engine = engineFor(dataCenter);
  for (const each of held) engine.hold(each);
  const decision = engine.place(ask);
  return decision.kind === "refused" ? "refused" : hostsOf(decision);
}

const directed = (directives: readonly ServerDirective[], changes: Partial<PlacementRequest> = {}) =>
  request(directives.map(({ serverId }) => server(serverId)), [], { directives, ...changes });

for (
  const [dimension, capacity] of Object.entries(
    {
      vCPUs: { ...ROOMY, milliVcpu: V1.demand.milliVcpu },
      memory: { ...ROOMY, memoryMib: V1.demand.memoryMib },
      disk: { ...ROOMY, diskMib: V1.demand.diskMib },
    } satisfies Record<string, Demand>,
  )
) {
  for (const stay of ["free", "should"] as const) {
    Deno.test(`place lets a server that ${stay === "free" ? "may" : "should"} stay where its own ${dimension} fill the host that a migration keeps`, () => {
      const ask = directed([standsOn("a", "r1h1", { stay })], { keepOrigin: true });
      assertEquals(answer(siteOf({ capacity }), [own("a", "r1h1")], ask), { a: "r1h1" });
    });
  }

  Deno.test(`place lets a server stay where the inventory counts its ${dimension}, and nobody else in`, () => {
    const vms = [{ uuid: "nova-a", demand: V1.demand, projectId: null }];
    const dataCenter = siteOf({ capacity, used: V1.demand, vms });
    const held = [own("a", "r1h1", { resourceId: "nova-a" })];
    assertEquals(answer(dataCenter, held, directed([standsOn("a", "r1h1")])), { a: "r1h1" });
    assertEquals(answer(dataCenter, held, request([server("b")])), "refused");
  });

  Deno.test(`place gives nobody the ${dimension} that a server leaves to the inventory until that counts less`, () => {
    const vms = [{ uuid: "nova-a", demand: V2.demand, projectId: null }];
    const full = { ...ROOMY, ...double(capacity) };
    const dataCenter = siteOf({ capacity: full, used: V2.demand, vms });
    const held = [own("a", "r1h1", { resourceId: "nova-a", demand: V2.demand })];
    const shrunk = [standsOn("a", "r1h1", { demand: V2.demand })];
    assertEquals(answer(dataCenter, held, directed(shrunk)), { a: "r1h1" });
    const beside = { ...directed(shrunk), application: request([server("a"), server("b")]).application };
    assertEquals(answer(dataCenter, held, beside), "refused");
  });
}

/** Twice the amounts that are scarce. */
function double(capacity: Demand): Partial<Demand> {
  return Object.fromEntries(
    Object.entries(capacity).filter(([amount, value]) => value !== ROOMY[amount as keyof Demand])
      .map(([amount, value]) => [amount, 2 * value]),
  );
}

Deno.test("place takes only what a server grows by on a host that a migration keeps", () => {
  const grown = (capacity: Demand) => {
    const ask = request([server("a", { flavor: "v2" })], [], {
      directives: [standsOn("a", "r1h1")],
      keepOrigin: true,
    });
    return answer(siteOf({ capacity }), [own("a", "r1h1")], ask);
  };
  assertEquals(grown(V2.demand), { a: "r1h1" });
  assertEquals(grown({ ...V2.demand, diskMib: V2.demand.diskMib - 1 }), "refused");
});

Deno.test("place sums what servers that share a host by a rule stand on", () => {
  const together = [rule("affinity host", ["a", "b"])];
  const directives = ["a", "b"].map((id) => standsOn(id, "r1h1"));
  const ask = request([server("a"), server("b")], together, { directives, keepOrigin: true });
  const held = ["a", "b"].map((id) => own(id, "r1h1"));
  assertEquals(answer(siteOf({ capacity: V2.demand }), held, ask), { a: "r1h1", b: "r1h1" });
});

Deno.test("place counts for servers that share a host only those that stand on it", () => {
  const dataCenter = site({ racks: 1, hostsPerRack: 2, hosts: { r1h1: { capacity: V1.demand } } });
  const ask = request([server("a"), server("b")], [rule("affinity host", ["a", "b"])], {
    directives: [standsOn("a", "r1h1"), standsOn("b", "r1h2")],
    keepOrigin: true,
  });
  const held = [own("a", "r1h1"), own("b", "r1h2")];
  assertEquals(answer(dataCenter, held, ask), { a: "r1h2", b: "r1h2" });
});

const blue = { id: "g", name: "blue" };
const membership = { groupId: "g", name: "blue", type: "exclusivity", level: "host" } as const;

interface Together {
  readonly name: string;
  readonly host?: Partial<Host>;
  readonly keepOrigin: boolean;
}

const TOGETHER: readonly Together[] = [
  { name: "that a migration keeps", keepOrigin: true },
  { name: "that is planned anew", keepOrigin: false },
  {
    name: "that the inventory reports and a migration keeps",
    host: { vms: [{ uuid: "nova-a", demand: V1.demand, projectId: null }], used: V1.demand },
    keepOrigin: true,
  },
];

for (const keepOrigin of [true, false]) {
  Deno.test(`place counts members of an exclusivity group once that stand together ${keepOrigin ? "on what a migration keeps" : "and are planned anew"}`, () => {
    const ask = request(["a", "b"].map((id) => server(id)), [
      rule("exclusivity host", ["a", "b"], { group: blue }),
    ], {
      directives: ["a", "b"].map((id) => standsOn(id, "r1h1")),
      keepOrigin,
    });
    const held = ["a", "b"].map((id) => own(id, "r1h1", { groups: [membership] }));
    assertEquals(answer(siteOf({}), held, ask), { a: "r1h1", b: "r1h1" });
  });
}

for (const { name, host = {}, keepOrigin } of TOGETHER) {
  Deno.test(`place lets a new member of an exclusivity group join one ${name}`, () => {
    const ask = request([server("a"), server("b")], [rule("exclusivity host", ["a", "b"], { group: blue })], {
      directives: [standsOn("a", "r1h1")],
      keepOrigin,
    });
    const held = [own("a", "r1h1", { resourceId: "nova-a", groups: [membership] })];
    assertEquals(answer(siteOf(host), held, ask), { a: "r1h1", b: "r1h1" });
  });

  Deno.test(`place lets no member of an exclusivity group join a stranger ${name}`, () => {
    const ask = request([server("a"), server("b")], [rule("exclusivity host", ["b"], { group: blue })], {
      directives: [standsOn("a", "r1h1")],
      keepOrigin,
    });
    const held = [own("a", "r1h1", { resourceId: "nova-a" })];
    assertEquals(answer(siteOf(host), held, ask), "refused");
  });
}

Deno.test("place leaves the occupancy as it was when a standing server is placed and the booking undone", () => {
  const engine = engineFor(siteOf({ capacity: V1.demand }));
  engine.hold(own("a", "r1h1"));
  for (const keepOrigin of [true, false, true]) {
    const decision = engine.place(directed([standsOn("a", "r1h1")], { keepOrigin }));
    assert(decision.kind === "placed");
    engine.settle(decision.bookingId, "undone");
  }
  assertEquals(engine.place(request([server("b")], [], { stackId: "other" })).kind, "refused");
  engine.release(["a"]);
  assertEquals(engine.place(request([server("b")], [], { stackId: "other" })).kind, "placed");
});

Deno.test("place leaves a server where it stands although it would choose another host", () => {
  const dataCenter = site({ racks: 1, hostsPerRack: 120, hosts: { r1h9: { used: V2.demand } } });
  for (const [directives, host] of [[[standsOn("a", "r1h1")], "r1h1"], [[], "r1h9"]] as const) {
    const engine = engineFor(dataCenter, { improveSteps: 0 });
    assertEquals(hostsOf(engine.place(request([server("a")], [], { directives }))), { a: host });
  }
});

Deno.test("place gives a server that leaves its host the whole of its room on another", () => {
  const dataCenter = site({ racks: 1, hostsPerRack: 2, hosts: { r1h2: { capacity: V1.demand } } });
  const leaving = [standsOn("a", "r1h1", { forbiddenHosts: ["r1h1"] })];
  const ask = request([server("a"), server("b", { locations: ["r1h2"] })], [], {
    directives: leaving,
    keepOrigin: true,
  });
  assertEquals(answer(dataCenter, [own("a", "r1h1")], directed(leaving, { keepOrigin: true })), {
    a: "r1h2",
  });
  assertEquals(answer(dataCenter, [own("a", "r1h1")], ask), "refused");
});

Deno.test("place keeps the room of a server that can stay from a larger one that would be placed before it", () => {
  for (const stay of ["should", "free"] as const) {
    const engine = engineFor(site({ racks: 1, hostsPerRack: 60 }), { improveSteps: 0 });
    engine.hold(own("a", "r1h1"));
    const ask = request([server("a"), server("large", { flavor: "v8" })], [], {
      directives: [standsOn("a", "r1h1", { stay })],
    });
    const { a, large } = hostsOf(engine.place(ask));
    assertEquals([a === "r1h1", large === "r1h1"], [true, false], stay);
  }
});

interface Bound {
  readonly name: string;
  readonly held?: readonly Holding[];
  readonly directives: readonly ServerDirective[];
  readonly wanted: Readonly<Record<string, string>> | "refused";
}

/** Two servers that a rule keeps on one host. */
const BOUND: readonly Bound[] = [
  {
    name: "follow the one that must stay",
    held: [own("a", "r2h1")],
    directives: [standsOn("a", "r2h1", { stay: "must" })],
    wanted: { a: "r2h1", b: "r2h1" },
  },
  {
    name: "follow the one that must stay and is not held",
    directives: [standsOn("b", "r2h1", { stay: "must" })],
    wanted: { a: "r2h1", b: "r2h1" },
  },
  {
    name: "follow the one that should stay",
    held: [own("b", "r2h1")],
    directives: [standsOn("b", "r2h1", { stay: "should" })],
    wanted: { a: "r2h1", b: "r2h1" },
  },
  {
    name: "are refused when both must stay apart",
    directives: [standsOn("a", "r2h1", { stay: "must" }), standsOn("b", "r2h2", { stay: "must" })],
    wanted: "refused",
  },
  {
    name: "come together when both should stay apart",
    directives: [standsOn("a", "r2h1", { stay: "should" }), standsOn("b", "r2h2", { stay: "should" })],
    wanted: { a: "r2h1", b: "r2h1" },
  },
  {
    name: "are refused when one must stay on a host that is gone",
    directives: [standsOn("a", "gone", { stay: "must" })],
    wanted: "refused",
  },
];

for (const { name, held = [], directives, wanted } of BOUND) {
  Deno.test(`place of two servers that share a host: they ${name}`, () => {
    const ask = request([server("a"), server("b")], [rule("affinity host", ["a", "b"])], { directives });
    assertEquals(answer(site(), held, ask), wanted);
  });
}
