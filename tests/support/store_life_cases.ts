import { assertEquals, assertRejects } from "@std/assert";
import { Unavailable } from "../../src/ports/failures.ts";
import { groupRow, planRows, readAll, readPlans, storePlan } from "./store_rows.ts";
import type { StoreCase } from "./store_suite.ts";

export const LIFE_CASES: readonly StoreCase[] = [
  {
    name: "Store.ping resolves while the store is open",
    async run({ store }) {
      await store.ping();
    },
  },
  {
    name: "Store.close ends the writes that were accepted",
    async run({ store }) {
      const writes = ["a", "b", "c"].map((key) =>
        store.createPlan(planRows(key).plan, planRows(key).placements)
      );
      await store.close();
      assertEquals(await Promise.all(writes), ["created", "created", "created"]);
    },
  },
  {
    name: "Store.close may be called twice, and makes every other call Unavailable",
    async run({ store }) {
      await store.close();
      await store.close();
      await assertRejects(() => store.planById("plan-a"), Unavailable);
      await assertRejects(() => store.createGroup(groupRow("a")), Unavailable);
      await assertRejects(() => readAll(store.plans("all")), Unavailable);
      await assertRejects(() => store.ping(), Unavailable);
    },
  },
  {
    name: "Store rows outlive the store that wrote them",
    async run({ store, reopen }) {
      const rows = await storePlan(store, planRows("a"));
      const group = groupRow("a", { members: ["p-1"] });
      await store.createGroup(group);
      const later = await reopen();
      assertEquals(await readPlans(later), [rows]);
      assertEquals(await readAll(later.groups()), [group]);
      assertEquals(await later.countPlans(), 1);
    },
  },
];
