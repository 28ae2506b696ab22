import * as assertions from "@std/assert";
import { AssertionError, assertThrows } from "@std/assert";

class Special extends Error {}

function throwing(error: unknown): () => never {
  return () => {
    throw error;
  };
}

const PASSING: Readonly<Record<string, () => void>> = {
  assert: () => assertions.assert(1),
  assertEquals: () => assertions.assertEquals(new Map([["a", new Set([1])]]), new Map([["a", new Set([1])]])),
  assertNotEquals: () => assertions.assertNotEquals({ a: 1 }, { a: 2 }),
  assertStrictEquals: () => assertions.assertStrictEquals(NaN, NaN),
  assertExists: () => assertions.assertExists(0),
  assertInstanceOf: () => assertions.assertInstanceOf(new Special(), Error),
  assertMatch: () => assertions.assertMatch("abc", /b/),
  assertNotMatch: () => assertions.assertNotMatch("abc", /d/),
  assertStringIncludes: () => assertions.assertStringIncludes("abc", "bc"),
  assertArrayIncludes: () => assertions.assertArrayIncludes([{ a: 1 }, { b: 2 }], [{ b: 2 }]),
  assertObjectMatch: () => assertions.assertObjectMatch({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 1 } }),
  assertGreater: () => assertions.assertGreater(2, 1),
  assertGreaterOrEqual: () => assertions.assertGreaterOrEqual(2, 2),
  assertLess: () => assertions.assertLess(1, 2),
  assertLessOrEqual: () => assertions.assertLessOrEqual(2, 2),
  assertThrows: () => assertThrows(throwing(new Special("the reason")), Error, "reason"),
};

const FAILING: Readonly<Record<string, readonly (() => void)[]>> = {
  assert: [() => assertions.assert(0)],
  fail: [() => assertions.fail()],
  unreachable: [() => assertions.unreachable()],
  assertEquals: [
    () => assertions.assertEquals<unknown>(1, "1"),
    () => assertions.assertEquals(new Set([1]), new Set([2])),
    () => assertions.assertEquals<unknown>({ a: undefined }, {}),
  ],
  assertNotEquals: [() => assertions.assertNotEquals({ a: 1 }, { a: 1 })],
  assertStrictEquals: [() => assertions.assertStrictEquals({}, {})],
  assertExists: [() => assertions.assertExists(null), () => assertions.assertExists(undefined)],
  assertInstanceOf: [() => assertions.assertInstanceOf(new Error(), Special)],
  assertMatch: [() => assertions.assertMatch("abc", /d/)],
  assertNotMatch: [() => assertions.assertNotMatch("abc", /b/)],
  assertStringIncludes: [() => assertions.assertStringIncludes("abc", "d")],
  assertArrayIncludes: [() => assertions.assertArrayIncludes([1], [1, 2])],
  assertObjectMatch: [
    () => assertions.assertObjectMatch({ a: { b: 1 } }, { a: { b: 2 } }),
    () => assertions.assertObjectMatch({}, { a: 1 }),
  ],
  assertGreater: [() => assertions.assertGreater(1, 1)],
  assertGreaterOrEqual: [() => assertions.assertGreaterOrEqual(1, 2)],
  assertLess: [() => assertions.assertLess(1, 1)],
  assertLessOrEqual: [() => assertions.assertLessOrEqual(2, 1)],
  assertThrows: [
    () => assertThrows(() => 1),
    () => assertThrows(throwing(new Error()), Special),
    () => assertThrows(throwing(new Special("the reason")), Special, "another"),
  ],
};

for (const [name, pass] of Object.entries(PASSING)) Deno.test(`${name} passes`, pass);

for (const [name, cases] of Object.entries(FAILING)) {
  Deno.test(`${name} fails`, () => {
    for (const fail of cases) assertThrows(fail, AssertionError);
  });
}

Deno.test("assertThrows gives the error that was thrown", () => {
  const error = new Special("the reason");
  assertions.assertStrictEquals(assertThrows(throwing(error)), error);
});

Deno.test("assertRejects takes rejections as assertThrows takes exceptions", async () => {
  const error = new Special("the reason");
  assertions.assertStrictEquals(
    await assertions.assertRejects(() => Promise.reject(error), Special, "reason"),
    error,
  );
  for (const work of [() => Promise.resolve(), () => Promise.reject(new Error())]) {
    await assertions.assertRejects(() => assertions.assertRejects(work, Special), AssertionError);
  }
});

Deno.test("every assertion is seen to pass or to fail", () => {
  const { AssertionError: _, assertRejects: __, ...checks } = assertions;
  const seen = new Set([...Object.keys(PASSING), ...Object.keys(FAILING)]);
  assertions.assertEquals(seen, new Set(Object.keys(checks)));
});
