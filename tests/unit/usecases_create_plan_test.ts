import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { amounts, site } from "../support/engine_site.ts";
import { intercept } from "../support/intercept.ts";
import { readAll } from "../support/store_rows.ts";
import {
  ADMIN,
  assignment,
  BLUE,
  done,
  GREEN,
  locationsOf,
  refusal,
  server,
  UseCaseSite,
} from "../support/usecase_site.ts";
import { Unavailable } from "../../src/ports/failures.ts";
import { createPlan } from "../../src/usecases/create_plan.ts";
import { removeMember } from "../../src/usecases/members.ts";
import { deletePlacement } from "../../src/usecases/placements.ts";
import { deletePlan } from "../../src/usecases/plans.ts";

const HOSTS = ["r1h1", "r1h2", "r2h1", "r2h2"];

function bodyOf(stackId: string, resources: Record<string, unknown>, changes = {}) {
  return { plan_name: stackId, stack_id: stackId, resources, ...changes };
}

Deno.test("createPlan stores one placement per server, in the request's order", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("stack", {
    b: server({ name: "web", metadata: { heat_stack_name: "s", other: 1 } }),
    v: { type: "OS::Cinder::Volume" },
    a: server({ flavor: "v2" }),
    r: assignment("diversity", ["a", "web"]),
  }, { plan_name: "a name", access: BLUE });
  assertEquals(await here.stored("stack"), plan);
  assertEquals([plan.plan.name, plan.plan.tenantId, plan.plan.version], ["a name", "p-blue", 1]);
  const { location, ...first } = plan.placements[0];
  assertEquals(first, {
    id: "00000000-0000-4000-8000-000000000002",
    planId: plan.plan.id,
    tenantId: "p-blue",
    name: "web",
    orchestrationId: "b",
    resourceId: null,
    reserved: false,
    metadata: { heat_stack_name: "s" },
    demand: amounts(1, 2, 10),
    origin: null,
    holdExpiresAtMs: null,
    position: 0,
    createdAtMs: here.clock.nowMs(),
  });
  assertEquals(plan.placements[1].orchestrationId, "a");
  assertNotEquals(plan.placements[1].location, location);
  assertEquals(here.decisions, ["create placed"]);
  await here.assertInStep();
});

Deno.test("createPlan answers null for a stack without servers, after its groups were checked", async () => {
  const here = new UseCaseSite();
  assertEquals(await createPlan(here.ctx, ADMIN, bodyOf("s", { v: { type: "OS::Cinder::Volume" } })), null);
  assertEquals(await createPlan(here.ctx, ADMIN, bodyOf("s", {})), null);
  const rule = { r: assignment("exclusivity", [], { group_name: "nobody" }) };
  assertEquals(refusal(await createPlan(here.ctx, ADMIN, bodyOf("s", rule))).symbol, "valet_error");
  assertEquals([here.optimizer.asked.length, await here.ctx.store.countPlans()], [0, 0]);
});

Deno.test("createPlan places all servers on the hosts of `locations`, given once to the optimizer", async () => {
  const here = new UseCaseSite();
  const two = { a: server(), b: server() };
  assertEquals(locationsOf(await here.plan("s", two, { locations: ["r2h2"] })), { a: "r2h2", b: "r2h2" });
  const [a, b] = here.optimizer.asked[0].directives;
  assert(a.allowedHosts === b.allowedHosts);
  await here.plan("any", { c: server() }, { locations: [] });
  assertEquals(here.optimizer.asked[1].directives, []);
});

Deno.test("createPlan passes the optimizer's refusal on and stores nothing", async () => {
  const here = new UseCaseSite();
  const detail = refusal(await createPlan(here.ctx, ADMIN, bodyOf("s", { a: server({ flavor: "v16" }) })));
  assertEquals(detail.symbol, "optimizer_refused");
  assertEquals(await here.ctx.store.countPlans(), 0);
  assertEquals(here.decisions, ["create refused"]);
  await here.assertInStep();
});

Deno.test("createPlan says so when no answer comes in time", async () => {
  const here = new UseCaseSite();
  here.optimizer.late = true;
  assertEquals(refusal(await createPlan(here.ctx, ADMIN, bodyOf("s", { a: server() }))), {
    symbol: "optimizer_failed",
    text: "Timed out waiting for a response.",
  });
  assertEquals(here.decisions, ["create failed"]);
});

Deno.test("createPlan waits as long as the request says, but never longer than the limit", async () => {
  const here = new UseCaseSite({ limits: { decisionMs: 60_000 } });
  const waits: number[] = [];
  const optimizer = here.optimizer;
  const place = optimizer.place.bind(optimizer);
  Object.assign(optimizer, {
    place: (request: Parameters<typeof place>[0], { timeoutMs }: { timeoutMs: number }) => {
      waits.push(timeoutMs);
      return place(request);
    },
  });
  const timeouts = ["5 sec", "0.25 sec", "90 sec", "soon", "", "-5 sec", "0 sec", undefined];
  for (const [index, timeout] of timeouts.entries()) {
    await here.plan(`s${index}`, { [`a${index}`]: server() }, { timeout });
  }
  assertEquals(waits, [5000, 250, 60_000, 60_000, 60_000, 60_000, 60_000, 60_000]);
});

Deno.test("createPlan throws Unavailable when too many requests wait", async () => {
  const here = new UseCaseSite({ openDecisions: 0 });
  await assertRejects(() => createPlan(here.ctx, ADMIN, bodyOf("s", { a: server() })), Unavailable);
});

Deno.test("createPlan refuses an answer that lacks a server, and passes over servers nobody asked for", async () => {
  const here = new UseCaseSite();
  const extra = { serverId: "ghost", host: "r1h1", demand: amounts(1, 2, 10), origin: null };
  here.optimizer.distort = (decision) => ({ ...decision, placements: [extra, ...decision.placements] });
  assertEquals(Object.keys(locationsOf(await here.plan("more", { a: server() }))), ["a"]);
  here.optimizer.distort = (decision) => ({ ...decision, placements: decision.placements.slice(1) });
  assertEquals(refusal(await createPlan(here.ctx, ADMIN, bodyOf("less", { b: server(), c: server() }))), {
    symbol: "optimizer_failed",
    text: "incomplete response",
  });
  assertEquals(await here.ctx.store.planByStack("less"), null);
  await here.assertInStep();
});

Deno.test("createPlan answers an identical request with the stored plan, without asking the optimizer", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server({ name: "n" }) });
  const turned = { b: { name: "n", properties: { flavor: "v1" }, type: "OS::Nova::Server" }, a: server() };
  assertEquals(await here.plan("s", turned, { plan_name: "other", timeout: "1 sec" }), plan);
  assertEquals(await here.plan("s", turned, { locations: HOSTS }), plan);
  assertEquals(here.optimizer.asked.length, 1);
});

Deno.test("createPlan plans anew when a stored host is not among `locations`", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  const others = HOSTS.filter((host) => host !== locationsOf(plan).a);
  const moved = await here.plan("s", { a: server() }, { locations: others });
  assertEquals([moved.plan.id, moved.plan.version], [plan.plan.id, 2]);
  assertEquals(moved.placements[0].id, plan.placements[0].id);
  assert(others.includes(locationsOf(moved).a));
  await here.assertInStep();
});

Deno.test("createPlan replaces a plan whose resources changed, and keeps its id, owner and age", async () => {
  const here = new UseCaseSite();
  const { plan, placements } = await here.plan("s", { a: server(), b: server() }, { access: BLUE });
  here.clock.advance(1000);
  const next = await here.plan("s", { c: server(), a: server({ name: "renamed" }) }, {
    plan_name: "new name",
    access: ADMIN,
  });
  assertEquals(next.plan, {
    ...plan,
    name: "new name",
    application: next.plan.application,
    resourcesDigest: next.plan.resourcesDigest,
    version: 2,
  });
  assertEquals(next.placements.map(({ orchestrationId, name }) => [orchestrationId, name]), [["c", "c"], [
    "a",
    "renamed",
  ]]);
  assertEquals(next.placements[1].id, placements[0].id);
  assertEquals(next.placements[0].tenantId, "p-blue");
  assertEquals(await here.stored("s"), next);
  await here.assertInStep();
});

Deno.test("createPlan keeps the old plan when the new one does not fit", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  const body = bodyOf("s", { a: server(), b: server({ flavor: "v16" }) });
  assertEquals(refusal(await createPlan(here.ctx, ADMIN, body)).symbol, "optimizer_refused");
  assertEquals(await here.stored("s"), plan);
  await here.assertInStep();
});

Deno.test("createPlan leaves servers in use where they are when nothing about them changes", async () => {
  const here = new UseCaseSite();
  const before = await here.plan("s", { a: server(), b: server(), c: server({ flavor: "v2" }) });
  for (const id of ["a", "c"]) await here.boot(id);
  await here.plan("s", {
    a: server(),
    b: server(),
    c: server({ flavor: "v4" }),
    d: server(),
  });
  const stays = here.optimizer.asked.at(-1)!.directives.map(({ serverId, stay }) => [serverId, stay]);
  assertEquals(stays, [["a", "must"], ["b", "should"], ["c", "should"]]);
  const after = await here.stored("s");
  assertEquals(after.placements[0], { ...before.placements[0], reserved: true, resourceId: "nova-a" });
  await here.assertInStep();
});

Deno.test("createPlan lets a server in use go when its groups change or its host is not allowed", async () => {
  const here = new UseCaseSite();
  const apart = (...members: string[]) => assignment("diversity", members);
  const three = { a: server(), b: server(), c: server() };
  await here.plan("s", { ...three, r: apart("a", "b") });
  for (const id of ["a", "b", "c"]) await here.boot(id);
  const stays = async (resources: Record<string, unknown>, changes = {}) => {
    await here.plan("s", resources, changes);
    const { directives } = here.optimizer.asked.at(-1)!;
    return Object.fromEntries(directives.map(({ serverId, stay }) => [serverId, stay]));
  };
  const regrouped = { ...three, r: apart("a", "c") };
  assertEquals(await stays(regrouped), { a: "must", b: "should", c: "should" });
  for (const id of ["a", "b", "c"]) await here.boot(id);
  const { a, ...rest } = locationsOf(await here.stored("s"));
  const locations = HOSTS.filter((host) => host !== a);
  assertEquals(await stays({ ...regrouped, d: server() }, { locations }), {
    a: "free",
    b: rest.b === a ? "free" : "must",
    c: "must",
    d: "free",
  });
});

Deno.test("createPlan takes the reservation from a server that it moves, not its Nova id", async () => {
  const here = new UseCaseSite();
  const before = await here.plan("s", { a: server() });
  await here.boot("a");
  const locations = HOSTS.filter((host) => host !== locationsOf(before).a);
  const { placements: [after] } = await here.plan("s", { a: server() }, { locations });
  assertEquals([after.reserved, after.resourceId, after.origin], [false, "nova-a", null]);
  await here.assertInStep();
});

Deno.test("createPlan refuses ids that others use", async () => {
  const here = new UseCaseSite();
  await here.plan("mine", { a: server() }, { access: BLUE });
  const id = async (access: typeof ADMIN, stackId: string, server_id: string) =>
    refusal(await createPlan(here.ctx, access, bodyOf(stackId, { [server_id]: server() })));
  assertEquals(await id(GREEN, "mine", "x"), { symbol: "id_in_use", id: "mine" });
  assertEquals(await id(GREEN, "yours", "a"), { symbol: "id_in_use", id: "a" });
  assertEquals(await id(BLUE, "second", "a"), { symbol: "id_in_use", id: "a" });
  assertEquals(await id(ADMIN, "third", "a"), { symbol: "id_in_use", id: "a" });
  assertEquals([await here.ctx.store.countPlans(), here.optimizer.asked.length], [1, 1]);
  await here.assertInStep();
});

Deno.test("createPlan gives a server to one of two stacks that want it at the same time", async () => {
  const here = new UseCaseSite();
  const waiting = here.storeFaults.hold("createPlan");
  const both = ["s", "t"].map((stackId) =>
    createPlan(here.ctx, ADMIN, bodyOf(stackId, { a: server(), [stackId]: server() }))
  );
  await waiting;
  here.storeFaults.heal();
  const [first, second] = await Promise.all(both);
  assertEquals(Object.keys(locationsOf(done(first!))), ["a", "s"]);
  assertEquals(refusal(second), { symbol: "id_in_use", id: "a" });
  await here.assertInStep();
});

Deno.test("createPlan takes a server that another stack gives up only when its room is given back", async () => {
  for (const give of ["plan", "placement"]) {
    const here = new UseCaseSite();
    const plan = await here.plan("s", { a: server({ flavor: "v8" }) });
    const answered = Promise.withResolvers<void>();
    const late = async <T>(result: Promise<T>) => {
      await answered.promise;
      return await result;
    };
    const store = intercept(here.ctx.store, (inner) => ({
      deletePlan: (id) => late(inner.deletePlan(id)),
      deletePlacement: (id) => late(inner.deletePlacement(id)),
    }));
    const ctx = { ...here.ctx, store };
    const given = give === "plan" ? deletePlan(ctx, plan) : deletePlacement(ctx, plan.placements[0]);
    await new Promise((resolve) => setTimeout(resolve, 0));
    const taken = here.plan("t", { a: server({ flavor: "v8" }) });
    await new Promise((resolve) => setTimeout(resolve, 0));
    answered.resolve();
    await Promise.all([given, taken]);
    await here.assertInStep();
  }
});

Deno.test("createPlan makes one plan of duplicates that come at the same time", async () => {
  const here = new UseCaseSite();
  const waiting = here.storeFaults.hold("createPlan");
  const plans = Array.from({ length: 5 }, () => here.plan("s", { a: server(), b: server() }));
  await waiting;
  here.storeFaults.heal();
  const [first, ...others] = await Promise.all(plans);
  for (const other of others) assertEquals(other, first);
  assertEquals(here.optimizer.asked.length, 1);
  assertEquals((await readAll(here.ctx.store.placements({ visibility: "all" }))).length, 2);
});

Deno.test("createPlan refuses a new plan beyond the limit, and still replaces stored ones", async () => {
  const here = new UseCaseSite({ limits: { plans: 1 } });
  await here.plan("s", { a: server() });
  const refused = refusal(await createPlan(here.ctx, ADMIN, bodyOf("t", { b: server() })));
  assertEquals(refused, { symbol: "too_many_plans" });
  await here.plan("s", { a: server(), b: server() });
});

Deno.test("createPlan keeps everybody else out of hosts of an exclusivity group", async () => {
  const here = new UseCaseSite({ dataCenter: site({ racks: 1, hostsPerRack: 2 }) });
  await here.group("blue", { members: ["p-blue"] });
  const exclusive = { a: server(), r: assignment("exclusivity", ["a"], { group_name: "blue" }) };
  const { a } = locationsOf(await here.plan("s", exclusive, { access: BLUE }));
  assertNotEquals(locationsOf(await here.plan("t", { b: server() })).b, a);
  assertEquals(await here.optimizer.groupServers("blue"), ["a"]);
});

Deno.test("createPlan lets servers in use go whose companion joins an exclusivity group", async () => {
  const here = new UseCaseSite();
  await here.group("blue", { members: ["p-blue"] });
  const pair = { a: server(), b: server(), near: assignment("affinity", ["a", "b"]) };
  const before = await here.plan("s", pair, { access: BLUE });
  for (const id of ["a", "b"]) await here.boot(id);
  const { a: shared } = locationsOf(before);
  await here.plan("t", { c: server() }, { locations: [shared] });
  const alone = { ...pair, only: assignment("exclusivity", ["a"], { group_name: "blue" }) };
  const { a, b } = locationsOf(await here.plan("s", alone, { access: BLUE }));
  assertEquals(a, b);
  assertNotEquals(a, shared);
});

Deno.test("createPlan checks its groups again once nobody can leave them", async () => {
  const here = new UseCaseSite();
  const group = await here.group("blue", { members: ["p-blue"] });
  const waiting = here.storeFaults.hold("removeGroupMembers");
  const leaving = removeMember(here.ctx, group, "p-blue");
  await waiting;
  const exclusive = { a: server(), r: assignment("exclusivity", ["a"], { group_name: "blue" }) };
  const planned = createPlan(here.ctx, BLUE, bodyOf("s", exclusive));
  here.storeFaults.heal();
  assertEquals(await leaving, undefined);
  assertEquals(refusal(await planned), {
    symbol: "valet_error",
    status: 409,
    text: "Tenant ID p-blue not a member of group_name 'blue' (id-of-blue)",
  });
});

Deno.test("createPlan lets nobody leave its groups before the plan is stored", async () => {
  const here = new UseCaseSite();
  const group = await here.group("blue", { members: ["p-blue"] });
  const waiting = here.storeFaults.hold("createPlan");
  const exclusive = { a: server(), r: assignment("exclusivity", ["a"], { group_name: "blue" }) };
  const planned = createPlan(here.ctx, BLUE, bodyOf("s", exclusive));
  await waiting;
  const leaving = removeMember(here.ctx, group, "p-blue");
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(here.inventoryFaults.calls.get("projectsOf"), undefined, "the removal waits");
  here.storeFaults.heal();
  done((await planned)!);
  assertEquals(refusal(await leaving), {
    symbol: "member_has_servers",
    member: "p-blue",
    group: "blue",
    servers: ["a"],
  });
});
