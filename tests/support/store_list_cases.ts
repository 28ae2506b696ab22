import { assert, assertEquals } from "@std/assert";
import { groupRow, planRows, readAll, readPlans, storePlan } from "./store_rows.ts";
import type { StoreCase } from "./store_suite.ts";

/** Keys whose plans are stored in an order that is neither that of age nor that of the ids. */
const AGED: readonly (readonly [string, number])[] = [["d", 20], ["a", 30], ["c", 10], ["b", 20], ["e", 10]];
const BY_AGE = ["c", "e", "b", "d", "a"];

export const LIST_CASES: readonly StoreCase[] = [
  {
    name: "Store.groups gives all groups in pages, oldest first, ties by id",
    async run({ store }) {
      for (const [key, createdAtMs] of AGED) await store.createGroup(groupRow(key, { createdAtMs }));
      const pages = await Array.fromAsync(store.groups());
      assert(pages.every((page) => page.length <= 3), "A page holds at most as many rows as were asked for");
      assertEquals(pages.flat().map(({ id }) => id), BY_AGE.map((key) => `group-${key}`));
    },
  },
  {
    name: "Store.plans gives all plans with their placements in pages, oldest first, ties by id",
    async run({ store }) {
      const rows = new Map(AGED.map(([key, createdAtMs]) => [key, planRows(key, { createdAtMs })]));
      for (const plan of rows.values()) await storePlan(store, plan);
      const pages = await Array.fromAsync(store.plans("all"));
      assert(pages.every((page) => page.length <= 3), "A page holds at most as many rows as were asked for");
      assertEquals(pages.flat(), BY_AGE.flatMap((key) => rows.get(key) ?? []));
    },
  },
  {
    name: "Store.placements gives all placements in pages, oldest first, ties by id",
    async run({ store }) {
      for (const [key, createdAtMs] of AGED) await storePlan(store, planRows(key, { createdAtMs }));
      const pages = await Array.fromAsync(store.placements({ visibility: "all" }));
      assert(pages.every((page) => page.length <= 3), "A page holds at most as many rows as were asked for");
      const wanted = BY_AGE.flatMap((key) => [`placement-${key}-0`, `placement-${key}-1`]);
      assertEquals(pages.flat().map(({ id }) => id), wanted);
    },
  },
  {
    name: "Store lists of nothing give no page",
    async run({ store }) {
      assertEquals(await Array.fromAsync(store.groups()), []);
      assertEquals(await Array.fromAsync(store.plans("all")), []);
      assertEquals(await Array.fromAsync(store.plans({ tenantId: "p-blue", unowned: true })), []);
      assertEquals(await Array.fromAsync(store.placements({ visibility: "all" })), []);
    },
  },
  {
    name: "Store.plans shows a tenant its own plans, and those without an owner when they are for all",
    async run({ store }) {
      const tenants = ["p-blue", null, "p-green", "p-blue", null, "p-blue", "p-green", "p-blue"];
      const rows = tenants.map((tenantId, index) =>
        planRows(`${index}`, { tenantId, createdAtMs: 100 - index })
      );
      for (const plan of rows) await storePlan(store, plan);
      const oldestFirst = rows.toReversed();
      const owned = oldestFirst.filter(({ plan }) => plan.tenantId === "p-blue");
      const open = oldestFirst.filter(({ plan }) => plan.tenantId !== "p-green");
      assertEquals(await readPlans(store, { tenantId: "p-blue", unowned: false }), owned);
      assertEquals(await readPlans(store, { tenantId: "p-blue", unowned: true }), open);
      assertEquals(await readPlans(store), oldestFirst);
    },
  },
  {
    name: "Store.plans shows each plan at most once, whole, while plans change",
    async run({ store }) {
      const keys = Array.from({ length: 12 }, (_, index) => `${index}`.padStart(2, "0"));
      for (const [age, key] of keys.entries()) await storePlan(store, planRows(key, { createdAtMs: age }));
      const seen: string[] = [];
      let page = 0;
      for await (const plans of store.plans("all")) {
        for (const { plan, placements } of plans) {
          seen.push(plan.id);
          assertEquals(placements.length, 2, "A plan is shown with all its placements");
        }
        await store.deletePlan(`plan-${keys[page]}`);
        await store.deletePlan(`plan-${keys[11 - page]}`);
        const again = planRows("00", { createdAtMs: 1000 });
        await store.replacePlan({ ...again.plan, version: 2 }, again.placements);
        await storePlan(store, planRows(`new-${page}`, { createdAtMs: 5 }));
        page += 1;
      }
      assertEquals(seen.length, new Set(seen).size);
      const steady = keys.slice(4, 8).map((key) => `plan-${key}`);
      assertEquals(seen.filter((id) => steady.includes(id)), steady);
    },
  },
  {
    name: "Store lists may be left before their end",
    async run({ store }) {
      for (const [key, createdAtMs] of AGED) await storePlan(store, planRows(key, { createdAtMs }));
      for await (const _ of store.plans("all")) break;
      await storePlan(store, planRows("f"));
      assertEquals((await readAll(store.plans("all"))).length, 6);
    },
  },
];
