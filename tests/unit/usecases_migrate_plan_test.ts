import { assert, assertEquals, assertNotEquals } from "@std/assert";
import {
  ADMIN,
  assignment,
  done,
  locationsOf,
  refusal,
  server,
  UseCaseSite,
} from "../support/usecase_site.ts";
import type { PlanWithPlacements } from "../../src/domain/plan.ts";
import { migratePlan } from "../../src/usecases/migrate_plan.ts";
import { deletePlacement } from "../../src/usecases/placements.ts";
import { deletePlan } from "../../src/usecases/plans.ts";
import type { ChangePlanBody } from "../../src/usecases/update_plan.ts";

function migrate(
  here: UseCaseSite,
  found: PlanWithPlacements,
  resources: unknown,
  changes: Partial<ChangePlanBody> = {},
) {
  return migratePlan(here.ctx, ADMIN, { found, body: { action: "migrate", resources, ...changes } });
}

Deno.test("migratePlan moves one server, takes its reservation and holds both hosts", async () => {
  const here = new UseCaseSite();
  const before = await here.plan("s", { a: server({ flavor: "v8" }), b: server() });
  await here.boot("a");
  await here.boot("b");
  const stored = await here.stored("s");
  const after = done(await migrate(here, before, ["nova-a"]));
  assertEquals(after, await here.stored("s"));
  const [a, b] = after.placements;
  assertEquals(b, stored.placements[1]);
  assertNotEquals(a.location, locationsOf(before).a);
  assertEquals(a, {
    ...stored.placements[0],
    location: a.location,
    reserved: false,
    origin: locationsOf(before).a,
  });
  assertEquals([here.room(a.location), here.room(a.origin!)], [0, 0]);
  await here.assertInStep();
  await here.boot("a");
  assertEquals(here.room(locationsOf(before).a), 8, "the old host is free again");
  assertEquals((await here.stored("s")).placements[0].origin, null);
  await here.assertInStep();
});

Deno.test("migratePlan wants exactly one server", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server() });
  for (const resources of [[], ["a", "b"], "a", { a: {} }, null]) {
    assertEquals(refusal(await migrate(here, plan, resources)), {
      symbol: "bad_request",
      explanation: "resources must be a list of length 1.",
    });
  }
});

Deno.test("migratePlan looks for the server in this plan alone", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  await here.plan("t", { b: server() });
  await here.boot("b");
  const unknown: [unknown, string][] = [
    ["b", "b"],
    ["nova-b", "nova-b"],
    ["", ""],
    [null, "null"],
    [5, "5"],
    [{ toString: null }, '{"toString":null}'],
    ["x".repeat(300), `${"x".repeat(64)}…`],
  ];
  for (const [id, text] of unknown) {
    assertEquals(refusal(await migrate(here, plan, [id])), {
      symbol: "bad_request",
      explanation: `Unknown resource or orchestration id: ${text}`,
    });
  }
});

Deno.test("migratePlan takes a resource id before an orchestration id", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { "nova-b": server(), b: server() });
  await here.boot("b");
  const after = locationsOf(done(await migrate(here, plan, ["nova-b"])));
  assertEquals(after["nova-b"], locationsOf(plan)["nova-b"]);
  assertNotEquals(after.b, locationsOf(plan).b);
});

Deno.test("migratePlan stays away from excluded hosts and the current one", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() }, { locations: ["r1h1"] });
  const after = done(await migrate(here, plan, ["a"], { excluded_hosts: ["r1h2", "r2h1", "unknown"] }));
  assertEquals(locationsOf(after), { a: "r2h2" });
  const stuck = await migrate(here, after, ["a"], { excluded_hosts: ["r1h1", "r1h2", "r2h1"] });
  assertEquals(refusal(stuck).symbol, "optimizer_refused");
  assertEquals(await here.stored("s"), after);
  await here.assertInStep();
});

Deno.test("migratePlan lets servers of the same affinity move along, and nobody else", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", {
    a: server(),
    b: server(),
    c: server(),
    pair: assignment("affinity", ["a", "b"], { level: "rack" }),
  }, { locations: ["r1h1", "r1h2"] });
  for (const id of ["a", "b", "c"]) await here.boot(id);
  const stored = await here.stored("s");
  const after = done(await migrate(here, plan, ["a"], { excluded_hosts: ["r1h1", "r1h2"] }));
  assertEquals(after.placements[2], stored.placements[2]);
  const moved = after.placements.slice(0, 2);
  assert(moved.every(({ location }) => location.startsWith("r2")));
  assertEquals(moved.map(({ reserved }) => reserved), [false, false]);
  assertEquals(
    moved.map(({ origin }) => origin),
    stored.placements.slice(0, 2).map(({ location }) => location),
  );
  await here.assertInStep();
});

Deno.test("migratePlan leaves servers of the same affinity where they may stay", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", {
    a: server(),
    b: server(),
    pair: assignment("affinity", ["a", "b"], { level: "rack" }),
  }, { locations: ["r1h1"] });
  const after = locationsOf(done(await migrate(here, plan, ["a"], { excluded_hosts: ["r1h1"] })));
  assertEquals(after, { a: "r1h2", b: "r1h1" });
});

Deno.test("A server that migrates is pinned for all others until it is reserved again", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server() });
  await here.boot("a");
  done(await migrate(here, plan, ["a"]));
  done(await migrate(here, plan, ["b"]));
  await here.plan("s", { a: server(), b: server(), c: server() });
  const [a] = here.optimizer.asked.at(-1)!.directives;
  assertEquals([a.serverId, a.stay, a.standing?.origin], ["a", "must", locationsOf(plan).a]);
  await here.assertInStep();
});

Deno.test("migratePlan follows affinity through nested and overlapping assignments", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", {
    a: server(),
    b: server(),
    c: server(),
    ab: assignment("affinity", ["a", "b"]),
    abc: assignment("affinity", ["ab", "c"]),
  });
  const after = locationsOf(done(await migrate(here, plan, ["c"])));
  assertEquals(new Set(Object.values(after)).size, 1);
  assertNotEquals(after.a, locationsOf(plan).a);
  await here.assertInStep();
});

Deno.test("migratePlan moves a migrating server on, and forgets the first host only when it comes back", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() }, { locations: ["r1h1"] });
  await here.boot("a");
  const first = done(await migrate(here, plan, ["a"], { excluded_hosts: ["r2h1", "r2h2"] }));
  const second = done(await migrate(here, plan, ["a"], { excluded_hosts: ["r1h1", "r2h2"] }));
  assertEquals([first, second].map(({ placements: [{ location, origin }] }) => [location, origin]), [
    ["r1h2", "r1h1"],
    ["r2h1", "r1h1"],
  ]);
  await here.assertInStep();
  const back = done(await migrate(here, plan, ["a"], { excluded_hosts: ["r1h2", "r2h2"] }));
  assertEquals([back.placements[0].location, back.placements[0].origin], ["r1h1", null]);
  await here.assertInStep();
});

Deno.test("A server that grows while it migrates no longer holds its old host, which may lack the room", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() }, { locations: ["r1h1"] });
  await here.boot("a");
  await migrate(here, plan, ["a"]);
  await here.plan("t", { b: server({ flavor: "v4" }) }, { locations: ["r1h1"] });
  const [a] = (await here.plan("s", { a: server({ flavor: "v8" }) })).placements;
  assertEquals(a.origin, null);
  await here.assertInStep();
});

Deno.test("migratePlan keeps a server in the group that it is in by one whose placement was deleted", async () => {
  const here = new UseCaseSite();
  await here.group("blue", { members: [ADMIN.caller.projectId] });
  const plan = await here.plan("s", {
    a: server(),
    b: server(),
    near: assignment("affinity", ["a", "b"]),
    only: assignment("exclusivity", ["a"], { group_name: "blue" }),
  });
  await deletePlacement(here.ctx, plan.placements[0]);
  await here.plan("t", { c: server() });
  const { b } = locationsOf(done(await migrate(here, plan, ["b"])));
  assertEquals(await here.optimizer.groupServers("blue"), ["b"]);
  assertNotEquals(b, locationsOf(await here.stored("t")).c);
  await here.assertInStep();
});

Deno.test("migratePlan passes over servers whose placements were deleted", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server(), r: assignment("diversity", ["a", "b"]) });
  await deletePlacement(here.ctx, plan.placements[1]);
  const after = done(await migrate(here, plan, ["a"]));
  assertEquals(Object.keys(locationsOf(after)), ["a"]);
  assertEquals(refusal(await migrate(here, plan, ["b"])).symbol, "bad_request");
  await here.assertInStep();
});

Deno.test("migratePlan takes an answer without the others, but none without the server", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server() });
  here.optimizer.distort = (decision) => ({
    ...decision,
    placements: decision.placements.filter(({ serverId }) => serverId === "a"),
  });
  const after = done(await migrate(here, plan, ["a"]));
  assertEquals(after.placements[1], plan.placements[1]);
  assertEquals(refusal(await migrate(here, plan, ["b"])), {
    symbol: "optimizer_failed",
    text: "incomplete response",
  });
  assertEquals(await here.stored("s"), after);
  await here.assertInStep();
});

Deno.test("migratePlan finds no plan that was deleted meanwhile", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  await deletePlan(here.ctx, plan);
  assertEquals(refusal(await migrate(here, plan, ["a"])), { symbol: "plan_not_found" });
});
