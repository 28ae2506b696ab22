import { assertEquals, assertNotEquals } from "@std/assert";
import { rule, server as spec } from "../support/engine_site.ts";
import { canonicalJson, digestOf } from "../../src/usecases/canonical_json.ts";
import { timeoutOf } from "../../src/usecases/timeout.ts";
import { unchangedServers } from "../../src/usecases/unchanged_servers.ts";

Deno.test("canonicalJson orders keys at any depth, and nothing else", () => {
  const value = { b: [{ d: 1, c: null }, "x"], a: { z: true, y: 1.5 } };
  assertEquals(canonicalJson(value), '{"a":{"y":1.5,"z":true},"b":[{"c":null,"d":1},"x"]}');
  assertNotEquals(canonicalJson([1, 2]), canonicalJson([2, 1]));
});

Deno.test("digestOf is the same for the same value, however its keys are ordered", () => {
  const turned = [{ x: 1, y: { b: 2, a: [3] } }, { y: { a: [3], b: 2 }, x: 1 }];
  assertEquals(digestOf(turned[0]), digestOf(turned[1]));
  assertEquals(/^[0-9a-f]{64}$/.test(digestOf({})), true);
  assertEquals(digestOf({}), "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
});

Deno.test("digestOf tells values apart that differ in a key named __proto__", () => {
  const [one, other] = ['{"__proto__":{"a":1}}', '{"__proto__":{"a":2}}'].map((text) =>
    digestOf(JSON.parse(text))
  );
  assertNotEquals(one, other);
  assertNotEquals(one, digestOf({}));
});

const TIMEOUTS: readonly [text: string | undefined, ms: number | null][] = [
  ["60 sec", 60_000],
  ["1 sec", 1000],
  ["0.5 sec", 500],
  ["  60sec", 60_000],
  ["60 seconds", 60_000],
  ["0 sec", null],
  ["-1 sec", null],
  ["1e3 sec", null],
  ["60", null],
  ["60 min", null],
  ["sec", null],
  ["9999999999999 sec", null],
  ["", null],
  [undefined, null],
];

for (const [text, ms] of TIMEOUTS) {
  Deno.test(`timeoutOf reads ${JSON.stringify(text)} as ${ms === null ? "none" : `${ms} ms`}`, () => {
    assertEquals(timeoutOf(text), ms);
  });
}

Deno.test("unchangedServers finds the servers that ask for the same under the same rules", () => {
  const before = {
    servers: ["a", "b", "c", "d", "e", "f"].map((id) => spec(id)),
    assignments: [rule("diversity host", ["a", "b"], { id: "r" }), rule("affinity rack", ["d"], { id: "q" })],
  };
  const after = {
    servers: [
      spec("f", { name: "renamed" }),
      spec("a"),
      spec("b", { flavor: "v2" }),
      spec("c", { zone: "az" }),
      spec("d"),
      spec("new"),
    ],
    assignments: [rule("diversity host", ["a", "b", "new"], { id: "r" })],
  };
  assertEquals([...unchangedServers(before, after)], ["f", "a"]);
});

Deno.test("unchangedServers knows a named group whatever assignment names it", () => {
  const named = (id: string, group: string) => ({
    servers: [spec("a")],
    assignments: [rule("exclusivity host", ["a"], { id, group: { id: group, name: group } })],
  });
  assertEquals([...unchangedServers(named("one", "g"), named("two", "g"))], ["a"]);
  assertEquals([...unchangedServers(named("one", "g"), named("one", "h"))], []);
});

Deno.test("unchangedServers tells rules that must hold from soft ones, and how many servers may share a resource", () => {
  const under = (changes: Parameters<typeof rule>[2]) => ({
    servers: [spec("a")],
    assignments: [rule("diversity host", ["a"], { id: "r", ...changes })],
  });
  assertEquals([...unchangedServers(under({ softWeight: 1 }), under({}))], []);
  assertEquals([...unchangedServers(under({ softWeight: 1 }), under({ softWeight: 9 }))], ["a"]);
  assertEquals([...unchangedServers(under({ mostPerResource: 2 }), under({}))], []);
  assertEquals([...unchangedServers(under({ mostPerResource: 1 }), under({}))], ["a"]);
});
