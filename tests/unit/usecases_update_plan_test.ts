import { assertEquals, assertNotEquals } from "@std/assert";
import {
  ADMIN,
  assignment,
  BLUE,
  done,
  locationsOf,
  refusal,
  server,
  UseCaseSite,
} from "../support/usecase_site.ts";
import type { PlanWithPlacements } from "../../src/domain/plan.ts";
import { deletePlacement } from "../../src/usecases/placements.ts";
import { deletePlan } from "../../src/usecases/plans.ts";
import { type ChangePlanBody, updatePlan } from "../../src/usecases/update_plan.ts";

function update(
  here: UseCaseSite,
  found: PlanWithPlacements,
  resources: unknown,
  changes: Partial<ChangePlanBody> = {},
) {
  return updatePlan(here.ctx, ADMIN, { found, body: { action: "update", resources, ...changes } });
}

Deno.test("updatePlan wants an object of resources", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  for (const resources of [[], null, "a", 5, undefined]) {
    assertEquals(refusal(await update(here, plan, resources)), {
      symbol: "bad_request",
      explanation: "resources must be a dictionary.",
    });
  }
});

Deno.test("updatePlan looks at the form of the original resources first, and at nothing else of them", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  const textOf = async (original_resources: Record<string, unknown>) => {
    const detail = refusal(await update(here, plan, { b: 5 }, { original_resources }));
    return detail.symbol === "valet_error" ? detail.text : null;
  };
  assertEquals(await textOf({ x: null }), "resource x: must be an object");
  assertEquals(await textOf({ x: assignment("affinity", ["nobody"]) }), "invalid resource = nobody");
  const foreign = { x: assignment("exclusivity", [], { group_name: "nobody" }) };
  assertEquals(await textOf(foreign), "resource b: must be an object");
  done(await update(here, plan, { a: server(), b: server() }, { original_resources: { other: server() } }));
});

Deno.test("updatePlan leaves a plan as it is when no server is in the new resources", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  assertEquals(await update(here, plan, { v: { type: "OS::Cinder::Volume" } }), plan);
  assertEquals(here.optimizer.asked.length, 1);
});

Deno.test("updatePlan keeps rows of known servers, adds new ones and removes the others", async () => {
  const here = new UseCaseSite();
  const hints = { metadata: { heat_resource_name: "old" } };
  const before = await here.plan("s", { gone: server(), a: server(hints), b: server(hints) }, {
    access: BLUE,
  });
  await here.boot("a");
  here.clock.advance(1000);
  const renamed = { metadata: { heat_resource_name: "new" } };
  const after = done(
    await update(here, before, { c: server(), b: server(renamed), a: server({ name: "n" }) }, {
      plan_name: "ignored",
    }),
  );
  assertEquals(after, await here.stored("s"));
  assertEquals([after.plan.id, after.plan.name, after.plan.tenantId, after.plan.version], [
    before.plan.id,
    "s",
    "p-blue",
    3,
  ]);
  const [c, b, a] = after.placements;
  assertEquals([c.orchestrationId, c.tenantId, c.reserved], ["c", "p-blue", false]);
  assertEquals(b, { ...before.placements[2], position: 1, metadata: { heat_resource_name: "new" } });
  assertEquals(a, {
    ...before.placements[1],
    position: 2,
    name: "n",
    reserved: true,
    resourceId: "nova-a",
    metadata: { heat_resource_name: "old" },
  });
  await here.assertInStep();
});

Deno.test("updatePlan pins servers in use that ask for the same, and asks the rest to stay", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server(), c: server() });
  for (const id of ["a", "b"]) await here.boot(id);
  done(await update(here, plan, { a: server(), b: server({ flavor: "v2" }), c: server(), d: server() }));
  const { directives } = here.optimizer.asked.at(-1)!;
  assertEquals(directives.map(({ serverId, stay }) => [serverId, stay]), [["a", "must"], ["b", "should"], [
    "c",
    "should",
  ]]);
});

Deno.test("updatePlan lets a server that grows stay reserved where it has to move to", async () => {
  const here = new UseCaseSite({ limits: { holdMs: 60_000 } });
  const plan = await here.plan("s", { a: server({ flavor: "v4" }) });
  const host = locationsOf(plan).a;
  await here.plan("t", { b: server({ flavor: "v4" }) }, { locations: [host] });
  await here.boot("a");
  await here.boot("b");
  const { placements: [grown] } = done(await update(here, plan, { a: server({ flavor: "v8" }) }));
  assertNotEquals(grown.location, host);
  assertEquals([grown.reserved, grown.resourceId, grown.holdExpiresAtMs], [true, "nova-a", null]);
  here.clock.advance(120_000);
  await here.assertInStep();
});

Deno.test("updatePlan changes nothing when the optimizer refuses", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  const refused = refusal(await update(here, plan, { b: server({ flavor: "v16" }) }));
  assertEquals(refused.symbol, "optimizer_refused");
  assertEquals(await here.stored("s"), plan);
  await here.assertInStep();
});

Deno.test("updatePlan refuses a server of another plan", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  await here.plan("t", { b: server() });
  assertEquals(refusal(await update(here, plan, { b: server() })), { symbol: "id_in_use", id: "b" });
  assertEquals(here.optimizer.asked.length, 2);
  await here.assertInStep();
});

Deno.test("updatePlan plans again what was deleted from the plan", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server() });
  await deletePlacement(here.ctx, plan.placements[0]);
  const after = done(await update(here, plan, { a: server(), b: server() }));
  assertEquals(Object.keys(locationsOf(after)), ["a", "b"]);
  await here.assertInStep();
});

Deno.test("updatePlan finds no plan that was deleted meanwhile", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  await deletePlan(here.ctx, plan);
  assertEquals(refusal(await update(here, plan, { a: server() })), { symbol: "plan_not_found" });
});
