import { assert, assertEquals } from "@std/assert";
import type { Application } from "../../src/domain/application.ts";
import type { Network } from "../../src/domain/data_center.ts";
import type { Engine } from "../../src/engine/mod.ts";
import { engineFor, hostsOf, request, rule, server, site } from "../support/engine_site.ts";

function engineOn(network: Network, size = { racks: 2, hostsPerRack: 1 }): Engine {
  return engineFor({ ...site(size), network });
}

/** Two servers on different hosts with a pipe between them. */
function pair(stackId: string, kbps: number): Application {
  const [one, other] = [`${stackId}-a`, `${stackId}-b`];
  return {
    servers: [server(one), server(other)],
    assignments: [rule("diversity host", [one, other])],
    pipes: [{ id: "pipe", servers: [one, other], kbps }],
  };
}

const asked = (stackId: string, kbps: number) =>
  request([], [], { stackId, application: pair(stackId, kbps) });

Deno.test("place keeps a pipe inside a rack whose uplink is too narrow for it", () => {
  const engine = engineOn({ rackUplinkKbps: 5 }, { racks: 2, hostsPerRack: 2 });
  const hosts = Object.values(hostsOf(engine.place(asked("s", 6))));
  assertEquals(new Set(hosts.map((name) => name.slice(0, 2))).size, 1, `${hosts}`);
});

Deno.test("place refuses pipes that no network interface carries, and names the bandwidth", () => {
  const decision = engineOn({ nicKbps: 5 }).place(asked("s", 6));
  assert(decision.kind === "refused");
  assert(decision.refusal.sentence.includes("bandwidth rules out"), decision.refusal.sentence);
});

Deno.test("place counts the pipes of stacks that are held, until they are released", () => {
  const engine = engineOn({ nicKbps: 10 });
  assertEquals(engine.place(asked("one", 6)).kind, "placed");
  assertEquals(engine.place(asked("two", 6)).kind, "refused");
  assertEquals(engine.place(asked("three", 4)).kind, "placed");
  engine.release(["one-a"]);
  assertEquals(engine.place(asked("two", 6)).kind, "placed");
  engine.release(["one-b"]);
  assertEquals(engine.place(asked("four", 1)).kind, "refused");
});

Deno.test("settle undone gives back the bandwidth of a booking", () => {
  const engine = engineOn({ nicKbps: 10 });
  const decision = engine.place(asked("one", 6));
  assert(decision.kind === "placed");
  engine.settle(decision.bookingId, "undone");
  assertEquals(engine.place(asked("two", 10)).kind, "placed");
});

Deno.test("place anew of the same stack takes its bandwidth once", () => {
  const engine = engineOn({ nicKbps: 10 });
  assertEquals(engine.place(asked("one", 6)).kind, "placed");
  assertEquals(engine.place(asked("one", 10)).kind, "placed");
});

Deno.test("a migrating server needs its bandwidth once, though it holds two hosts", () => {
  const engine = engineOn({ nicKbps: 10 }, { racks: 3, hostsPerRack: 1 });
  const hosts = hostsOf(engine.place(asked("one", 6)));
  const standing = (id: string) => ({
    host: hosts[id],
    demand: DEMAND,
    resourceId: null,
    origin: null,
    expiresAtMs: null,
  });
  const decision = engine.place({
    ...asked("one", 6),
    keepOrigin: true,
    directives: [
      { serverId: "one-a", stay: "free", standing: standing("one-a"), forbiddenHosts: [hosts["one-a"]] },
      { serverId: "one-b", stay: "must", standing: standing("one-b") },
    ],
  });
  const moved = hostsOf(decision);
  assertEquals(moved["one-b"], hosts["one-b"]);
  assert(!Object.values(hosts).includes(moved["one-a"]));
  assertEquals(engine.place(asked("two", 5)).kind, "refused");
  assertEquals(engine.place(asked("two", 4)).kind, "placed");
});

const DEMAND = site().flavors[0].demand;

Deno.test("hold counts pipes when both of their ends are held", () => {
  const [first, second] = [engineOn({ nicKbps: 10 }), engineOn({ nicKbps: 10 })];
  const hosts = hostsOf(first.place(asked("one", 6)));
  for (const [serverId, host] of Object.entries(hosts)) {
    const peerId = serverId === "one-a" ? "one-b" : "one-a";
    second.hold({
      serverId,
      stackId: "one",
      resourceId: null,
      host,
      origin: null,
      demand: DEMAND,
      groups: [],
      pipes: [{ peerId, kbps: 6 }],
      expiresAtMs: null,
    });
  }
  for (const engine of [first, second]) {
    assertEquals(engine.place(asked("two", 5)).kind, "refused");
    assertEquals(engine.place(asked("three", 4)).kind, "placed");
  }
});

Deno.test("a booking holds the bandwidth to a server that stays where its peer leaves, until it is kept", () => {
  for (const outcome of ["kept", "undone"] as const) {
    const engine = engineOn({ nicKbps: 10 }, { racks: 4, hostsPerRack: 1 });
    const on = (stackId: string, kbps: number, hosts: readonly string[]) =>
      engine.place({
        ...asked(stackId, kbps),
        directives: pair(stackId, kbps).servers.map(({ id }, index) => ({
          serverId: id,
          stay: "free",
          allowedHosts: [hosts[index]],
        })),
      });
    on("one", 6, ["r1h1", "r2h1"]);
    const moved = on("one", 6, ["r3h1", "r2h1"]);
    assert(moved.kind === "placed");
    assertEquals(on("two", 5, ["r1h1", "r4h1"]).kind, "refused");
    engine.settle(moved.bookingId, outcome);
    assertEquals(on("two", 5, ["r1h1", "r4h1"]).kind, outcome === "kept" ? "placed" : "refused");
  }
});
