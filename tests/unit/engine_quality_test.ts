import { assert, assertEquals } from "@std/assert";
import type { Application, Assignment, Pipe } from "../../src/domain/application.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Decision } from "../../src/domain/placement_request.ts";
import type { Criterion, Profile } from "../../src/domain/quality.ts";
import { seededRandom } from "../support/random.ts";
import { amounts, engineFor, hostsOf, request, rule, server, site } from "../support/engine_site.ts";

const ids = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);

function placed(
  dataCenter: DataCenter,
  application: Application,
  profile: Profile = "pack",
  improveSteps?: number,
) {
  const decision = engineFor(dataCenter, { profile, ...(improveSteps === undefined ? {} : { improveSteps }) })
    .place(request([], [], { application }));
  if (decision.kind === "refused") throw new Error(JSON.stringify(decision.refusal));
  return decision;
}

function of(decision: Decision & { kind: "placed" }, criterion: Criterion) {
  const { value, bound } = decision.quality.criteria.find((each) => each.criterion === criterion)!;
  return { value, bound };
}

function pipe(one: string, other: string, kbps = 10): Pipe {
  return { id: `${one}-${other}`, servers: [one, other], kbps };
}

/** Every server talks to a few others. */
function mesh(count: number, peers = 3): Application {
  const random = seededRandom(7);
  const pipes = ids(count).flatMap((one, index) =>
    Array.from({ length: peers }, () => Math.floor(random() * count)).filter((other) => other !== index)
      .map((other, number) => ({ ...pipe(one, `s${other}`), id: `${one}-${number}` }))
  );
  return { servers: ids(count).map((id) => server(id)), assignments: [], pipes };
}

Deno.test("place in profile pack wakes no host while running ones have room", () => {
  const running = { vms: [{ uuid: "vm", demand: amounts(1, 2, 10), projectId: null }] };
  const dataCenter = site({ racks: 2, hostsPerRack: 2, hosts: { r2h2: running } });
  const decision = placed(dataCenter, { servers: ids(7).map((id) => server(id)), assignments: [] });
  assertEquals(of(decision, "woken_hosts"), { value: 0, bound: 0 });
  assertEquals(decision.quality.optimal, true);
});

Deno.test("place tells how many hosts a request has to wake at least", () => {
  const dataCenter = site({ racks: 3, hostsPerRack: 2 });
  const twelve = placed(dataCenter, { servers: ids(12).map((id) => server(id)), assignments: [] });
  assertEquals(of(twelve, "woken_hosts"), { value: 2, bound: 2 });
  const apart = placed(dataCenter, {
    servers: ids(3).map((id) => server(id)),
    assignments: [rule("diversity rack", ids(3))],
  });
  assertEquals(of(apart, "woken_hosts"), { value: 3, bound: 3 });
});

Deno.test("place tells how many hosts servers have to wake that share a rack with nobody", () => {
  const running = { vms: [{ uuid: "vm", demand: amounts(1, 2, 10), projectId: null }] };
  const dataCenter = site({ racks: 2, hostsPerRack: 3, hosts: { r1h1: running } });
  const decision = placed(dataCenter, {
    servers: ids(10).map((id) => server(id)),
    assignments: [rule("exclusivity rack", ids(10), { group: { id: "g", name: "g" } })],
  });
  // One host and the rest of the running one would do for servers that do not mind.
  assertEquals(of(decision, "woken_hosts"), { value: 2, bound: 2 });
});

Deno.test("place in profile bandwidth keeps what talks on one host, though that wakes it", () => {
  const vms = [{ uuid: "vm", demand: amounts(7, 14, 70), projectId: null }];
  const dataCenter = site({ racks: 2, hostsPerRack: 2, hosts: { r1h1: { vms }, r2h1: { vms } } });
  const application = { servers: ids(2).map((id) => server(id)), assignments: [], pipes: [pipe("s0", "s1")] };
  const packed = placed(dataCenter, application);
  assertEquals([of(packed, "woken_hosts").value, of(packed, "bandwidth").value], [0, 40]);
  const close = placed(dataCenter, application, "bandwidth");
  assertEquals([of(close, "woken_hosts").value, of(close, "bandwidth").value], [1, 0]);
});

Deno.test("place in profile spread puts as few servers into a rack as there can be", () => {
  const decision = placed(site({ racks: 3, hostsPerRack: 2 }), {
    servers: ids(6).map((id) => server(id)),
    assignments: [],
  }, "spread");
  assertEquals(of(decision, "rack_servers"), { value: 2, bound: 2 });
  assertEquals(of(decision, "host_servers"), { value: 1, bound: 1 });
});

Deno.test("place bounds the bandwidth of servers that a rule keeps apart, and reaches that", () => {
  const hub = ["hub", ...ids(3)];
  const decision = placed(site({ racks: 2, hostsPerRack: 4 }), {
    servers: hub.map((id) => server(id)),
    assignments: [rule("diversity host", ids(3))],
    pipes: ids(3).map((id) => pipe("hub", id)),
  }, "bandwidth");
  // One peer shares the hub's host, two are a rack's two links away.
  assertEquals(of(decision, "bandwidth"), { value: 40, bound: 40 });
});

Deno.test("place betters its first answer within its steps, and never makes it worse", () => {
  const dataCenter = site({ racks: 4, hostsPerRack: 4, capacity: amounts(4, 8, 40) });
  const first = placed(dataCenter, mesh(30), "bandwidth", 0);
  const better = placed(dataCenter, mesh(30), "bandwidth");
  assert(of(better, "bandwidth").value < of(first, "bandwidth").value * 0.95);
  assert(better.effort.steps > first.effort.steps);
});

Deno.test("place gives the same answer, effort and quality each time", () => {
  const dataCenter = site({ racks: 4, hostsPerRack: 4, capacity: amounts(4, 8, 40) });
  for (const profile of ["pack", "bandwidth", "spread"] as const) {
    assertEquals(placed(dataCenter, mesh(30), profile), placed(dataCenter, mesh(30), profile));
  }
});

const soft = (text: Parameters<typeof rule>[0], members: string[], changes: Partial<Assignment> = {}) =>
  rule(text, members, { softWeight: 10, ...changes });

Deno.test("place keeps soft rules where it can", () => {
  const dataCenter = site({ racks: 2, hostsPerRack: 2 });
  const apart = placed(dataCenter, {
    servers: ids(4).map((id) => server(id)),
    assignments: [soft("diversity host", ids(4))],
  });
  assertEquals(new Set(Object.values(hostsOf(apart))).size, 4);
  const together = placed(dataCenter, {
    servers: [server("s0", { locations: ["r1h1", "r2h2"] }), server("s1", { locations: ["r1h2", "r2h2"] })],
    assignments: [soft("affinity host", ids(2))],
  });
  assertEquals(Object.values(hostsOf(together)), ["r2h2", "r2h2"]);
  for (const decision of [apart, together]) assertEquals(of(decision, "soft").value, 0);
});

Deno.test("place breaks soft rules that can't be kept, at their price, and the cheaper one of two", () => {
  const dataCenter = site({ racks: 1, hostsPerRack: 2 });
  const crowded = placed(dataCenter, {
    servers: ids(4).map((id) => server(id)),
    assignments: [soft("diversity host", ids(4))],
  });
  assertEquals(of(crowded, "soft").value, 20);
  const torn = placed(dataCenter, {
    servers: ids(2).map((id) => server(id)),
    assignments: [soft("diversity host", ids(2)), soft("affinity host", ids(2), { softWeight: 11 })],
  });
  assertEquals(of(torn, "soft").value, 10);
});

Deno.test("place lets so many servers share a host as a rule allows, and no more", () => {
  const dataCenter = site({ racks: 1, hostsPerRack: 2 });
  const two = { mostPerResource: 2 };
  const application = (count: number) => ({
    servers: ids(count).map((id) => server(id)),
    assignments: [rule("diversity host", ids(count), two)],
  });
  const hosts = Object.values(hostsOf(placed(dataCenter, application(4))));
  assertEquals(hosts.toSorted(), ["r1h1", "r1h1", "r1h2", "r1h2"]);
  const five = engineFor(dataCenter).place(request([], [], { application: application(5) }));
  assertEquals(five.kind, "refused");
});

Deno.test("place moves no more servers than it has to when a stack is planned anew", () => {
  const dataCenter = site({ racks: 1, hostsPerRack: 3 });
  const engine = engineFor(dataCenter);
  const application = { servers: ids(4).map((id) => server(id, { flavor: "v2" })), assignments: [] };
  const before = hostsOf(engine.place(request([], [], { application })));
  const demand = amounts(2, 4, 20);
  const directives = ids(4).map((serverId) => ({
    serverId,
    stay: "should" as const,
    standing: { host: before[serverId], demand, resourceId: null, origin: null, expiresAtMs: null },
  }));
  const grown = { ...application, servers: [...application.servers, server("s4", { flavor: "v8" })] };
  const decision = engine.place(request([], [], { application: grown, directives }));
  assert(decision.kind === "placed");
  assertEquals(of(decision, "moves"), { value: 0, bound: 0 });
});

Deno.test("place bounds the bandwidth of what zones keep apart by the narrowest cut between them", () => {
  const far = { availabilityZone: "far" };
  const dataCenter = site({ racks: 2, hostsPerRack: 1, hosts: { r2h1: far } });
  const decision = placed(dataCenter, {
    servers: [server("s0", { zone: "nova" }), server("s1"), server("s2"), server("s3", { zone: "far" })],
    assignments: [],
    pipes: [pipe("s0", "s1", 30), pipe("s0", "s2", 10), pipe("s1", "s3", 20), pipe("s2", "s3", 40)],
  }, "bandwidth");
  // Of the ways from zone to zone one is cut at 20, one at 10, and each at the hosts and at the racks.
  assertEquals(of(decision, "bandwidth"), { value: 120, bound: 120 });
});

Deno.test("place bounds the bandwidth to servers that stay on different hosts", () => {
  const engine = engineFor(site({ racks: 1, hostsPerRack: 3 }), { profile: "bandwidth" });
  const apart = {
    servers: ids(2).map((id) => server(id)),
    assignments: [rule("diversity host", ids(2))],
  };
  const hosts = hostsOf(engine.place(request([], [], { application: apart })));
  const application = {
    servers: [...apart.servers, server("hub")],
    assignments: [],
    pipes: [pipe("hub", "s0", 30), pipe("hub", "s1", 20)],
  };
  const directives = ids(2).map((serverId) => ({
    serverId,
    stay: "must" as const,
    standing: {
      ...{ host: hosts[serverId], demand: amounts(1, 2, 10) },
      ...{ resourceId: null, origin: null, expiresAtMs: null },
    },
  }));
  const decision = engine.place(request([], [], { application, directives }));
  assert(decision.kind === "placed");
  assertEquals(of(decision, "bandwidth"), { value: 40, bound: 40 });
});

Deno.test("place bounds the bandwidth of whole servers and pipes where one of the servers has no room", () => {
  const servers = ids(4).map((id) => server(id, { flavor: "v2" }));
  const pipes = ids(4).flatMap((one, index) => ids(index).map((other) => pipe(one, other)));
  const dataCenter = site({ racks: 1, capacity: amounts(7, 14, 70) });
  const decision = placed(dataCenter, { servers, assignments: [], pipes }, "bandwidth");
  // Half a server less would do for the room, and cut fewer pipes.
  assertEquals(of(decision, "bandwidth"), { value: 60, bound: 60 });
});

Deno.test("place bounds the bandwidth of servers of several sizes by what large ones can be cut off with", () => {
  const flavors = ["v1", "v2", "v4", "v8"];
  const { pipes } = mesh(40, 6);
  const servers = ids(40).map((id, index) => server(id, { flavor: flavors[index % flavors.length] }));
  // Room for nine tenths of them.
  const dataCenter = site({ racks: 1, hostsPerRack: 3, capacity: amounts(135, 270, 1350) });
  const { value, bound } = of(
    placed(dataCenter, { servers, assignments: [], pipes }, "bandwidth"),
    "bandwidth",
  );
  assert(bound > 0.7 * value, `${bound} is far below ${value}`);
});

Deno.test("place lets servers change places where every host is full", () => {
  const { pipes } = mesh(32);
  const application = { servers: ids(32).map((id) => server(id, { flavor: "v4" })), assignments: [], pipes };
  const dataCenter = site({ racks: 4, hostsPerRack: 4 });
  const [first, better] = [0, undefined].map((steps) => placed(dataCenter, application, "bandwidth", steps));
  assert(of(better, "bandwidth").value < of(first, "bandwidth").value * 0.8);
});
