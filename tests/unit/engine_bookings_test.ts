import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Engine } from "../../src/engine/mod.ts";
import type { PlacementRequest, ServerDirective } from "../../src/domain/placement_request.ts";
import { amounts, engineFor, holding, hostsOf, request, rule, server, site } from "../support/engine_site.ts";

const full = (id: string) => server(id, { flavor: "v8" });

function ask(id: string, changes: Partial<PlacementRequest> = {}): PlacementRequest {
  return request([full(id)], [], { stackId: `stack-of-${id}`, ...changes });
}

/** Places and settles; the host, or the refusal's message. */
function placed(engine: Engine, asked: PlacementRequest, outcome: "kept" | "undone" = "kept"): string {
  const decision = engine.place(asked);
  if (decision.kind === "refused") return decision.refusal.message;
  engine.settle(decision.bookingId, outcome);
  return decision.placements[0].host;
}

const standing = (id: string, host: string, changes: Partial<ServerDirective> = {}): ServerDirective => ({
  serverId: id,
  stay: "must",
  standing: { host, demand: amounts(8, 16, 80), resourceId: null, origin: null, expiresAtMs: null },
  ...changes,
});

const oneRack = (hostsPerRack: number) => engineFor(site({ racks: 1, hostsPerRack }));

Deno.test("place books at once, so that a second request never gets the same room", () => {
  const engine = oneRack(2);
  assertEquals(hostsOf(engine.place(ask("a"))), { a: "r1h1" });
  assertEquals(hostsOf(engine.place(ask("b"))), { b: "r1h2" });
  assertEquals(placed(engine, ask("c")), "no available hosts");
});

Deno.test("settle undone gives everything back, kept keeps it, and neither works twice", () => {
  const engine = oneRack(1);
  assertEquals(placed(engine, ask("a"), "undone"), "r1h1");
  assertEquals(placed(engine, ask("b"), "kept"), "r1h1");
  assertEquals(placed(engine, ask("c")), "no available hosts");
  assertThrows(() => engine.settle(1, "kept"), Error, "Booking 1 is not open");
});

Deno.test("what a booking gives up goes to nobody before it is kept, and back to the stack when it is undone", () => {
  for (const outcome of ["kept", "undone"] as const) {
    const engine = oneRack(2);
    placed(engine, ask("a"));
    const moved = engine.place(ask("a", {
      directives: [standing("a", "r1h1", { stay: "free", forbiddenHosts: ["r1h1"] })],
    }));
    assert(moved.kind === "placed");
    assertEquals(hostsOf(moved), { a: "r1h2" });
    assertEquals(engine.place(ask("b")).kind, "refused");
    engine.settle(moved.bookingId, outcome);
    assertEquals(placed(engine, ask("b")), outcome === "kept" ? "r1h1" : "r1h2");
  }
});

Deno.test("a group whose server leaves a host keeps others away until the booking is kept", () => {
  for (const outcome of ["kept", "undone"] as const) {
    const engine = oneRack(2);
    const group = { id: "g", name: "alone", type: "exclusivity", level: "host" } as const;
    engine.hold(holding("a", "r1h1", {
      stackId: "stack-of-a",
      groups: [{ groupId: group.id, name: group.name, type: group.type, level: group.level }],
    }));
    const left = engine.place(request([server("a")], [], {
      stackId: "stack-of-a",
      directives: [standing("a", "r1h1", { stay: "must" })],
    }));
    assert(left.kind === "placed");
    const here = request([server("b", { locations: ["r1h1"] })], [], { stackId: "stack-of-b" });
    assertEquals(engine.place(here).kind, "refused");
    assertEquals(engine.invalidPlacements(), new Map());
    engine.settle(left.bookingId, outcome);
    assertEquals(engine.place(here).kind, outcome === "kept" ? "placed" : "refused");
  }
});

Deno.test("bandwidth that a booking gives up goes to nobody before it is kept", () => {
  for (const outcome of ["kept", "undone"] as const) {
    const engine = engineFor({ ...site({ racks: 1, hostsPerRack: 2 }), network: { nicKbps: 1000 } });
    const linked = (stack: string, kbps: number) => {
      const [left, right] = [`${stack}1`, `${stack}2`];
      const asked = request(
        [server(left, { locations: ["r1h1"] }), server(right, { locations: ["r1h2"] })],
        [],
        { stackId: stack },
      );
      return {
        ...asked,
        application: { ...asked.application, pipes: [{ id: "p", servers: [left, right] as const, kbps }] },
      };
    };
    placed(engine, linked("a", 800));
    const less = engine.place(linked("a", 100));
    assert(less.kind === "placed");
    assertEquals(engine.place(linked("b", 500)).kind, "refused");
    engine.settle(less.bookingId, outcome);
    assertEquals(engine.place(linked("b", 500)).kind, outcome === "kept" ? "placed" : "refused");
  }
});

Deno.test("release gives room back and ignores unknown servers", () => {
  const engine = oneRack(1);
  placed(engine, ask("a"));
  engine.release(["nobody", "a"]);
  assertEquals(placed(engine, ask("b")), "r1h1");
});

Deno.test("place drops what the stack held for servers that are gone from it", () => {
  const engine = oneRack(1);
  placed(engine, ask("a"));
  assertEquals(placed(engine, request([full("new")], [], { stackId: "stack-of-a" })), "r1h1");
});

Deno.test("place leaves a server that must stay, with what was recorded for it", () => {
  const engine = engineFor(site({ racks: 1, hostsPerRack: 2 }));
  engine.hold(holding("a", "r1h2", { stackId: "s", demand: amounts(3, 4, 5) }));
  const decision = engine.place(request([server("a"), full("b")], [], {
    stackId: "s",
    directives: [standing("a", "r1h2")],
  }));
  assert(decision.kind === "placed");
  assertEquals(decision.placements[0], {
    serverId: "a",
    host: "r1h2",
    demand: amounts(3, 4, 5),
    origin: null,
  });
  assertEquals(decision.placements[1].host, "r1h1");
});

Deno.test("place moves a server that should stay only when nothing else works", () => {
  const engine = oneRack(2);
  placed(engine, request([server("a"), server("b")], [], { stackId: "s" }));
  const stay = (id: string) => standing(id, "r1h1", { stay: "should" });
  const asked = { stackId: "s", directives: [stay("a"), stay("b")] };
  const together = engine.place(request([server("a"), server("b")], [], asked));
  assertEquals(hostsOf(together), { a: "r1h1", b: "r1h1" });
  assert(together.kind === "placed");
  engine.settle(together.bookingId, "kept");
  const apart = hostsOf(
    engine.place(request([server("a"), server("b")], [rule("diversity host", ["a", "b"])], asked)),
  );
  assertEquals(new Set(Object.values(apart)), new Set(["r1h1", "r1h2"]));
});

Deno.test("place refuses when servers that must stay break a new rule", () => {
  const engine = oneRack(2);
  placed(engine, request([server("a"), server("b")], [], { stackId: "s" }));
  const decision = engine.place(request([server("a"), server("b")], [rule("diversity host", ["a", "b"])], {
    stackId: "s",
    directives: [standing("a", "r1h1"), standing("b", "r1h1")],
  }));
  assert(decision.kind === "refused");
  assertEquals(decision.refusal.message, "cannot replan VMs that was planned");
});

Deno.test("migration holds the old host as well until the new one is confirmed", () => {
  const engine = oneRack(2);
  placed(engine, ask("a"));
  const migrate = ask("a", {
    keepOrigin: true,
    directives: [standing("a", "r1h1", { stay: "free", forbiddenHosts: ["r1h1"] })],
  });
  assertEquals(placed(engine, migrate), "r1h2");
  assertEquals(placed(engine, ask("b")), "no available hosts");
  engine.confirm([{ serverId: "a", resourceId: "nova-a" }]);
  assertEquals(placed(engine, ask("b")), "r1h1");
});

Deno.test("place keeps what a migrating server still stands on, also when its stack is planned anew", () => {
  const engine = oneRack(2);
  engine.hold(holding("m", "r1h2", { stackId: "s", origin: "r1h1", demand: amounts(8, 16, 80) }));
  const moved = server("m", { flavor: "v8", locations: ["r1h2"] });
  assertEquals(engine.place(request([moved, full("new")], [], { stackId: "s" })).kind, "refused");
});

const migrating = { stackId: "s", origin: "r1h1", demand: amounts(8, 16, 80) };

Deno.test("place lets a migrating server turn back to the full host that it comes from", () => {
  for (const keepOrigin of [false, true]) {
    const engine = oneRack(2);
    engine.hold(holding("m", "r1h2", migrating));
    const away = standing("m", "r1h2", { stay: "free", forbiddenHosts: ["r1h2"] });
    const back = engine.place(request([full("m")], [], { stackId: "s", directives: [away], keepOrigin }));
    assert(back.kind === "placed");
    assertEquals(hostsOf(back), { m: "r1h1" });
    engine.settle(back.bookingId, "kept");
    assertEquals(placed(engine, ask("b")), "r1h2");
    assertEquals(placed(engine, ask("c")), "no available hosts");
  }
});

Deno.test("place lets a grown server not turn back to a host that has no more room than it had", () => {
  const engine = oneRack(2);
  engine.hold(holding("m", "r1h2", { ...migrating, demand: amounts(4, 8, 40) }));
  engine.hold(holding("x", "r1h1", { demand: amounts(4, 8, 40) }));
  const away = standing("m", "r1h2", { stay: "free", forbiddenHosts: ["r1h2"] });
  assertEquals(engine.place(request([full("m")], [], { stackId: "s", directives: [away] })).kind, "refused");
});

Deno.test("hold that ends gives its room back, and a migration that ends falls back to the old host", () => {
  const engine = oneRack(2);
  engine.hold(holding("a", "r1h1", { demand: amounts(8, 16, 80), expiresAtMs: 100 }));
  engine.hold(holding("m", "r1h2", { demand: amounts(8, 16, 80), expiresAtMs: 200, origin: "r1h1" }));
  assertEquals(placed(engine, ask("b", { nowMs: 100 })), "no available hosts");
  assertEquals(placed(engine, ask("b", { nowMs: 200 })), "r1h2");
});

Deno.test("hold of a server that the inventory reports there is not counted twice", () => {
  const dataCenter = site({
    racks: 1,
    hostsPerRack: 1,
    hosts: { r1h1: { vms: [{ uuid: "nova-a", demand: amounts(4, 8, 40), projectId: null }] } },
  });
  const engine = engineFor(dataCenter);
  engine.hold(holding("a", "r1h1", { resourceId: "nova-a", demand: amounts(4, 8, 40) }));
  assertEquals(placed(engine, request([server("b", { flavor: "v4" })])), "r1h1");
  assertEquals(placed(engine, request([server("c")], [], { stackId: "other" })), "no available hosts");
});

/** One host of 8 vCPU with a running server of so many, and another server of the rest. */
const reporting = (vcpus: number) => {
  const vm = (uuid: string, size: number) => ({
    uuid,
    demand: amounts(size, size * 2, size * 10),
    projectId: null,
  });
  return engineFor(
    site({ racks: 1, hostsPerRack: 1, hosts: { r1h1: { vms: [vm("nova-a", vcpus), vm("x", 8 - vcpus)] } } }),
  );
};

Deno.test("place takes the room that the inventory counts for the server itself, held or not, and no more", () => {
  const known = {
    host: "r1h1",
    demand: amounts(4, 8, 40),
    resourceId: "nova-a",
    origin: null,
    expiresAtMs: null,
  };
  const again = (flavor: string) =>
    request([server("a", { flavor })], [], {
      directives: [{ serverId: "a", stay: "should", standing: known }],
    });
  assertEquals(placed(reporting(4), again("v4")), "r1h1");
  assertEquals(placed(reporting(4), again("v8")), "no available hosts");
  assertEquals(placed(reporting(4), request([server("nova-a", { flavor: "v4" })])), "r1h1");
  assertEquals(placed(reporting(4), request([server("b", { flavor: "v1" })])), "no available hosts");
  const alone = rule("exclusivity host", ["a"], { group: { id: "g", name: "alone" } });
  const own = engineFor(
    site({
      racks: 1,
      hostsPerRack: 1,
      hosts: { r1h1: { vms: [{ uuid: "nova-a", demand: amounts(4, 8, 40), projectId: null }] } },
    }),
  );
  assertEquals(
    placed(own, {
      ...again("v4"),
      application: { servers: again("v4").application.servers, assignments: [alone] },
    }),
    "r1h1",
  );
});

Deno.test("place gives no server the room that the inventory counts for one that it shares a host with", () => {
  const pair = request([server("nova-a", { flavor: "v1" }), server("b", { flavor: "v1" })], [
    rule("affinity host", ["nova-a", "b"]),
  ]);
  assertEquals(placed(reporting(4), pair), "no available hosts");
});

Deno.test("hold on a host that the site has lost takes nothing and is reported as invalid", () => {
  const engine = oneRack(1);
  engine.hold(holding("a", "gone"));
  assertEquals(placed(engine, ask("b")), "r1h1");
  assertEquals([...engine.invalidPlacements()], [["a", "placed in non-existing host"]]);
});

Deno.test("groupServers lists the servers held in a group, by id", () => {
  const engine = oneRack(1);
  const blue = { groupId: "g", name: "blue", type: "exclusivity", level: "host" } as const;
  engine.hold(holding("z", "r1h1", { groups: [blue] }));
  engine.hold(holding("a", "r1h1", { groups: [blue] }));
  engine.hold(holding("b", "r1h1"));
  assertEquals(engine.groupServers("blue"), ["a", "z"]);
  assertEquals(engine.groupServers("Blue"), []);
});

Deno.test("invalidPlacements names each broken rule of a named group", () => {
  const engine = engineFor(site());
  const member = (type: "affinity" | "diversity" | "exclusivity") =>
    ({ groupId: type, name: type, type, level: "host" }) as const;
  engine.hold(holding("a1", "r1h1", { groups: [member("affinity")] }));
  engine.hold(holding("a2", "r1h2", { groups: [member("affinity")] }));
  engine.hold(holding("d1", "r2h1", { groups: [member("diversity")] }));
  engine.hold(holding("d2", "r2h1", { groups: [member("diversity")] }));
  engine.hold(holding("e1", "r2h2", { groups: [member("exclusivity")] }));
  engine.hold(holding("f1", "r2h2"));
  assertEquals(Object.fromEntries(engine.invalidPlacements()), {
    a1: "placed in non-affinity host of group (affinity)",
    a2: "placed in non-affinity host of group (affinity)",
    d1: "incorrectly placed in diversity host of group (diversity)",
    d2: "incorrectly placed in diversity host of group (diversity)",
    e1: "placed in non-exclusivity host of group (exclusivity)",
    f1: "incorrectly placed in exclusive host",
  });
});

Deno.test("place gives the same answer to the same calls on another engine", () => {
  const servers = Array.from(
    { length: 12 },
    (_, index) => server(`s${index}`, { flavor: index % 3 ? "v1" : "v4" }),
  );
  const asked = request(servers, [rule("diversity rack", ["s0", "s3", "s6"])]);
  const answers = [1, 2].map(() =>
    JSON.stringify(engineFor(site({ racks: 3, hostsPerRack: 4 })).place(asked))
  );
  assertEquals(answers[0], answers[1]);
});

Deno.test("invalidPlacements takes a migrating server for one, and servers of one diversity unit for no strangers", () => {
  const engine = engineFor(site({ racks: 2, hostsPerRack: 3 }));
  const near = { groupId: "n", name: "near", type: "affinity", level: "host" } as const;
  const apart = { groupId: "d", name: "apart", type: "diversity", level: "rack" } as const;
  engine.hold(holding("a", "r1h1", { origin: "r1h2", groups: [near, apart] }));
  for (const id of ["b1", "b2"]) {
    engine.hold(holding(id, "r2h1", { stackId: "pair", groups: [{ ...apart, unit: "b" }] }));
  }
  assertEquals(engine.invalidPlacements(), new Map());
  engine.hold(holding("c", "r2h2", { groups: [apart] }));
  const reason = "placed in diversity rack of group (apart)";
  assertEquals(Object.fromEntries(engine.invalidPlacements()), { b1: reason, b2: reason, c: reason });
});

Deno.test("place uses a host that is overdrawn in what the server does not ask for", () => {
  const flavors = [{ name: "diskless", flavorId: "d", demand: amounts(1, 1, 0), extraSpecs: {} }];
  const engine = engineFor(
    site({ racks: 1, hostsPerRack: 1, flavors, hosts: { r1h1: { used: amounts(1, 1, 81) } } }),
  );
  assertEquals(placed(engine, request([server("a", { flavor: "diskless" })])), "r1h1");
});

Deno.test("hold ends at its own time, in any order, however often it was renewed", () => {
  const engine = engineFor(site({ racks: 1, hostsPerRack: 1, capacity: amounts(3000, 9000, 99_000) }));
  const ids = Array.from({ length: 2500 }, (_, index) => `s${index}`);
  for (const [index, id] of ids.entries()) {
    const endMs = (index * 7919) % 2500 + 1;
    for (const expiresAtMs of [9999, Math.ceil(endMs / 2), endMs]) {
      engine.hold(holding(id, "r1h1", { expiresAtMs }));
    }
  }
  const free = (nowMs: number) => {
    const probe = request(Array.from({ length: 500 + nowMs }, (_, index) => server(`p${index}`)), [], {
      nowMs,
    });
    return engine.place({ ...probe, stackId: "probe" });
  };
  for (const nowMs of [0, 1, 777, 778, 2500]) {
    const decision = free(nowMs);
    assert(decision.kind === "placed", `${nowMs}`);
    engine.settle(decision.bookingId, "undone");
    const more = engine.place(
      request(Array.from({ length: 501 + nowMs }, (_, index) => server(`p${index}`)), [], { nowMs }),
    );
    assertEquals(more.kind, "refused", `${nowMs}`);
  }
});
