/**
 * The part of `@std/assert` that the tests use, with its names, argument order and meaning, over `node:assert`.
 * The import map names this file; one line there swaps in the real package.
 */
import { AssertionError, deepStrictEqual, notDeepStrictEqual } from "node:assert/strict";
import { inspect } from "node:util";

export { AssertionError };

type ErrorClass<E extends Error = Error> = abstract new (...args: never[]) => E;

function failure(message: string, detail?: string): AssertionError {
  return new AssertionError({ message: detail === undefined ? message : `${message}: ${detail}` });
}

/** Fails unless `condition` is truthy. */
export function assert(condition: unknown, message = "Expected a truthy value"): asserts condition {
  if (!condition) throw failure(message);
}

/** Fails unconditionally. */
export function fail(message = "Failed"): never {
  throw failure(message);
}

/** Marks a place that can't be reached. */
export function unreachable(message = "Reached what was held unreachable"): never {
  throw failure(message);
}

export function assertEquals<T>(actual: T, expected: T, message?: string): void {
  deepStrictEqual(actual, expected, message);
}

export function assertNotEquals<T>(actual: T, expected: T, message?: string): void {
  notDeepStrictEqual(actual, expected, message);
}

export function assertStrictEquals<T>(actual: unknown, expected: T, message?: string): asserts actual is T {
  if (!Object.is(actual, expected)) {
    throw failure(
      message ?? "Values are not strictly equal",
      `${inspect(actual)} is not ${inspect(expected)}`,
    );
  }
}

/** Fails for null and undefined. */
export function assertExists<T>(actual: T, message = "Expected a value"): asserts actual is NonNullable<T> {
  if (actual === null || actual === undefined) throw failure(message, `got ${actual}`);
}

export function assertInstanceOf<E>(
  actual: unknown,
  expected: abstract new (...args: never[]) => E,
  message = `Expected an instance of "${expected.name}"`,
): asserts actual is E {
  if (!(actual instanceof expected)) throw failure(message, `got ${inspect(actual)}`);
}

export function assertMatch(actual: string, expected: RegExp, message = "Expected a match"): void {
  if (!expected.test(actual)) throw failure(message, `${inspect(actual)} does not match ${expected}`);
}

export function assertNotMatch(actual: string, expected: RegExp, message = "Expected no match"): void {
  if (expected.test(actual)) throw failure(message, `${inspect(actual)} matches ${expected}`);
}

export function assertStringIncludes(
  actual: string,
  expected: string,
  message = "Expected a substring",
): void {
  if (!actual.includes(expected)) throw failure(message, `${inspect(actual)} lacks ${inspect(expected)}`);
}

/** Fails unless every element of `expected` is in `actual`. */
export function assertArrayIncludes<T>(actual: readonly T[], expected: readonly T[], message?: string): void {
  const missing = expected.filter((wanted) => !actual.some((item) => isEqual(item, wanted)));
  if (missing.length > 0) {
    throw failure(message ?? "Elements are missing", `${inspect(missing)} in ${inspect(actual)}`);
  }
}

/** Fails unless `actual` has everything that `expected` has, at any depth; it may have more. */
export function assertObjectMatch(actual: object, expected: object, message?: string): void {
  const shape = (value: unknown, like: unknown): unknown => {
    if (!isPlain(value) || !isPlain(like)) return value;
    return Object.fromEntries(
      Object.keys(like).filter((key) => key in value).map((key) => [key, shape(value[key], like[key])]),
    );
  };
  deepStrictEqual(shape(actual, expected), expected, message);
}

export function assertGreater<T>(actual: T, expected: T, message?: string): void {
  compare(actual > expected, { actual, expected, relation: "greater than", message });
}

export function assertGreaterOrEqual<T>(actual: T, expected: T, message?: string): void {
  compare(actual >= expected, { actual, expected, relation: "at least", message });
}

export function assertLess<T>(actual: T, expected: T, message?: string): void {
  compare(actual < expected, { actual, expected, relation: "less than", message });
}

export function assertLessOrEqual<T>(actual: T, expected: T, message?: string): void {
  compare(actual <= expected, { actual, expected, relation: "at most", message });
}

/** The error that `work` throws; fails when it throws none, another class, or a text without `messageIncludes`. */
export function assertThrows<E extends Error = Error>(
  work: () => unknown,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
): E {
  try {
    work();
  } catch (error) {
    return checkError(error, errorClass, messageIncludes);
  }
  throw failure("Expected an exception");
}

/** The same for what `work` rejects with. */
export async function assertRejects<E extends Error = Error>(
  work: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  messageIncludes?: string,
): Promise<E> {
  try {
    await work();
  } catch (error) {
    return checkError(error, errorClass, messageIncludes);
  }
  throw failure("Expected a rejection");
}

function checkError<E extends Error>(error: unknown, errorClass?: ErrorClass<E>, messageIncludes = ""): E {
  assertInstanceOf(error, errorClass ?? Error);
  assertStringIncludes(error.message, messageIncludes, "The error says something else");
  return error as E;
}

interface Comparison {
  readonly actual: unknown;
  readonly expected: unknown;
  readonly relation: string;
  readonly message: string | undefined;
}

function compare(holds: boolean, { actual, expected, relation, message }: Comparison): void {
  if (!holds) {
    throw failure(message ?? "Out of order", `${inspect(actual)} is not ${relation} ${inspect(expected)}`);
  }
}

function isEqual(left: unknown, right: unknown): boolean {
  try {
    deepStrictEqual(left, right);
    return true;
  } catch {
    return false;
  }
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
