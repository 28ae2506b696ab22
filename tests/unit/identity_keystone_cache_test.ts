import { assertEquals } from "@std/assert";
import { BoundedCache } from "../../src/adapters/identity/keystone/bounded_cache.ts";

Deno.test("BoundedCache forgets what was not used for longest when it is full", () => {
  const cache = new BoundedCache<number>({ capacity: 2, nowMs: () => 0 });
  cache.set("a", { value: 1, lifeMs: 10 });
  cache.set("b", { value: 2, lifeMs: 10 });
  cache.get("a");
  cache.set("c", { value: 3, lifeMs: 10 });
  assertEquals(["a", "b", "c"].map((key) => cache.get(key)), [1, undefined, 3]);
  cache.set("c", { value: 4, lifeMs: 10 });
  assertEquals(["a", "c"].map((key) => cache.get(key)), [1, 4]);
});

Deno.test("BoundedCache keeps a value for its life, and none without life", () => {
  let nowMs = 0;
  const cache = new BoundedCache<number>({ capacity: 10, nowMs: () => nowMs });
  cache.set("a", { value: 1, lifeMs: 10 });
  for (const lifeMs of [0, -1, NaN]) cache.set("b", { value: 2, lifeMs });
  nowMs = 9;
  assertEquals(["a", "b"].map((key) => cache.get(key)), [1, undefined]);
  nowMs = 10;
  assertEquals(cache.get("a"), undefined);
});
