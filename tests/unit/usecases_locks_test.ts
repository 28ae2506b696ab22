import { assertEquals, assertRejects } from "@std/assert";
import { Unavailable } from "../../src/ports/failures.ts";
import { Locks } from "../../src/usecases/locks.ts";
import { Waits } from "../../src/usecases/waits.ts";

/** Work that tells when it begins and that ends when it is told to. */
class Work {
  readonly log: string[] = [];
  readonly #ends = new Map<string, () => void>();

  of(name: string): () => Promise<string> {
    return async () => {
      this.log.push(`${name} begins`);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#ends.set(name, resolve);
      await promise;
      this.log.push(`${name} ends`);
      return name;
    };
  }

  /** Ends a work, and lets all that follows from it happen. */
  async end(name: string): Promise<void> {
    this.#ends.get(name)!();
    await settled();
  }
}

/** Resolves when no promise is left to go on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

Deno.test("Locks.exclusive runs work of one key in the order of the calls, other keys beside it", async () => {
  const locks = new Locks();
  const work = new Work();
  const all = [
    locks.exclusive("a", work.of("1")),
    locks.exclusive("a", work.of("2")),
    locks.exclusive("b", work.of("3")),
  ];
  await settled();
  assertEquals(work.log, ["1 begins", "3 begins"]);
  await work.end("1");
  assertEquals(work.log.slice(2), ["1 ends", "2 begins"]);
  await work.end("2");
  await work.end("3");
  assertEquals(await Promise.all(all), ["1", "2", "3"]);
});

Deno.test("Locks.all runs shared work together, but never beside an exclusive one or before one that came first", async () => {
  const locks = new Locks();
  const work = new Work();
  const all = [
    locks.all({ shared: ["a"] }, work.of("s1")),
    locks.all({ shared: ["a"] }, work.of("s2")),
    locks.exclusive("a", work.of("x")),
    locks.all({ shared: ["a"] }, work.of("s3")),
  ];
  await settled();
  assertEquals(work.log, ["s1 begins", "s2 begins"]);
  await work.end("s1");
  assertEquals(work.log.length, 3);
  await work.end("s2");
  assertEquals(work.log.at(-1), "x begins");
  await work.end("x");
  assertEquals(work.log.at(-1), "s3 begins");
  await work.end("s3");
  await Promise.all(all);
});

Deno.test("Locks.all waits for several keys at once, without two waiting for each other", async () => {
  const locks = new Locks();
  const work = new Work();
  const all = [
    locks.all({ exclusive: ["a", "b"] }, work.of("1")),
    locks.all({ exclusive: ["b", "c"] }, work.of("2")),
    locks.all({ exclusive: ["c", "a"] }, work.of("3")),
    locks.all({ exclusive: ["d"], shared: ["c"] }, work.of("4")),
  ];
  await settled();
  assertEquals(work.log, ["1 begins"]);
  await work.end("1");
  assertEquals(work.log.at(-1), "2 begins");
  await work.end("2");
  assertEquals(work.log.at(-1), "3 begins");
  await work.end("3");
  assertEquals(work.log.at(-1), "4 begins");
  await work.end("4");
  await Promise.all(all);
});

Deno.test("Locks pass on failures and go on after them", async () => {
  const locks = new Locks();
  const failing = locks.exclusive("a", () => Promise.reject(new Error("Failed")));
  const next = locks.exclusive("a", () => Promise.resolve("done"));
  await assertRejects(() => failing, Error, "Failed");
  assertEquals(await next, "done");
});

Deno.test("Waits.run refuses what exceeds its limit, until one of the others has ended", async () => {
  const waits = new Waits(2);
  const work = new Work();
  const first = waits.run(work.of("1"));
  const failing = waits.run(() => Promise.reject(new Error("Failed")));
  await assertRejects(() => failing, Error, "Failed");
  const second = waits.run(work.of("2"));
  await assertRejects(() => waits.run(work.of("3")), Unavailable);
  await work.end("1");
  const fourth = waits.run(work.of("4"));
  for (const name of ["2", "4"]) await work.end(name);
  assertEquals(await Promise.all([first, second, fourth]), ["1", "2", "4"]);
});
