import { assertEquals, assertNotEquals } from "@std/assert";
import {
  ADMIN,
  assignment,
  done,
  locationsOf,
  refusal,
  server,
  UseCaseSite,
} from "../support/usecase_site.ts";
import { expireHolds } from "../../src/usecases/expire_holds.ts";
import { removeMember } from "../../src/usecases/members.ts";
import { migratePlan } from "../../src/usecases/migrate_plan.ts";
import { reservePlacement, type ReservePlacementBody } from "../../src/usecases/reserve_placement.ts";
import { updatePlan } from "../../src/usecases/update_plan.ts";

const HOSTS = ["r1h1", "r1h2", "r2h1", "r2h2"];
const HOLD_MS = 900_000;

/** The site of a stack `s` with the server `a`, which fills a host, and a hold on it with an end. */
async function heldSite(): Promise<UseCaseSite> {
  const here = new UseCaseSite({ limits: { holdMs: HOLD_MS } });
  await here.plan("s", { a: server({ flavor: "v8" }) });
  return here;
}

async function reserve(here: UseCaseSite, body: Partial<ReservePlacementBody> = {}) {
  const found = (await here.ctx.store.placementByOrchestrationId("a"))!;
  return await reservePlacement(here.ctx, { found, body: { action: "reserve", locations: HOSTS, ...body } });
}

async function migrate(here: UseCaseSite) {
  const body = { action: "migrate", resources: ["a"] } as const;
  return done(await migratePlan(here.ctx, ADMIN, { found: await here.stored("s"), body }));
}

/** Takes all the room of a host. */
async function fill(here: UseCaseSite, host: string): Promise<void> {
  const access = ADMIN;
  await here.plan(`on ${host}`, { [`filler of ${host}`]: server({ flavor: "v8" }) }, {
    access,
    locations: [host],
  });
}

Deno.test("A hold ends at its time: the room is free, the row stays", async () => {
  const here = await heldSite();
  const { placements: [row] } = await here.stored("s");
  assertEquals(row.holdExpiresAtMs, here.clock.nowMs() + HOLD_MS);
  here.clock.advance(HOLD_MS - 1);
  assertEquals(here.room(row.location), 0);
  here.clock.advance(1);
  assertEquals(here.room(row.location), 8);
  await expireHolds(here.ctx);
  assertEquals((await here.stored("s")).placements, [row]);
  await here.assertInStep();
});

Deno.test("A hold has no end once the server is reserved", async () => {
  const here = await heldSite();
  assertEquals(done(await reserve(here)).holdExpiresAtMs, null);
  here.clock.advance(2 * HOLD_MS);
  assertEquals(here.room((await here.stored("s")).placements[0].location), 0);
  await here.assertInStep();
});

Deno.test("A hold begins anew with each create and update of its plan", async () => {
  const here = await heldSite();
  const { placements: [row] } = await here.stored("s");
  const resources = { a: server({ flavor: "v8" }) };
  const contacts = [
    () => here.plan("s", resources),
    async () => {
      const body = { action: "update", resources } as const;
      return done(await updatePlan(here.ctx, ADMIN, { found: await here.stored("s"), body }));
    },
  ];
  for (const contact of contacts) {
    here.clock.advance(HOLD_MS - 1);
    const { placements } = await contact();
    assertEquals(placements, [{ ...row, holdExpiresAtMs: here.clock.nowMs() + HOLD_MS }]);
    await here.assertInStep();
  }
  here.clock.advance(HOLD_MS - 1);
  assertEquals(here.room(row.location), 0);
  await here.assertInStep();
});

Deno.test("A hold begins anew for the servers that a replan or a migration of another leaves", async () => {
  const here = new UseCaseSite({ limits: { holdMs: HOLD_MS } });
  await here.plan("s", { a: server(), b: server({ flavor: "v4" }) });
  const b = async () => (await here.stored("s")).placements[1];
  const { location } = await b();
  here.clock.advance(HOLD_MS - 1);
  done(await reserve(here, { locations: HOSTS.filter((host) => host !== location) }));
  here.clock.advance(HOLD_MS - 1);
  await migrate(here);
  here.clock.advance(HOLD_MS - 1);
  assertEquals((await b()).holdExpiresAtMs, here.clock.nowMs() + 1);
  assertEquals(here.room(location) <= 4, true);
  await here.assertInStep();
});

Deno.test("A create takes the room of an ended hold again", async () => {
  const here = await heldSite();
  const before = await here.stored("s");
  here.clock.advance(HOLD_MS);
  const after = await here.plan("s", { a: server({ flavor: "v8" }) });
  assertEquals([after.plan.id, locationsOf(after)], [before.plan.id, locationsOf(before)]);
  assertEquals(here.room(locationsOf(after).a), 0);
  await here.assertInStep();
});

Deno.test("A create plans anew when the room of an ended hold is taken", async () => {
  const here = await heldSite();
  const before = locationsOf(await here.stored("s"));
  here.clock.advance(HOLD_MS);
  await fill(here, before.a);
  assertNotEquals(locationsOf(await here.plan("s", { a: server({ flavor: "v8" }) })), before);
  await here.assertInStep();
});

Deno.test("A reservation takes the room of an ended hold again, through the optimizer", async () => {
  const here = await heldSite();
  const before = locationsOf(await here.stored("s")).a;
  here.clock.advance(HOLD_MS);
  assertEquals(done(await reserve(here)).location, before);
  assertEquals(here.decisions, ["create placed", "replan placed"]);
  here.clock.advance(2 * HOLD_MS);
  await here.assertInStep();
});

Deno.test("A reservation finds another candidate when the room of an ended hold is taken", async () => {
  const here = await heldSite();
  const before = locationsOf(await here.stored("s")).a;
  here.clock.advance(HOLD_MS);
  await fill(here, before);
  assertEquals(refusal(await reserve(here, { locations: [before] })).symbol, "optimizer_refused");
  assertNotEquals(done(await reserve(here)).location, before);
  await here.assertInStep();
});

Deno.test("A reservation shortly before the end of a hold goes through the optimizer too", async () => {
  const here = await heldSite();
  here.clock.advance(HOLD_MS - 10_000);
  done(await reserve(here));
  assertEquals(here.decisions.at(-1), "replan placed");
  const other = await heldSite();
  other.clock.advance(HOLD_MS - 10_001);
  done(await reserve(other));
  assertEquals(other.decisions, ["create placed"]);
  for (const each of [here, other]) await each.assertInStep();
});

Deno.test("A migration that nobody confirms falls back to the old host", async () => {
  const here = await heldSite();
  const reserved = done(await reserve(here, { resource_id: "nova-a" }));
  const { placements: [moved] } = await migrate(here);
  assertEquals([moved.origin, moved.reserved], [reserved.location, false]);
  here.clock.advance(HOLD_MS);
  await expireHolds(here.ctx);
  assertEquals((await here.stored("s")).placements, [reserved]);
  assertEquals([here.room(reserved.location), here.room(moved.location)], [0, 8]);
  await here.assertInStep();
  here.clock.advance(2 * HOLD_MS);
  await here.assertInStep();
});

Deno.test("A server that fell back is reserved where it is, whether or not that was written down", async () => {
  for (const swept of [true, false]) {
    const here = await heldSite();
    const { location } = done(await reserve(here, { resource_id: "nova-a" }));
    const { placements: [moved] } = await migrate(here);
    here.clock.advance(HOLD_MS);
    if (swept) await expireHolds(here.ctx);
    assertEquals(done(await reserve(here, { locations: [location] })).location, location);
    assertEquals([here.room(location), here.room(moved.location)], [0, 8]);
    await here.assertInStep();
  }
});

Deno.test("A server that fell back stays where it is rather than where it was to go", async () => {
  const here = await heldSite();
  const { location } = done(await reserve(here, { resource_id: "nova-a" }));
  const { placements: [moved] } = await migrate(here);
  here.clock.advance(HOLD_MS);
  assertEquals(done(await reserve(here, { locations: [moved.location, location] })).location, location);
  await here.assertInStep();
});

Deno.test("A server with a Nova id is planned anew once its hold has ended and its room is taken", async () => {
  const here = await heldSite();
  const first = done(await reserve(here, { resource_id: "nova-a" })).location;
  const a = server({ flavor: "v8" });
  const { location } = (await here.plan("s", { a }, { locations: HOSTS.filter((host) => host !== first) }))
    .placements[0];
  here.clock.advance(HOLD_MS);
  await fill(here, location);
  const moved = await here.plan("s", { a, b: server() });
  assertNotEquals(moved.placements[0].location, location);
  await here.assertInStep();
});

Deno.test("A server that fell back is pinned and can migrate again before that is written down", async () => {
  const here = await heldSite();
  const { location } = done(await reserve(here, { resource_id: "nova-a" }));
  await migrate(here);
  here.clock.advance(HOLD_MS);
  const updated = await here.plan("s", { a: server({ flavor: "v8" }), b: server() });
  assertEquals([updated.placements[0].location, updated.placements[0].reserved], [location, true]);
  await here.assertInStep();
  const { placements: [again] } = await migrate(here);
  assertEquals([again.origin, again.reserved], [location, false]);
  await here.assertInStep();
});

Deno.test("A migration lets servers go whose holds have ended, and holds no old host for them", async () => {
  const here = new UseCaseSite({ limits: { holdMs: HOLD_MS } });
  await here.plan("s", { a: server(), b: server({ flavor: "v8" }) });
  done(await reserve(here));
  const before = await here.stored("s");
  here.clock.advance(HOLD_MS);
  await fill(here, before.placements[1].location);
  const { placements: [a, b] } = await migrate(here);
  assertEquals(a.origin, before.placements[0].location);
  assertNotEquals(b.location, before.placements[1].location);
  assertEquals([b.origin, b.reserved], [null, false]);
  await here.assertInStep();
});

Deno.test("expireHolds leaves plans alone whose migrations are still held, and everything when holds have no end", async () => {
  const here = await heldSite();
  done(await reserve(here, { resource_id: "nova-a" }));
  const moved = await migrate(here);
  here.clock.advance(HOLD_MS - 1);
  await expireHolds(here.ctx);
  assertEquals(await here.stored("s"), moved);
  here.clock.advance(1);
  await expireHolds({ ...here.ctx, limits: { ...here.ctx.limits, holdMs: 0 } });
  assertEquals(await here.stored("s"), moved);
});

Deno.test("A server whose hold has ended keeps nobody in a group", async () => {
  const here = new UseCaseSite({ limits: { holdMs: HOLD_MS } });
  const group = await here.group("mine", { members: ["p-admin"] });
  await here.plan("s", { a: server(), r: assignment("exclusivity", ["a"], { group_name: "mine" }) });
  assertEquals(refusal(await removeMember(here.ctx, group, "p-admin")).symbol, "member_has_servers");
  here.clock.advance(HOLD_MS);
  assertEquals(await removeMember(here.ctx, group, "p-admin"), undefined);
});
