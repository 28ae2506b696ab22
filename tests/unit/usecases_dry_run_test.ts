import { assertEquals, assertNotEquals } from "@std/assert";
import { intercept } from "../support/intercept.ts";
import { ADMIN, done, locationsOf, server, UseCaseSite } from "../support/usecase_site.ts";
import { createPlan } from "../../src/usecases/create_plan.ts";
import { migratePlan } from "../../src/usecases/migrate_plan.ts";
import { reservePlacement } from "../../src/usecases/reserve_placement.ts";
import { updatePlan } from "../../src/usecases/update_plan.ts";

const HOLD_MS = 60_000;
const DRY = { dryRun: true };
const large = () => server({ flavor: "v8" });
const bodyOf = (stackId: string, resources: Record<string, unknown>) => ({
  plan_name: stackId,
  stack_id: stackId,
  resources,
});

/** A site with a stack of two servers whose hold is half over. */
async function halfHeld() {
  const here = new UseCaseSite({ limits: { holdMs: HOLD_MS } });
  const found = await here.plan("s", { a: server(), b: large() });
  here.clock.advance(HOLD_MS / 2);
  return { here, found };
}

/** Fails unless the stack and its room are as they were, and its hold still ends when it would have. */
async function assertUntouched({ here, found }: Awaited<ReturnType<typeof halfHeld>>): Promise<void> {
  assertEquals(await here.stored("s"), found);
  await here.assertInStep();
  const [{ location }] = found.placements;
  assertEquals(here.room(location) < 8, true);
  here.clock.advance(HOLD_MS / 2);
  assertEquals(here.room(location), 8);
  await here.assertInStep();
}

Deno.test("createPlan answers a dry run with a plan of a fresh id, and stores and holds nothing", async () => {
  const here = new UseCaseSite();
  const body = bodyOf("s", { a: large(), b: large() });
  const dry = done((await createPlan(here.ctx, ADMIN, body, DRY))!);
  assertEquals(await here.ctx.store.planById(dry.plan.id), null);
  assertEquals(await here.ctx.store.planByStack("s"), null);
  for (const host of Object.values(locationsOf(dry))) assertEquals(here.room(host), 8);
  await here.assertInStep();
  const real = await here.plan("s", body.resources);
  assertEquals(locationsOf(real), locationsOf(dry));
  assertNotEquals(real.plan.id, dry.plan.id);
});

Deno.test("createPlan leaves a plan that a dry run would replace as it is", async () => {
  const { here, found } = await halfHeld();
  const body = bodyOf("s", { b: server(), c: large(), d: large() });
  const dry = done((await createPlan(here.ctx, ADMIN, body, DRY))!);
  assertEquals([dry.plan.id, Object.keys(locationsOf(dry))], [found.plan.id, ["b", "c", "d"]]);
  await assertUntouched({ here, found });
});

Deno.test("createPlan does not let a repeated request prolong the hold in a dry run", async () => {
  const { here, found } = await halfHeld();
  const body = bodyOf("s", { a: server(), b: large() });
  const dry = done((await createPlan(here.ctx, ADMIN, body, DRY))!);
  assertEquals(locationsOf(dry), locationsOf(found));
  await assertUntouched({ here, found });
});

Deno.test("updatePlan answers a dry run with the plan as it would be, and leaves it as it is", async () => {
  const { here, found } = await halfHeld();
  const body = { action: "update", resources: { a: large(), c: large() } } as const;
  const dry = done(await updatePlan(here.ctx, ADMIN, { found, body, ...DRY }));
  assertEquals([dry.plan.id, Object.keys(locationsOf(dry))], [found.plan.id, ["a", "c"]]);
  await assertUntouched({ here, found });
});

Deno.test("updatePlan tells the optimizer of no reserved server in a dry run", async () => {
  const { here } = await halfHeld();
  const placement = (await here.ctx.store.placementByOrchestrationId("a"))!;
  done(
    await reservePlacement(here.ctx, {
      found: placement,
      body: { action: "reserve", locations: [placement.location] },
    }),
  );
  let confirmed = 0;
  const optimizer = intercept(here.optimizer, () => ({ confirm: () => void confirmed++ }));
  const ctx = { ...here.ctx, optimizer };
  const body = { action: "update", resources: { a: server(), b: large() } } as const;
  const found = await here.stored("s");
  done(await updatePlan(ctx, ADMIN, { found, body, ...DRY }));
  assertEquals(confirmed, 0);
  done(await updatePlan(ctx, ADMIN, { found, body }));
  assertEquals(confirmed, 1);
});

Deno.test("updatePlan places the servers where its dry run did", async () => {
  const { here, found } = await halfHeld();
  const body = { action: "update", resources: { a: large(), c: large() } } as const;
  const dry = done(await updatePlan(here.ctx, ADMIN, { found, body, ...DRY }));
  const real = done(await updatePlan(here.ctx, ADMIN, { found, body }));
  assertEquals(locationsOf(real), locationsOf(dry));
});

Deno.test("migratePlan answers a dry run with the server moved, and leaves it where it is", async () => {
  const { here, found } = await halfHeld();
  const body = { action: "migrate", resources: ["b"] } as const;
  const dry = done(await migratePlan(here.ctx, ADMIN, { found, body, ...DRY }));
  assertNotEquals(locationsOf(dry).b, locationsOf(found).b);
  await assertUntouched({ here, found });
});
