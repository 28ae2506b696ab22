import { assertEquals } from "@std/assert";
import { planRows, readAll, storePlan } from "./store_rows.ts";
import type { StoreCase } from "./store_suite.ts";

export const PLACEMENT_CASES: readonly StoreCase[] = [
  {
    name: "Store.placementById and placementByOrchestrationId find one placement or null",
    async run({ store }) {
      const { placements: [zero, one] } = await storePlan(store, planRows("a"));
      assertEquals(await store.placementById("placement-a-0"), zero);
      assertEquals(await store.placementByOrchestrationId("server-a-1"), one);
      assertEquals(await store.placementById("server-a-0"), null);
      assertEquals(await store.placementByOrchestrationId("placement-a-0"), null);
    },
  },
  {
    name: "Store.changePlacements writes the given placements and raises the plan's version",
    async run({ store }) {
      const { plan, placements: [zero, one] } = await storePlan(store, planRows("a"));
      const reserved = {
        ...one,
        resourceId: "nova-1",
        location: "host-8",
        reserved: true,
        holdExpiresAtMs: null,
        origin: "host-1",
      };
      assertEquals(await store.changePlacements("plan-a", 1, [reserved]), true);
      const stored = await store.planById("plan-a");
      assertEquals(stored, { plan: { ...plan, version: 2 }, placements: [zero, reserved] });
    },
  },
  {
    name: "Store.changePlacements changes nothing when the stored version is another or the plan is gone",
    async run({ store }) {
      const rows = await storePlan(store, planRows("a"));
      const moved = rows.placements.map((placement) => ({ ...placement, location: "host-8" }));
      assertEquals(await store.changePlacements("plan-a", 2, moved), false);
      assertEquals(await store.changePlacements("plan-x", 1, []), false);
      assertEquals(await store.planById("plan-a"), rows);
    },
  },
  {
    name: "Store.changePlacements called at once from one version is done once",
    async run({ store }) {
      const { placements: [zero, one] } = await storePlan(store, planRows("a"));
      const outcomes = await Promise.all([
        store.changePlacements("plan-a", 1, [{ ...zero, reserved: true }]),
        store.changePlacements("plan-a", 1, [{ ...one, reserved: true }]),
      ]);
      assertEquals(outcomes.toSorted(), [false, true]);
      const stored = await store.planById("plan-a");
      assertEquals(stored?.plan.version, 2);
      assertEquals(stored?.placements.map(({ reserved }) => reserved), outcomes);
    },
  },
  {
    name: "Store.changePlacements fails as a whole when one placement is not the plan's",
    async run({ store }) {
      const rows = await storePlan(store, planRows("a"));
      const { placements: [foreign] } = await storePlan(store, planRows("b"));
      const moved = { ...rows.placements[0], location: "host-8" };
      const failed = await store.changePlacements("plan-a", 1, [moved, foreign]).then(
        () => false,
        () => true,
      );
      assertEquals(failed, true);
      assertEquals(await store.planById("plan-a"), rows);
    },
  },
  {
    name: "Store.changePlacementsOfPlans changes all of the plans, or none",
    async run({ store }) {
      const [a, b] = [await storePlan(store, planRows("a")), await storePlan(store, planRows("b"))];
      const change = ({ plan: { id, version }, placements: [zero] }: typeof a) => ({
        planId: id,
        version,
        placements: [{ ...zero, location: "host-8" }],
      });
      const stale = { ...change(b), version: 2 };
      assertEquals(await store.changePlacementsOfPlans([change(a), stale]), false);
      assertEquals([await store.planById("plan-a"), await store.planById("plan-b")], [a, b]);
      assertEquals(await store.changePlacementsOfPlans([change(a), change(b)]), true);
      for (const key of ["a", "b"]) {
        const stored = await store.planById(`plan-${key}`);
        assertEquals([stored?.plan.version, stored?.placements[0].location], [2, "host-8"]);
      }
    },
  },
  {
    name: "Store.changePlacementsOfPlans fails as a whole when one placement is not the plan's",
    async run({ store }) {
      const [a, b] = [await storePlan(store, planRows("a")), await storePlan(store, planRows("b"))];
      const placements = [{ ...a.placements[0], location: "host-8" }];
      const changes = ["plan-a", "plan-b"].map((planId) => ({ planId, version: 1, placements }));
      const failed = await store.changePlacementsOfPlans(changes).then(() => false, () => true);
      assertEquals(failed, true);
      assertEquals([await store.planById("plan-a"), await store.planById("plan-b")], [a, b]);
    },
  },
  {
    name: "Store.deletePlacement removes one placement and raises the plan's version",
    async run({ store }) {
      const { plan, placements: [zero, one] } = await storePlan(store, planRows("a"));
      assertEquals(await store.deletePlacement("placement-a-0"), zero);
      assertEquals(await store.deletePlacement("placement-a-0"), null);
      const stored = await store.planById("plan-a");
      assertEquals(stored, { plan: { ...plan, version: 2 }, placements: [one] });
      assertEquals((await store.plansOfServers(["server-a-0"])).size, 0);
    },
  },
  {
    name: "Store.placements finds by each indexed field, and by several at once",
    async run({ store }) {
      const a = await storePlan(store, planRows("a"));
      const b = await storePlan(store, planRows("b"));
      const known = { ...b.placements[0], resourceId: "nova-1" };
      await store.changePlacements("plan-b", 1, [known]);
      const find = (query: object) => readAll(store.placements({ visibility: "all", ...query }));
      assertEquals(await find({ id: "placement-a-0" }), [a.placements[0]]);
      assertEquals(await find({ orchestrationId: "server-a-1" }), [a.placements[1]]);
      assertEquals(await find({ resourceId: "nova-1" }), [known]);
      assertEquals(await find({ planId: "plan-a" }), a.placements);
      assertEquals(await find({ planId: "plan-b", resourceId: "nova-1" }), [known]);
      assertEquals(await find({ planId: "plan-a", resourceId: "nova-1" }), []);
      assertEquals(await find({ resourceId: "" }), []);
    },
  },
  {
    name: "Store.placements shows a tenant only what it may see, whatever is asked",
    async run({ store }) {
      const blue = await storePlan(store, planRows("a"));
      await storePlan(store, planRows("b", { tenantId: "p-green" }));
      const nobody = await storePlan(store, planRows("c", { tenantId: null }));
      const strict = { tenantId: "p-blue", unowned: false };
      const open = { tenantId: "p-blue", unowned: true };
      const find = (query: Parameters<typeof store.placements>[0]) => readAll(store.placements(query));
      assertEquals(await find({ visibility: strict }), blue.placements);
      assertEquals(await find({ visibility: open }), [...blue.placements, ...nobody.placements]);
      assertEquals(await find({ visibility: strict, planId: "plan-a" }), blue.placements);
      assertEquals(await find({ visibility: strict, planId: "plan-b" }), []);
      assertEquals(await find({ visibility: strict, planId: "plan-c" }), []);
      assertEquals(await find({ visibility: open, planId: "plan-c" }), nobody.placements);
    },
  },
];
