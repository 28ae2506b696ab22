import { assert, assertEquals } from "@std/assert";
import type { Application } from "../../src/domain/application.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Cause } from "../../src/domain/explanation.ts";
import { without } from "../../src/engine/explain/causes.ts";
import { conflictOf, Trials } from "../../src/engine/explain/conflict.ts";
import { amounts, engineFor, request, rule, server, site } from "../support/engine_site.ts";

interface Impossible {
  readonly dataCenter: DataCenter;
  readonly application: Application;
  /** Kind and name of each part of the conflict. */
  readonly conflict: readonly string[];
  /** Sentences of which at least these are offered. */
  readonly relaxations: readonly string[];
}

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `s${from + index}`);
const servers = (count: number, changes: Parameters<typeof server>[1] = {}) =>
  ids(count).map((id) => server(id, changes));
const small = site({ racks: 2, hostsPerRack: 2 });

/** Requests with one cause each, among servers that have nothing to do with it. */
const IMPOSSIBLE: Readonly<Record<string, Impossible>> = {
  "an unknown zone": {
    dataCenter: small,
    application: { servers: [server("a", { zone: "nowhere" }), ...servers(3)], assignments: [] },
    conflict: ["zone a", "server a"],
    relaxations: ['Let server "a" into any availability zone'],
  },
  "a flavor that fits no host": {
    dataCenter: small,
    application: { servers: [server("a", { flavor: "v16" }), ...servers(3)], assignments: [] },
    conflict: ["server a"],
    relaxations: ['Do without server "a", or give it a smaller flavor'],
  },
  "an unknown flavor": {
    dataCenter: small,
    application: { servers: [server("a", { flavor: "unheard of" }), ...servers(3)], assignments: [] },
    conflict: ["server a"],
    relaxations: [],
  },
  "diversity wider than the racks": {
    dataCenter: small,
    application: {
      servers: servers(5),
      assignments: [{ ...rule("diversity rack", ids(3)), id: "apart", name: "apart" }],
    },
    conflict: ["assignment apart", "server s0", "server s1", "server s2"],
    relaxations: [
      'Bind rule "apart" at level "host"',
      'Leave 1 of the members out of rule "apart"',
      'Make rule "apart" soft',
    ],
  },
  "affinity larger than a host": {
    dataCenter: small,
    application: {
      servers: servers(3, { flavor: "v4" }),
      assignments: [{ ...rule("affinity host", ids(3)), id: "together", name: "together" }],
    },
    conflict: ["assignment together", "server s0", "server s1", "server s2"],
    relaxations: ['Do without rule "together"'],
  },
  "affinity larger than a rack": {
    dataCenter: small,
    application: {
      servers: servers(3, { flavor: "v8" }),
      assignments: [{ ...rule("affinity rack", ids(3)), id: "together", name: "together" }],
    },
    conflict: ["assignment together", "server s0", "server s1", "server s2"],
    relaxations: ['Leave 1 of the members out of rule "together"'],
  },
  "affinity and diversity of the same servers": {
    dataCenter: small,
    application: {
      servers: servers(3),
      assignments: [
        { ...rule("affinity rack", ids(2)), id: "together", name: "together" },
        { ...rule("diversity rack", ids(2)), id: "apart", name: "apart" },
      ],
    },
    conflict: ["assignment together", "assignment apart", "server s0", "server s1"],
    relaxations: ['Bind rule "apart" at level "host"', 'Do without rule "together"'],
  },
  "a zone without room": {
    dataCenter: site({
      racks: 2,
      hostsPerRack: 1,
      hosts: { r1h1: { availabilityZone: "full", used: amounts(8, 16, 80) } },
    }),
    application: { servers: [server("a", { zone: "full" }), ...servers(2)], assignments: [] },
    conflict: ["zone a", "server a"],
    relaxations: ['Let server "a" into any availability zone'],
  },
  "diversity over a zone of one rack": {
    dataCenter: site({
      racks: 2,
      hostsPerRack: 2,
      hosts: { r1h1: { availabilityZone: "z" }, r1h2: { availabilityZone: "z" } },
    }),
    application: {
      servers: servers(2, { zone: "z" }),
      assignments: [{ ...rule("diversity rack", ids(2)), id: "apart", name: "apart" }],
    },
    conflict: ["assignment apart", "zone s0", "zone s1", "server s0", "server s1"],
    relaxations: ['Bind rule "apart" at level "host"', 'Let server "s0" into any availability zone'],
  },
  "a forced host that is out of service": {
    dataCenter: site({ racks: 2, hostsPerRack: 1, hosts: { r1h1: { unusable: "disabled" } } }),
    application: { servers: [server("a", { forcedHost: "r1h1" }), ...servers(2)], assignments: [] },
    conflict: ["hosts a", "server a"],
    relaxations: ['Let server "a" onto any host'],
  },
  "a pipe wider than any interface": {
    dataCenter: { ...small, network: { nicKbps: 5 } },
    application: {
      servers: servers(3),
      assignments: [{ ...rule("diversity host", ids(2)), id: "apart", name: "apart" }],
      pipes: [{ id: "wide", servers: ["s0", "s1"], kbps: 6 }],
    },
    conflict: ["pipe wide", "assignment apart", "server s0", "server s1"],
    relaxations: ['Do without pipe "wide"', 'Do without rule "apart"'],
  },
  "exclusivity where no host is empty": {
    dataCenter: site({
      racks: 1,
      hostsPerRack: 2,
      hosts: { r1h1: { used: amounts(1, 1, 1) }, r1h2: { used: amounts(1, 1, 1) } },
    }),
    application: {
      servers: servers(2),
      assignments: [{
        ...rule("exclusivity host", ["s0"], { group: { id: "g", name: "g" } }),
        id: "alone",
        name: "alone",
      }],
    },
    conflict: ["assignment alone", "server s0"],
    relaxations: ['Do without rule "alone"'],
  },
};

const named = ({ kind, name }: Cause) => `${kind} ${name}`;

for (const [name, { dataCenter, application, conflict, relaxations }] of Object.entries(IMPOSSIBLE)) {
  Deno.test(`explain finds the smallest conflict and ways out of ${name}`, () => {
    const engine = engineFor(dataCenter);
    const asked = request([], [], { application });
    const explanation = engine.explain(asked);
    assertEquals(explanation.placeable, false);
    assertEquals(explanation.minimal, true);
    assertEquals(explanation.conflict.map(named), conflict);
    const offered = explanation.relaxations.map(({ sentence }) => sentence);
    for (const sentence of relaxations) {
      assert(offered.includes(sentence), `${sentence} is not in ${offered}`);
    }
    const alone = without(asked, restOf(asked, explanation.conflict));
    assertEquals(engine.place(alone).kind, "refused");
    for (const cause of explanation.conflict) {
      assertEquals(engineFor(dataCenter).place(without(alone, [cause])).kind, "placed", named(cause));
    }
  });
}

/** Everything of the request that is not in the conflict. */
function restOf(asked: ReturnType<typeof request>, conflict: readonly Cause[]): Cause[] {
  const { servers, assignments, pipes = [] } = asked.application;
  const has = (kind: Cause["kind"], id: string) =>
    conflict.some((cause) => cause.kind === kind && cause.id === id);
  const part = (kind: Cause["kind"]) => ({ id }: { id: string }): Cause[] =>
    has(kind, id) ? [] : [{ kind, id, name: id }];
  return [
    ...servers.flatMap((spec) => [part("server"), part("zone"), part("hosts")].flatMap((of) => of(spec))),
    ...assignments.flatMap(part("assignment")),
    ...pipes.flatMap(part("pipe")),
  ];
}

Deno.test("explain of a request that can be placed tells its quality, what each server may have, and books nothing", () => {
  const engine = engineFor(small);
  const asked = request(servers(3, { flavor: "v4" }), [rule("diversity rack", ids(2))]);
  const before = engine.explain(asked);
  assertEquals([before.placeable, before.conflict, before.relaxations], [true, [], []]);
  assertEquals(before.quality?.criteria[2], { criterion: "woken_hosts", value: 2, bound: 2 });
  assertEquals(before.servers, [{
    serverId: "s0",
    name: "s0",
    hosts: 4,
    candidates: 4,
    removed: [],
    nearestMisses: [],
  }]);
  assertEquals(engine.explain(asked), before);
  assertEquals(engine.place(request(servers(8, { flavor: "v4" }))).kind, "placed");
});

Deno.test("explain counts the hosts that each constraint takes from a server, and how much is missing", () => {
  const dataCenter = site({
    racks: 2,
    hostsPerRack: 2,
    hosts: {
      r1h1: { unusable: "disabled" },
      r1h2: { availabilityZone: "z" },
      r2h1: { used: amounts(5, 5, 5) },
    },
  });
  const [outlook] =
    engineFor(dataCenter).explain(request([server("a", { flavor: "v16", zone: "nova" })])).servers;
  assertEquals(outlook.removed, [
    { constraint: "host status", hosts: 1 },
    { constraint: "availability zone", hosts: 1 },
    { constraint: "cpu capacity", hosts: 2 },
  ]);
  assertEquals(outlook.candidates, 0);
  assertEquals(outlook.nearestMisses[0], { dimension: "vcpu", wanted: 16_000, bestFree: 8000, host: "r2h2" });
});

Deno.test("explain tells why a server is not on a host", () => {
  const dataCenter = site({
    racks: 2,
    hostsPerRack: 2,
    hosts: { r1h1: { unusable: "disabled", used: amounts(8, 1, 1) } },
  });
  const engine = engineFor(dataCenter);
  const asked = request([server("a", { flavor: "v8" }), server("b")], [rule("affinity rack", ["a", "b"])]);
  const about = (host: string) => engine.explain(asked, { about: { serverId: "b", host } }).host!;
  assertEquals(about("r1h1").broken, ["host status", "cpu capacity"]);
  assertEquals([about("r2h2").broken, about("r2h2").possible], [[], true]);
  const alone = about("r1h2");
  assertEquals([alone.broken, alone.possible], [[], false]);
  assertEquals(alone.conflict.map(named), ["assignment affinity rack:a,b", "server a", "server b"]);
  assertEquals(about("unknown").possible, false);
});

Deno.test("explain finds five of three hundred servers that four hosts have no room for", () => {
  const many = Array.from({ length: 300 }, (_, index) => server(`s${index}`, { flavor: "v8" }));
  const { minimal, conflict } = engineFor(small).explain(request(many));
  assertEquals([minimal, conflict.length], [true, 5]);
});

Deno.test("conflictOf ends after its trials, and says that what is left may not be the smallest", () => {
  const asked = request(ids(8).map((id) => server(id)));
  let asks = 0;
  const trials = new Trials(() => ++asks > 0, { most: 2, timeIsUp: () => false });
  const { conflict, minimal } = conflictOf(asked, trials);
  assertEquals([asks, minimal, conflict.length], [2, false, 8]);
});
