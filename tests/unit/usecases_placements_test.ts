import { assertEquals } from "@std/assert";
import { planRows, readAll, storePlan } from "../support/store_rows.ts";
import { ADMIN, BLUE, done, GREEN, refusal, server, UseCaseSite } from "../support/usecase_site.ts";
import { type Access, accessOf } from "../../src/usecases/access.ts";
import { deletePlacement, findPlacement, searchPlacements } from "../../src/usecases/placements.ts";
import { deletePlan, findPlan, listPlans } from "../../src/usecases/plans.ts";
import { reservePlacement } from "../../src/usecases/reserve_placement.ts";

const ALL_UNOWNED: Access = accessOf({ projectId: "p-blue", userId: "u", roles: [] }, {
  policy: "split",
  unowned: "all",
})!;

/** Stacks of blue (a, b), green (c) and of nobody (server-old-0). */
async function sharedSite(): Promise<UseCaseSite> {
  const here = new UseCaseSite();
  const metadata = { heat_stack_name: "42", heat_resource_uuid: 42, heat_path_in_stack: [["x"], "y"] };
  await here.plan("blue", { a: server({ name: "42", metadata }), b: server({ name: "true" }) }, {
    access: BLUE,
  });
  here.clock.advance(1);
  await here.plan("green", { c: server() }, { access: GREEN });
  const [found] = (await here.stored("blue")).placements;
  const body = { action: "reserve", locations: [found.location], resource_id: "null" } as const;
  done(await reservePlacement(here.ctx, { found, body }));
  const old = planRows("old", { servers: 1, tenantId: null, createdAtMs: 0 });
  await storePlan(here.ctx.store, old);
  return here;
}

const SEARCHES: Readonly<Record<string, [query: string, found: string[]]>> = {
  "everything, oldest first": ["", ["server-old-0", "a", "b", "c"]],
  "an orchestration id": ["orchestration_id=a", ["a"]],
  "a name that looks like a number": ["name=42", ["a"]],
  "a name that looks like a boolean": ["name=true", ["b"]],
  "a name in quotes, which are part of it": ["name=%22true%22", []],
  "a Nova id that looks like null": ["resource_id=null", ["a"]],
  "what is reserved": ["reserved=true", ["a"]],
  "what is not reserved": ["reserved=false", ["server-old-0", "b", "c"]],
  "nothing for another spelling of a boolean": ["reserved=1", []],
  "all of several parameters": ["reserved=false&name=true", ["b"]],
  "nothing when one of several does not match": ["reserved=true&name=true", []],
  "nothing for a parameter that is given twice": ["name=42&name=42", []],
  "metadata as text": ["heat_stack_name=42", ["a"]],
  "metadata as JSON": ["heat_resource_uuid=42", ["a"]],
  "metadata that is a list": ["heat_path_in_stack=%5B%5B%22x%22%5D%2C%20%22y%22%5D", ["a"]],
  "nothing for metadata that differs": ["heat_path_in_stack=%5B%5B%22x%22%5D%5D", []],
  "nothing for unknown metadata": ["other=1", []],
  "nothing for inherited properties": ["constructor=x&toString=y", []],
  "nothing for an empty value": ["location=", []],
};

for (const [what, [query, found]] of Object.entries(SEARCHES)) {
  Deno.test(`searchPlacements finds ${what}`, async () => {
    const { ctx } = await sharedSite();
    const rows = await readAll(searchPlacements(ctx, ADMIN, [...new URLSearchParams(query)]));
    assertEquals(rows.map(({ orchestrationId }) => orchestrationId), found);
  });
}

Deno.test("searchPlacements compares every field of a row with itself", async () => {
  const { ctx } = await sharedSite();
  const [row] = await readAll(searchPlacements(ctx, ADMIN, [["orchestration_id", "a"]]));
  const query: [string, string][] = [
    ["id", row.id],
    ["orchestration_id", "a"],
    ["plan_id", row.planId],
    ["resource_id", "null"],
    ["location", row.location],
    ["name", "42"],
    ["reserved", "true"],
  ];
  assertEquals(await readAll(searchPlacements(ctx, ADMIN, query)), [row]);
  for (const [index, [key]] of query.entries()) {
    const wrong = query.with(index, [key, "wrong"]);
    assertEquals(await readAll(searchPlacements(ctx, ADMIN, wrong)), [], key);
  }
});

const VISIBLE: Readonly<Record<string, [access: Access, stacks: string[], servers: string[]]>> = {
  "an admin": [ADMIN, ["stack-old", "blue", "green"], ["server-old-0", "a", "b", "c"]],
  "a member": [BLUE, ["blue"], ["a", "b"]],
  "a member of another project": [GREEN, ["green"], ["c"]],
  "a member where rows without an owner are for all": [ALL_UNOWNED, ["stack-old", "blue"], [
    "server-old-0",
    "a",
    "b",
  ]],
};

for (const [who, [access, stacks, servers]] of Object.entries(VISIBLE)) {
  Deno.test(`Plans and placements of others look absent to ${who}`, async () => {
    const { ctx } = await sharedSite();
    const plans = await readAll(listPlans(ctx, access));
    assertEquals(plans.map(({ plan }) => plan.stackId), stacks);
    const rows = await readAll(searchPlacements(ctx, access, []));
    assertEquals(rows.map(({ orchestrationId }) => orchestrationId), servers);
    for (const plan of await readAll(ctx.store.plans("all"))) {
      const { id, stackId } = plan.plan;
      for (const name of [id, stackId]) {
        const found = await findPlan(ctx, access, name);
        if (stacks.includes(stackId)) assertEquals(done(found), plan);
        else assertEquals(refusal(found), { symbol: "plan_not_found" });
      }
    }
    for (const row of await readAll(searchPlacements(ctx, ADMIN, []))) {
      for (const name of [row.id, row.orchestrationId]) {
        const found = await findPlacement(ctx, access, name);
        if (servers.includes(row.orchestrationId)) assertEquals(done(found), row);
        else assertEquals(refusal(found), { symbol: "placement_not_found" });
      }
    }
  });
}

Deno.test("findPlan takes a plan's id before a stack's, findPlacement a placement's before a server's", async () => {
  const here = new UseCaseSite();
  const first = await here.plan("s", { a: server() });
  await here.plan(first.plan.id, { [first.placements[0].id]: server() });
  assertEquals(done(await findPlan(here.ctx, ADMIN, first.plan.id)), first);
  assertEquals(done(await findPlacement(here.ctx, ADMIN, first.placements[0].id)), first.placements[0]);
});

Deno.test("deletePlan removes the plan with its placements and gives their room back", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server({ flavor: "v8" }), b: server() });
  assertEquals(await deletePlan(here.ctx, plan), undefined);
  assertEquals(await readAll(here.ctx.store.placements({ visibility: "all" })), []);
  await here.assertInStep();
  assertEquals(refusal(await deletePlan(here.ctx, plan)), { symbol: "plan_not_found" });
  await here.plan("s", { a: server() });
});

Deno.test("deletePlan gives room back only after the plan is gone", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server({ flavor: "v8" }) });
  const { location } = plan.placements[0];
  const waiting = here.storeFaults.hold("deletePlan");
  const deleted = deletePlan(here.ctx, plan);
  await waiting;
  assertEquals(here.room(location), 0);
  here.storeFaults.heal();
  await deleted;
  assertEquals(here.room(location), 8);
});

Deno.test("deletePlacement removes one placement and gives its room back", async () => {
  const here = new UseCaseSite();
  const { plan, placements: [a, b] } = await here.plan("s", { a: server({ flavor: "v8" }), b: server() });
  assertEquals(await deletePlacement(here.ctx, a), undefined);
  assertEquals(await here.stored("s"), { plan: { ...plan, version: 2 }, placements: [b] });
  await here.assertInStep();
  assertEquals(refusal(await deletePlacement(here.ctx, a)), { symbol: "placement_not_found" });
  await deletePlan(here.ctx, await here.stored("s"));
  assertEquals(refusal(await deletePlacement(here.ctx, b)), { symbol: "placement_not_found" });
});
