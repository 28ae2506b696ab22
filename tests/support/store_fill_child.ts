/**
 * Stores plans one after another in the store named by the first argument until three have failed, and tells on
 * standard output how each went: `stored <plan id>`, or `<name of the error> <plan id> <whether it can be read>`; last
 * what the store says of itself then.
 */
import { SqliteStore } from "../../src/adapters/store/sqlite/store.ts";
import { planRows } from "./store_rows.ts";

const store = SqliteStore.open({ path: Deno.args[0] });
let failures = 0;
for (let key = 0; failures < 3; key++) {
  const { plan, placements } = planRows(`${key}`);
  try {
    await store.createPlan(plan, placements);
    console.log(`stored ${plan.id}`);
  } catch (error) {
    failures += 1;
    const seen = await store.planById(plan.id) !== null;
    console.log(`${error instanceof Error ? error.name : "unknown"} ${plan.id} ${seen}`);
  }
}
let health = "fine";
// A little room may be left, which each ping after a failure takes a page of.
for (let round = 0; health === "fine" && round < 100; round++) {
  const { plan, placements } = planRows(`later-${round}`);
  await store.createPlan(plan, placements).catch(() => {});
  health = await store.ping().then(() => "fine", (error: Error) => error.message);
}
console.log(`ping: ${health}`);
await store.close();
