import { assertEquals } from "@std/assert";
import type { Assignment } from "../../src/domain/application.ts";
import { ownMemberships } from "../../src/engine/checker/own_memberships.ts";
import { brokenBy } from "../support/checker_rows.ts";
import { holding, request, rule, server } from "../support/engine_site.ts";

interface Case {
  readonly name: string;
  readonly rules: readonly Assignment[];
  /** Of the servers `a`, `b`, `c` and `d`, those in the group `blue`, each with its levels. */
  readonly wanted: Readonly<Record<string, readonly string[]>>;
}

const blue = { group: { id: "blue", name: "blue" } };
const alone = (level: "host" | "rack" | "cluster", members = ["a"]) =>
  rule(`exclusivity ${level}`, members, blue);

const CASES: readonly Case[] = [
  {
    name: "the members of a group",
    rules: [rule("diversity rack", ["a", "c"], blue)],
    wanted: { a: ["rack"], c: ["rack"] },
  },
  {
    name: "nobody of a private rule",
    rules: [rule("exclusivity host", ["a"])],
    wanted: {},
  },
  {
    name: "nobody of a soft rule",
    rules: [rule("diversity rack", ["a"], { ...blue, softWeight: 5 })],
    wanted: {},
  },
  {
    name: "a server once that two rules put into the group at one level",
    rules: [alone("host"), { ...alone("host"), id: "again" }],
    wanted: { a: ["host"] },
  },
  {
    name: "a server twice that two rules put into the group at two levels",
    rules: [alone("host"), alone("rack")],
    wanted: { a: ["host", "rack"] },
  },
  {
    name: "the servers of nested rules",
    rules: [
      rule("affinity host", ["a", "b"], { id: "inner" }),
      rule("affinity rack", ["inner", "c"], { id: "outer" }),
      rule("affinity cluster", ["outer", "unknown"], blue),
    ],
    wanted: { a: ["cluster"], b: ["cluster"], c: ["cluster"] },
  },
  {
    name: "what affinity keeps in a member's place of an exclusivity group",
    rules: [rule("affinity host", ["a", "b"]), alone("host")],
    wanted: { a: ["host"], b: ["host"] },
  },
  {
    name: "what affinity keeps with it at a narrower level",
    rules: [rule("affinity rack", ["a", "b"]), alone("cluster")],
    wanted: { a: ["cluster"], b: ["cluster"] },
  },
  {
    name: "not what affinity keeps with it at a wider level alone",
    rules: [rule("affinity rack", ["a", "b"]), alone("host")],
    wanted: { a: ["host"] },
  },
  {
    name: "not what soft affinity would keep with it",
    rules: [rule("affinity host", ["a", "b"], { softWeight: 5 }), alone("host")],
    wanted: { a: ["host"] },
  },
  {
    name: "not what another rule than affinity says of it",
    rules: [rule("diversity host", ["a", "b"]), alone("host")],
    wanted: { a: ["host"] },
  },
  {
    name: "what affinity binds through others, in whatever order the rules come",
    rules: [
      rule("affinity host", ["c", "d"]),
      rule("affinity host", ["b", "c"]),
      rule("affinity host", ["a", "b"]),
      alone("host"),
    ],
    wanted: { a: ["host"], b: ["host"], c: ["host"], d: ["host"] },
  },
  {
    name: "not what affinity keeps together elsewhere",
    rules: [rule("affinity host", ["c", "d"]), alone("host")],
    wanted: { a: ["host"] },
  },
  {
    name: "not what affinity binds to a member of another kind of group",
    rules: [rule("affinity host", ["a", "b"]), rule("diversity host", ["a"], blue)],
    wanted: { a: ["host"] },
  },
];

for (const { name, rules, wanted } of CASES) {
  Deno.test(`ownMemberships counts ${name}`, () => {
    const { application } = request("abcd".split("").map((id) => server(id)), rules);
    const found = [...ownMemberships(application)].filter(([, groups]) => groups.length > 0)
      .map(([id, groups]) => [id, groups.map(({ level }) => level)]);
    assertEquals(Object.fromEntries(found), wanted);
  });
}

Deno.test("checkPlacement takes a server that affinity keeps with a member for a member", () => {
  const servers = [server("a"), server("b")];
  const together = rule("affinity host", ["a", "b"]);
  const at = { a: "r1h1", b: "r1h1" };
  assertEquals(brokenBy({ ask: request(servers, [together, alone("host")]), at }), []);
  const held = [holding("x", "r1h1")];
  assertEquals(brokenBy({ ask: request(servers, [together, alone("host")]), at, held }), ["exclusivity"]);
  const apart = ["exclusivity", "non-exclusivity"];
  assertEquals(brokenBy({ ask: request(servers, [alone("host")]), at }), apart);
});
