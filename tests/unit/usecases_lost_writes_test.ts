import { assertEquals, assertRejects } from "@std/assert";
import { intercept } from "../support/intercept.ts";
import { ADMIN, done, locationsOf, refusal, server, UseCaseSite } from "../support/usecase_site.ts";
import { OutcomeUnknown, Rejected, Unavailable } from "../../src/ports/failures.ts";
import type { Store } from "../../src/ports/store.ts";
import type { UseCaseContext } from "../../src/usecases/context.ts";
import { applyMoves } from "../../src/usecases/apply_moves.ts";
import { createPlan } from "../../src/usecases/create_plan.ts";
import { createGroup } from "../../src/usecases/groups.ts";
import { migratePlan } from "../../src/usecases/migrate_plan.ts";
import { deletePlacement } from "../../src/usecases/placements.ts";
import { deletePlan } from "../../src/usecases/plans.ts";
import { reservePlacement } from "../../src/usecases/reserve_placement.ts";
import { updatePlan } from "../../src/usecases/update_plan.ts";

const HOSTS = ["r1h1", "r1h2", "r2h1", "r2h2"];
const GROUP = { name: "g", type: "affinity", description: "", level: null } as const;

/** Every operation that writes, on the stack `s` of the servers `a` and `b`; what it changed is in its result. */
const OPERATIONS: Readonly<
  Record<
    string,
    { readonly writes: keyof Store; run(here: UseCaseSite, ctx: UseCaseContext): Promise<unknown> }
  >
> = {
  createPlan: {
    writes: "createPlan",
    run: (_here, ctx) =>
      createPlan(ctx, ADMIN, { plan_name: "t", stack_id: "t", resources: { c: server() } }),
  },
  "createPlan in place of another": {
    writes: "replacePlan",
    run: (_here, ctx) =>
      createPlan(ctx, ADMIN, { plan_name: "s", stack_id: "s", resources: { a: server(), c: server() } }),
  },
  updatePlan: {
    writes: "replacePlan",
    run: async (here, ctx) => {
      const body = { action: "update", resources: { b: server({ flavor: "v2" }) } } as const;
      return await updatePlan(ctx, ADMIN, { found: await here.stored("s"), body });
    },
  },
  migratePlan: {
    writes: "changePlacements",
    run: async (here, ctx) => {
      const body = { action: "migrate", resources: ["a"] } as const;
      return await migratePlan(ctx, ADMIN, { found: await here.stored("s"), body });
    },
  },
  applyMoves: {
    writes: "changePlacementsOfPlans",
    run: async (here, ctx) => {
      const [{ orchestrationId: serverId, location: from }] = (await here.stored("s")).placements;
      return await applyMoves(ctx, [{ serverId, from, to: "r2h2", live: true }]);
    },
  },
  "reservePlacement where it is planned": {
    writes: "changePlacements",
    run: async (here, ctx) => {
      const [found] = (await here.stored("s")).placements;
      return await reservePlacement(ctx, { found, body: { action: "reserve", locations: HOSTS } });
    },
  },
  "reservePlacement elsewhere": {
    writes: "changePlacements",
    run: async (here, ctx) => {
      const [found] = (await here.stored("s")).placements;
      const locations = HOSTS.filter((host) => host !== found.location);
      return await reservePlacement(ctx, { found, body: { action: "reserve", locations } });
    },
  },
  deletePlan: {
    writes: "deletePlan",
    run: async (here, ctx) => await deletePlan(ctx, await here.stored("s")),
  },
  deletePlacement: {
    writes: "deletePlacement",
    run: async (here, ctx) => await deletePlacement(ctx, (await here.stored("s")).placements[0]),
  },
};

async function plannedSite(): Promise<UseCaseSite> {
  const here = new UseCaseSite({ limits: { holdMs: 3_600_000 } });
  await here.plan("s", { a: server({ flavor: "v4" }), b: server({ flavor: "v4" }) });
  return here;
}

/** Everything stored, as text: no row is compared by identity. */
async function rows(here: UseCaseSite): Promise<string> {
  const stacks = ["s", "t"].map((stackId) => here.ctx.store.planByStack(stackId));
  return JSON.stringify(await Promise.all(stacks));
}

for (const [name, { writes, run }] of Object.entries(OPERATIONS)) {
  Deno.test(`${name} gives back what it booked when the store fails`, async () => {
    const here = await plannedSite();
    const before = await rows(here);
    here.storeFaults.fail(writes);
    await assertRejects(() => run(here, here.ctx), Unavailable);
    here.storeFaults.heal();
    assertEquals(await rows(here), before);
    await here.assertInStep();
  });

  Deno.test(`${name} succeeds when its write was done although the answer got lost`, async () => {
    const here = await plannedSite();
    const twin = await plannedSite();
    here.storeFaults.lose(writes);
    const result = await run(here, here.ctx);
    here.storeFaults.heal();
    assertEquals(result, await run(twin, twin.ctx));
    assertEquals(await rows(here), await rows(twin));
    await here.assertInStep();
  });

  Deno.test(`${name} throws Unavailable when its lost write was not done`, async () => {
    const here = await plannedSite();
    const before = await rows(here);
    const lost = () => Promise.reject(new OutcomeUnknown("store", "No answer"));
    const store = intercept(here.ctx.store, () => ({ [writes]: lost }));
    await assertRejects(() => run(here, { ...here.ctx, store }), Unavailable);
    assertEquals(await rows(here), before);
    await here.assertInStep();
  });
}

Deno.test("createPlan keeps holding what may have been stored when that can't be read", async () => {
  const here = await plannedSite();
  here.storeFaults.lose("createPlan");
  here.storeFaults.fail("planById");
  const body = { plan_name: "t", stack_id: "t", resources: { c: server({ flavor: "v4" }) } };
  await assertRejects(() => createPlan(here.ctx, ADMIN, body), OutcomeUnknown);
  here.storeFaults.heal();
  await here.assertInStep();
  const { placements } = done((await createPlan(here.ctx, ADMIN, body))!);
  assertEquals(placements, (await here.stored("t")).placements, "the retry is in step as well");
  await here.assertInStep();
});

for (const name of ["reservePlacement where it is planned", "reservePlacement elsewhere"]) {
  Deno.test(`${name} holds without an end what may be reserved when that can't be read`, async () => {
    const here = await plannedSite();
    const [found] = (await here.stored("s")).placements;
    const store = intercept(here.ctx.store, (inner) => {
      let written = false;
      return {
        changePlacements: async (...changed: Parameters<Store["changePlacements"]>) => {
          await inner.changePlacements(...changed);
          written = true;
          throw new OutcomeUnknown("store", "No answer");
        },
        planById: (id: string) =>
          written ? Promise.reject(new Unavailable("store", "Away")) : inner.planById(id),
      };
    });
    await assertRejects(() => OPERATIONS[name].run(here, { ...here.ctx, store }), OutcomeUnknown);
    const [after] = (await here.stored("s")).placements;
    assertEquals([after.id, after.reserved], [found.id, true]);
    here.clock.advance(3_600_001);
    await here.assertInStep();
  });
}

Deno.test("deletePlan gives back what an update took while it waited", async () => {
  const here = await plannedSite();
  const found = await here.stored("s");
  await OPERATIONS.updatePlan.run(here, here.ctx);
  const body = { action: "update", resources: { n: server({ flavor: "v2" }) } } as const;
  done(await updatePlan(here.ctx, ADMIN, { found: await here.stored("s"), body }));
  here.storeFaults.lose("deletePlan");
  assertEquals(await deletePlan(here.ctx, found), undefined);
  here.storeFaults.heal();
  await here.assertInStep();
  assertEquals(refusal(await deletePlan(here.ctx, found)), { symbol: "plan_not_found" });
});

Deno.test("createPlan corrects with its next try what is held although nothing was stored", async () => {
  const here = await plannedSite();
  const body = { plan_name: "t", stack_id: "t", resources: { c: server({ flavor: "v4" }) } };
  const store = intercept(here.ctx.store, () => ({
    createPlan: () => Promise.reject(new OutcomeUnknown("store", "No answer")),
    planById: () => Promise.reject(new Unavailable("store", "Away")),
  }));
  await assertRejects(() => createPlan({ ...here.ctx, store }, ADMIN, body), OutcomeUnknown);
  assertEquals([...here.optimizer.open], []);
  done((await createPlan(here.ctx, ADMIN, body))!);
  await here.assertInStep();
});

Deno.test("A plan that another process changed in between is left to it", async () => {
  const here = await plannedSite();
  const { plan } = await here.stored("s");
  const store = intercept(here.ctx.store, (inner) => ({
    replacePlan: async (next, placements) => {
      await inner.changePlacements(plan.id, plan.version, []);
      return await inner.replacePlan(next, placements);
    },
    changePlacements: () => Promise.resolve(false),
  }));
  const ctx = { ...here.ctx, store };
  await assertRejects(() => OPERATIONS.updatePlan.run(here, ctx), Unavailable);
  await assertRejects(() => OPERATIONS.migratePlan.run(here, ctx), Unavailable);
  await assertRejects(() => OPERATIONS["reservePlacement where it is planned"].run(here, ctx), Unavailable);
  await here.assertInStep();
});

Deno.test("A lost write is not mistaken for the write of another process", async () => {
  const here = await plannedSite();
  const { plan, placements } = await here.stored("s");
  const store = intercept(here.ctx.store, (inner) => ({
    changePlacements: async () => {
      await inner.changePlacements(plan.id, plan.version, [{ ...placements[1], resourceId: "theirs" }]);
      throw new OutcomeUnknown("store", "No answer");
    },
  }));
  await assertRejects(() => OPERATIONS.migratePlan.run(here, { ...here.ctx, store }), Unavailable);
  assertEquals([...here.optimizer.open], []);
  assertEquals(locationsOf(await here.stored("s")), locationsOf({ plan, placements }));
});

Deno.test("createPlan tells which id another process took in between", async () => {
  const here = await plannedSite();
  const store = intercept(here.ctx.store, () => ({ createPlan: () => Promise.resolve({ takenId: "c" }) }));
  const refused = await OPERATIONS.createPlan.run(here, { ...here.ctx, store });
  assertEquals(refusal(refused), { symbol: "id_in_use", id: "c" });
  await here.assertInStep();
});

Deno.test("createPlan settles its booking even when storing it reveals a bug", async () => {
  const here = await plannedSite();
  const store = intercept(here.ctx.store, () => ({
    createPlan: () => Promise.reject(new TypeError("A bug")),
  }));
  await assertRejects(() => OPERATIONS.createPlan.run(here, { ...here.ctx, store }), TypeError, "A bug");
  await here.assertInStep();
});

Deno.test("createGroup reads whether a lost write was done, and tells what can't be stored", async () => {
  const here = await plannedSite();
  here.storeFaults.lose("createGroup");
  assertEquals(done(await createGroup(here.ctx, GROUP)).name, "g");
  here.storeFaults.heal();
  const failing = (error: Error) => ({
    ...here.ctx,
    store: intercept(here.ctx.store, () => ({ createGroup: () => Promise.reject(error) })),
  });
  const unknown = failing(new OutcomeUnknown("store", "No answer"));
  await assertRejects(() => createGroup(unknown, { ...GROUP, name: "h" }), Unavailable);
  const rejected = failing(new Rejected("store", "The file is damaged"));
  assertEquals(refusal(await createGroup(rejected, { ...GROUP, name: "h" })), { symbol: "group_not_stored" });
});
