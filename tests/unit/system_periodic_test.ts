import { assertEquals } from "@std/assert";
import { Periodic } from "../../src/adapters/system/periodic.ts";

Deno.test("Periodic works again and again, also after a round that failed", async () => {
  const failures: unknown[] = [];
  const third = Promise.withResolvers<void>();
  let rounds = 0;
  const periodic = new Periodic({
    pauseMs: 1,
    work: () => {
      rounds += 1;
      if (rounds === 3) third.resolve();
      return rounds === 1 ? Promise.reject(new Error("out of order")) : Promise.resolve();
    },
    failed: (error) => failures.push((error as Error).message),
  });
  await third.promise;
  await periodic.close();
  assertEquals(failures, ["out of order"]);
});

Deno.test("Periodic.close waits for the round that is going on, and begins no other", async () => {
  const begun = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  let rounds = 0;
  const periodic = new Periodic({
    pauseMs: 1,
    work: async () => {
      rounds += 1;
      begun.resolve();
      await goOn.promise;
    },
    failed: () => {},
  });
  await begun.promise;
  let closed = false;
  const closing = periodic.close().then(() => closed = true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(closed, false);
  goOn.resolve();
  await closing;
  assertEquals(rounds, 1);
});

Deno.test("Periodic.close before the first round leaves no timer", async () => {
  const periodic = new Periodic({ pauseMs: 60_000, work: () => Promise.resolve(), failed: () => {} });
  await periodic.close();
});
