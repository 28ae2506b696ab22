import { assertEquals } from "@std/assert";
import type { Assignment } from "../../src/domain/application.ts";
import { companionsOf, membershipsOf } from "../../src/domain/memberships.ts";
import { rule, server } from "../support/engine_site.ts";

const of = (...assignments: Assignment[]) => ({ servers: ["a", "b"].map((id) => server(id)), assignments });
const together = (changes: Partial<Assignment> = {}) => rule("affinity host", ["a", "b"], changes);
const only = rule("exclusivity host", ["a"], { group: { id: "g", name: "only" } });

/** Names of the groups of both servers. */
const names = (...assignments: Assignment[]) =>
  [...membershipsOf(of(...assignments)).values()].map((groups) => groups.map(({ name }) => name));

Deno.test("membershipsOf counts servers in the groups of rules that must hold, and of no others", () => {
  const group = { id: "n", name: "near" };
  assertEquals(names(together({ group })), [["near"], ["near"]]);
  assertEquals(names(together({ group, softWeight: 3 })), [[], []]);
});

Deno.test("membershipsOf lets affinity that must hold bring servers into an exclusivity group, and no soft one", () => {
  assertEquals(names(only, together()), [["only"], ["only"]]);
  assertEquals(names(only, together({ softWeight: 3 })), [["only"], []]);
});

Deno.test("companionsOf ties servers by affinity that must hold, and by no soft one", () => {
  assertEquals(companionsOf(of(together()))("a"), ["a", "b"]);
  assertEquals(companionsOf(of(together({ softWeight: 3 })))("a"), ["a"]);
});

Deno.test("companionsOf ties the servers of all affinity assignments to one named group", () => {
  const alone = (id: string) => rule("affinity host", [id], { group: { id: "n", name: "near" } });
  assertEquals(companionsOf(of(alone("a"), alone("b")))("a"), ["a", "b"]);
  assertEquals(names(only, alone("a"), alone("b")), [["only", "near"], ["only", "near"]]);
});
