import { assert, assertEquals } from "@std/assert";
import type { Assignment } from "../../src/domain/application.ts";
import { amounts, engineFor, request, rule, server, site } from "../support/engine_site.ts";

const group = { id: "g", name: "g" };

/** Texts of the 2017 optimizer: existing clients show them, misspellings included. */
const CASES: readonly {
  name: string;
  assignments: readonly Assignment[];
  flavor?: string;
  message: string;
}[] = [
  {
    name: "nesting of a wider level in a narrower one",
    assignments: [rule("affinity rack", ["a"], { id: "in" }), rule("affinity host", ["in", "b"])],
    message: "grouping scope: nested group's level is higher",
  },
  {
    name: "nesting of diversity in diversity",
    assignments: [rule("diversity host", ["a"], { id: "in" }), rule("diversity host", ["in", "b"])],
    message: "DIV not allowd to be nested in diversity group",
  },
  {
    name: "nesting of exclusivity in diversity",
    assignments: [rule("exclusivity host", ["a"], { id: "in", group }), rule("diversity host", ["in", "b"])],
    message: "EX not allowd to be nested in diversity group",
  },
  {
    name: "nesting of diversity in exclusivity",
    assignments: [
      rule("diversity host", ["a"], { id: "in" }),
      rule("exclusivity host", ["in", "b"], { group }),
    ],
    message: "DIV) not allowd to be nested in exclusivity group",
  },
  {
    name: "nesting of exclusivity in exclusivity",
    assignments: [
      rule("exclusivity host", ["a"], { id: "in", group }),
      rule("exclusivity host", ["in"], { group }),
    ],
    message: "EX) not allowd to be nested in exclusivity group",
  },
  { name: "an unknown flavor", assignments: [], flavor: "huge", message: "fail to set flavor information" },
  {
    name: "an unknown flavor in an affinity group",
    assignments: [rule("affinity host", ["a", "b"])],
    flavor: "huge",
    message: "fail to set flavor information in a group",
  },
  {
    name: "servers that are to share and not to share a host",
    assignments: [rule("affinity host", ["a", "b"]), rule("diversity host", ["a", "b"])],
    message: "violate diversity constraint for node = b",
  },
];

for (const { name, assignments, flavor = "v1", message } of CASES) {
  Deno.test(`refusal of ${name} says "${message}"`, () => {
    const decision = engineFor(site()).place(request([server("a", { flavor }), server("b")], assignments));
    assert(decision.kind === "refused");
    assertEquals(decision.refusal.message, message);
    assert(decision.refusal.proven);
  });
}

for (const inner of ["diversity host", "exclusivity host"] as const) {
  Deno.test(`nesting of ${inner} in affinity is allowed`, () => {
    const assignments = [rule(inner, ["a", "b"], { id: "in", group }), rule("affinity rack", ["in"])];
    assertEquals(engineFor(site()).place(request([server("a"), server("b")], assignments)).kind, "placed");
  });
}

Deno.test("refusal counts hosts in a sentence without naming any, and names the nearest miss apart", () => {
  const decision = engineFor(site({ racks: 1, hostsPerRack: 3 })).place(
    request([server("web", { flavor: "v16" })]),
  );
  assert(decision.kind === "refused");
  const { sentence, nodes } = decision.refusal;
  assertEquals(sentence, 'server "web" fits none of 3 hosts: cpu capacity rules out 3');
  assertEquals(nodes[0].nearestMisses[0], {
    dimension: "vcpu",
    wanted: 16_000,
    bestFree: 8_000,
    host: "r1h1",
  });
});

Deno.test("refusal of a server that its own siblings crowd out says how many had a host", () => {
  const servers = ["a", "b", "c"].map((id) => server(id, { flavor: "v8" }));
  const decision = engineFor(site({ racks: 1, hostsPerRack: 2 })).place(request(servers));
  assert(decision.kind === "refused");
  assertEquals(decision.refusal.message, "no available hosts");
  assertEquals(decision.refusal.proven, true);
  assertEquals(
    decision.refusal.sentence,
    'with 2 of 3 servers placed, server "c" fits none of 2 hosts: cpu capacity rules out 2',
  );
});

Deno.test("refusal of an affinity group that no rack has room for names what the racks lack", () => {
  const servers = ["a", "b", "c"].map((id) => server(id, { flavor: "v8" }));
  const rackless = { r1h1: { rack: null } };
  const engine = engineFor(site({ racks: 2, hostsPerRack: 2, hosts: rackless }));
  const decision = engine.place(request(servers, [rule("affinity rack", ["a", "b", "c"])]));
  assert(decision.kind === "refused");
  assertEquals(decision.refusal.message, "no available hosts");
  assertEquals(
    decision.refusal.sentence,
    'server "a" and 2 more that it is bound to fits none of 4 hosts: cpu capacity rules out 3, affinity rules out 1',
  );
});

Deno.test("refusal of a server that may only stay looks at its own host alone", () => {
  const engine = engineFor(site({ racks: 1, hostsPerRack: 3 }));
  const standing = {
    host: "r1h2",
    demand: amounts(1, 2, 10),
    resourceId: null,
    origin: null,
    expiresAtMs: null,
  };
  const asked = request([server("a", { flavor: "v16" })], [], {
    directives: [{ serverId: "a", stay: "must", standing }],
  });
  const decision = engine.place(asked);
  assert(decision.kind === "refused");
  assertEquals(
    decision.refusal.sentence,
    'server "a" fits none of 3 hosts: requested hosts rules out 2, cpu capacity rules out 1',
  );
});
