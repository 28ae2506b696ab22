import { assert, assertEquals, assertMatch } from "@std/assert";
import { SqliteStore } from "../../src/adapters/store/sqlite/store.ts";
import { temporaryFolder } from "../support/sqlite_store.ts";
import { readPlans } from "../support/store_rows.ts";

/** Runs a program that may make no file larger than `blocks` × 512 bytes: writes beyond it fail as on a bad disk. */
async function runWithFileLimit(blocks: number, args: readonly string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`, "sh", Deno.execPath(), "run", "-A", ...args],
    stderr: "inherit",
  }).output();
  return new TextDecoder().decode(stdout).trim().split("\n");
}

Deno.test("SqliteStore.createPlan on a failing disk is OutcomeUnknown, and leaves all that it had stored", async () => {
  using folder = temporaryFolder();
  const path = folder.file("valet.db");
  const lines = await runWithFileLimit(16_000, [import.meta.resolve("../support/store_fill_child.ts"), path]);
  const stored = lines.filter((line) => line.startsWith("stored ")).map((line) => line.slice(7));
  assert(stored.length > 0, "Some plans fit");
  const next = stored.length;
  const health = lines.pop()!;
  assertMatch(health, /^ping: The store failed while it made a change durable: The store's (?:disk|file) /);
  assertEquals(
    lines.slice(next),
    [next, next + 1, next + 2].map((key) => `OutcomeUnknown plan-${key} false`),
  );
  const later = SqliteStore.open({ path });
  assertEquals((await readPlans(later)).map(({ plan }) => plan.id).sort(), stored.sort());
  await later.close();
});
