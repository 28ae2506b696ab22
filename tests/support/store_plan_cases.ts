import { assertEquals } from "@std/assert";
import type { PlanWithPlacements } from "../../src/domain/plan.ts";
import { planRows, readAll, readPlans, storePlan } from "./store_rows.ts";
import type { StoreCase } from "./store_suite.ts";

function withVersion({ plan, placements }: PlanWithPlacements, version: number): PlanWithPlacements {
  return { plan: { ...plan, version }, placements };
}

const CREATE_CASES: readonly StoreCase[] = [
  {
    name: "Store.createPlan stores every field, found by plan id and by stack id",
    async run({ store }) {
      const rows = planRows("a", { servers: 3 });
      const [first, ...others] = rows.placements;
      const odd = {
        ...first,
        resourceId: "nova-1",
        reserved: true,
        metadata: {},
        origin: "host-9",
        holdExpiresAtMs: null,
        demand: { milliVcpu: 0, memoryMib: 2 ** 40, diskMib: 1 },
      };
      const stored = { plan: rows.plan, placements: [odd, ...others] };
      assertEquals(await store.createPlan(stored.plan, stored.placements), "created");
      assertEquals(await store.planById("plan-a"), stored);
      assertEquals(await store.planByStack("stack-a"), stored);
    },
  },
  {
    name: "Store.planById and planByStack give null for what is not there",
    async run({ store }) {
      await storePlan(store, planRows("a"));
      assertEquals(await store.planById("stack-a"), null);
      assertEquals(await store.planByStack("plan-a"), null);
      assertEquals(await store.planByStack(""), null);
    },
  },
  {
    name: "Store.createPlan gives placements back in the order of their position",
    async run({ store }) {
      const rows = planRows("a", { servers: 4 });
      await store.createPlan(rows.plan, rows.placements.toReversed());
      assertEquals(await store.planById("plan-a"), rows);
    },
  },
  {
    name: "Store.createPlan stores a plan that has no owner and no placement",
    async run({ store }) {
      const rows = await storePlan(store, planRows("a", { servers: 0, tenantId: null }));
      assertEquals(await store.planById("plan-a"), rows);
    },
  },
  {
    name: "Store.createPlan refuses a stack that has a plan, and stores nothing",
    async run({ store }) {
      const first = await storePlan(store, planRows("a"));
      const second = planRows("b");
      const outcome = await store.createPlan({ ...second.plan, stackId: "stack-a" }, second.placements);
      assertEquals(outcome, { takenId: "stack-a" });
      assertEquals(await readPlans(store), [first]);
      assertEquals(await store.placementByOrchestrationId("server-b-0"), null);
    },
  },
  {
    name: "Store.createPlan refuses a server that another plan has, and stores nothing",
    async run({ store }) {
      const first = await storePlan(store, planRows("a"));
      const { plan, placements: [zero, one] } = planRows("b");
      const outcome = await store.createPlan(plan, [zero, { ...one, orchestrationId: "server-a-1" }]);
      assertEquals(outcome, { takenId: "server-a-1" });
      assertEquals(await readPlans(store), [first]);
      assertEquals(await store.countPlans(), 1);
    },
  },
  {
    name: "Store.createPlan called at once for one stack stores one whole plan",
    async run({ store }) {
      const rivals = ["a", "b", "c"].map((key) => planRows(key));
      const outcomes = await Promise.all(
        rivals.map(({ plan, placements }) => store.createPlan({ ...plan, stackId: "one" }, placements)),
      );
      assertEquals(outcomes.filter((outcome) => outcome === "created").length, 1);
      const [stored, ...others] = await readPlans(store);
      assertEquals(others, []);
      const winner = rivals.find(({ plan }) => plan.id === stored.plan.id);
      assertEquals(stored.placements, winner?.placements);
      assertEquals((await readAll(store.placements({ visibility: "all" }))).length, 2);
    },
  },
  {
    name: "Store.countPlans follows creates and deletes, not refused ones",
    async run({ store }) {
      assertEquals(await store.countPlans(), 0);
      await Promise.all(["a", "b", "c"].map((key) => storePlan(store, planRows(key))));
      await store.createPlan({ ...planRows("d").plan, stackId: "stack-a" }, []);
      await Promise.all([store.deletePlan("plan-b"), store.deletePlan("plan-b"), store.deletePlan("plan-x")]);
      assertEquals(await store.countPlans(), 2);
    },
  },
  {
    name: "Store.plansOfServers names the plan of each placed server and leaves out the rest",
    async run({ store }) {
      await storePlan(store, planRows("a"));
      await storePlan(store, planRows("b"));
      const found = await store.plansOfServers(["server-b-0", "server-x", "server-a-1", "server-a-1"]);
      assertEquals(new Map(found), new Map([["server-a-1", "plan-a"], ["server-b-0", "plan-b"]]));
      assertEquals((await store.plansOfServers([])).size, 0);
    },
  },
];

const REPLACE_CASES: readonly StoreCase[] = [
  {
    name: "Store.replacePlan writes the plan and its placements and removes those that are missing",
    async run({ store }) {
      await storePlan(store, planRows("a", { servers: 3 }));
      const wanted = withVersion(planRows("a", { servers: 3, tenantId: "p-green" }), 2);
      const [zero, one] = wanted.placements;
      const added = { ...one, id: "placement-new", orchestrationId: "server-new", position: 2 };
      const placements = [{ ...zero, location: "host-7", reserved: true }, one, added];
      assertEquals(await store.replacePlan(wanted.plan, placements), "replaced");
      assertEquals(await store.planById("plan-a"), { plan: wanted.plan, placements });
      assertEquals(await store.placementById("placement-a-2"), null);
    },
  },
  {
    name: "Store.replacePlan changes nothing when the stored version is another or the plan is gone",
    async run({ store }) {
      const rows = await storePlan(store, planRows("a"));
      assertEquals(await store.replacePlan(withVersion(rows, 1).plan, []), "changed");
      assertEquals(await store.replacePlan(withVersion(rows, 3).plan, []), "changed");
      assertEquals(await store.replacePlan(withVersion(planRows("b"), 2).plan, []), "changed");
      assertEquals(await readPlans(store), [rows]);
    },
  },
  {
    name: "Store.replacePlan changes nothing when an id belongs to another plan",
    async run({ store }) {
      const a = await storePlan(store, planRows("a"));
      const b = await storePlan(store, planRows("b"));
      const { plan, placements } = withVersion(a, 2);
      const stolen = { ...placements[1], orchestrationId: "server-b-1" };
      assertEquals(await store.replacePlan(plan, [placements[0], stolen]), { takenId: "server-b-1" });
      assertEquals(await store.replacePlan({ ...plan, stackId: "stack-b" }, placements), {
        takenId: "stack-b",
      });
      assertEquals(await readPlans(store), [a, b]);
    },
  },
  {
    name: "Store.replacePlan lets two placements of a plan exchange their servers",
    async run({ store }) {
      const { plan, placements: [zero, one] } = withVersion(await storePlan(store, planRows("a")), 2);
      const exchanged = [
        { ...zero, orchestrationId: one.orchestrationId },
        { ...one, orchestrationId: zero.orchestrationId },
      ];
      assertEquals(await store.replacePlan(plan, exchanged), "replaced");
      assertEquals((await store.placementByOrchestrationId("server-a-1"))?.id, "placement-a-0");
      assertEquals((await store.placementByOrchestrationId("server-a-0"))?.id, "placement-a-1");
    },
  },
  {
    name: "Store.replacePlan keeps the age of the rows that stay",
    async run({ store }) {
      const before = await storePlan(store, planRows("a", { createdAtMs: 1000 }));
      const later = withVersion(planRows("a", { createdAtMs: 2000 }), 2);
      const added = { ...later.placements[1], id: "placement-new" };
      await store.replacePlan(later.plan, [later.placements[0], added]);
      const stored = await store.planById("plan-a");
      assertEquals(stored?.plan.createdAtMs, before.plan.createdAtMs);
      assertEquals(stored?.placements.map(({ createdAtMs }) => createdAtMs), [1000, 2000]);
    },
  },
  {
    name: "Store.replacePlan called at once from one version is done once",
    async run({ store }) {
      const rows = withVersion(await storePlan(store, planRows("a")), 2);
      const outcomes = await Promise.all(
        ["x", "y"].map((name) => store.replacePlan({ ...rows.plan, name }, rows.placements)),
      );
      assertEquals(outcomes.toSorted(), ["changed", "replaced"]);
      const winner = outcomes[0] === "replaced" ? "x" : "y";
      assertEquals((await store.planById("plan-a"))?.plan.name, winner);
    },
  },
];

const DELETE_CASES: readonly StoreCase[] = [
  {
    name: "Store.deletePlan removes the plan with its placements and gives back what was there",
    async run({ store }) {
      const a = await storePlan(store, planRows("a"));
      const b = await storePlan(store, planRows("b"));
      assertEquals(await store.deletePlan("plan-a"), a);
      assertEquals(await store.deletePlan("plan-a"), null);
      assertEquals(await readPlans(store), [b]);
      assertEquals(await store.placementById("placement-a-0"), null);
    },
  },
  {
    name: "Store.deletePlan frees the ids of the stack and of its servers",
    async run({ store }) {
      await storePlan(store, planRows("a"));
      await store.deletePlan("plan-a");
      const again = await storePlan(store, planRows("a", { servers: 3 }));
      assertEquals(await store.planByStack("stack-a"), again);
    },
  },
  {
    name: "Store.deletePlan called at once gives the plan to one caller",
    async run({ store }) {
      const rows = await storePlan(store, planRows("a"));
      const removed = await Promise.all([1, 2, 3].map(() => store.deletePlan("plan-a")));
      assertEquals(removed.filter((found) => found !== null), [rows]);
    },
  },
];

export const PLAN_CASES: readonly StoreCase[] = [...CREATE_CASES, ...REPLACE_CASES, ...DELETE_CASES];
