import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { amounts, site } from "../support/engine_site.ts";
import { assignment, done, locationsOf, refusal, server, UseCaseSite } from "../support/usecase_site.ts";
import { deletePlan } from "../../src/usecases/plans.ts";
import { reservePlacement, type ReservePlacementBody } from "../../src/usecases/reserve_placement.ts";

const HOSTS = ["r1h1", "r1h2", "r2h1", "r2h2"];

async function reserve(here: UseCaseSite, orchestrationId: string, body: Partial<ReservePlacementBody>) {
  const found = (await here.ctx.store.placementByOrchestrationId(orchestrationId))!;
  return await reservePlacement(here.ctx, { found, body: { action: "reserve", locations: [], ...body } });
}

Deno.test("reservePlacement reserves where the server is planned, without asking the optimizer", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  const row = done(await reserve(here, "a", { locations: HOSTS, resource_id: "nova-a" }));
  assertEquals(row, { ...plan.placements[0], reserved: true, resourceId: "nova-a" });
  assertEquals(await here.stored("s"), { plan: { ...plan.plan, version: 2 }, placements: [row] });
  assertEquals(here.optimizer.asked.length, 1);
  await here.assertInStep();
});

Deno.test("reservePlacement is idempotent, and keeps the Nova id unless it gets another", async () => {
  const here = new UseCaseSite();
  await here.plan("s", { a: server() });
  const first = done(await reserve(here, "a", { locations: HOSTS, resource_id: "nova-a" }));
  for (const resource_id of ["nova-a", "", undefined]) {
    assertEquals(done(await reserve(here, "a", { locations: HOSTS, resource_id })), first);
  }
  assertEquals((await here.stored("s")).plan.version, 2, "nothing is written again");
  const second = done(await reserve(here, "a", { locations: HOSTS, resource_id: "nova-b" }));
  assertEquals(second, { ...first, resourceId: "nova-b" });
});

Deno.test("reservePlacement plans the server anew when its host is no candidate", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  const locations = HOSTS.filter((host) => host !== locationsOf(plan).a);
  const row = done(await reserve(here, "a", { locations, resource_id: "nova-a" }));
  assert(locations.includes(row.location));
  assertEquals(row, { ...plan.placements[0], location: row.location, reserved: true, resourceId: "nova-a" });
  assertEquals(here.decisions, ["create placed", "replan placed"]);
  assertEquals((await here.stored("s")).placements, [row]);
  await here.assertInStep();
});

Deno.test("reservePlacement keeps to whole names of hosts", async () => {
  const here = new UseCaseSite({ dataCenter: site({ racks: 1, hostsPerRack: 12 }) });
  await here.plan("s", { a: server() }, { locations: ["r1h1"] });
  assertEquals(done(await reserve(here, "a", { locations: ["r1h12"] })).location, "r1h12");
});

Deno.test("reservePlacement cannot satisfy an empty list of candidates", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  assertEquals(refusal(await reserve(here, "a", { locations: [] })).symbol, "optimizer_refused");
  assertEquals(await here.stored("s"), plan);
  await here.assertInStep();
});

Deno.test("reservePlacement plans anew on demand even if the host is a candidate", async () => {
  const here = new UseCaseSite();
  await here.plan("s", { a: server() });
  done(await reserve(here, "a", { action: "replan", locations: HOSTS }));
  assertEquals(here.optimizer.asked.at(-1)!.directives.map(({ stay }) => stay), ["free"]);
  assertEquals(here.decisions.at(-1), "replan placed");
});

Deno.test("reservePlacement pins servers in use and asks the others to stay", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server(), c: server(), d: server() });
  done(await reserve(here, "b", { locations: HOSTS }));
  done(await reserve(here, "c", { locations: HOSTS, resource_id: "nova-c" }));
  const locations = HOSTS.filter((host) => host !== locationsOf(plan).a);
  done(await reserve(here, "a", { locations }));
  const { directives } = here.optimizer.asked.at(-1)!;
  assertEquals(
    directives.map(({ serverId, stay, allowedHosts }) => [serverId, stay, allowedHosts] as unknown[]),
    [["a", "free", locations], ["b", "must", undefined], ["c", "must", undefined], [
      "d",
      "should",
      undefined,
    ]],
  );
});

Deno.test("reservePlacement moves servers that are not in use with the server, and leaves them unreserved", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server(), pair: assignment("affinity", ["a", "b"]) });
  const locations = HOSTS.filter((host) => host !== locationsOf(plan).a);
  const row = done(await reserve(here, "a", { locations }));
  const { placements: [a, b] } = await here.stored("s");
  assertEquals(a, row);
  assertEquals([b.location, b.reserved], [a.location, false]);
  assertNotEquals(b.location, plan.placements[1].location);
  await here.assertInStep();
});

Deno.test("reservePlacement changes no row when the optimizer refuses or is late", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server({ flavor: "v8" }) });
  await here.plan("t", { b: server() }, { locations: ["r2h2"] });
  const before = await here.stored("s");
  const full = await reserve(here, "a", { locations: ["r2h2"], resource_id: "nova-a" });
  assertEquals(refusal(full).symbol, "optimizer_refused");
  here.optimizer.late = true;
  const late = await reserve(here, "a", {
    locations: ["r2h1", "r2h2"].filter((h) => h !== locationsOf(plan).a),
  });
  assertEquals(refusal(late), { symbol: "optimizer_failed", text: "Timed out waiting for a response." });
  assertEquals(await here.stored("s"), before);
  await here.assertInStep();
});

Deno.test("reservePlacement takes an answer without the others, but none without the server", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server() });
  const others = (id: string) => HOSTS.filter((host) => host !== locationsOf(plan)[id]);
  const ghost = { serverId: "ghost", host: "r1h1", demand: amounts(1, 2, 10), origin: null };
  here.optimizer.distort = (decision) => ({
    ...decision,
    placements: [ghost, ...decision.placements.filter(({ serverId }) => serverId === "a")],
  });
  done(await reserve(here, "a", { locations: others("a") }));
  const before = await here.stored("s");
  assertEquals(before.placements[1], plan.placements[1]);
  assertEquals(refusal(await reserve(here, "b", { locations: others("b") })), {
    symbol: "optimizer_failed",
    text: "incomplete response",
  });
  assertEquals(await here.stored("s"), before);
  await here.assertInStep();
});

Deno.test("reservePlacement counts a server once that the inventory reports under its Nova id", async () => {
  const vms = [{ uuid: "nova-a", demand: amounts(4, 8, 40), projectId: null }];
  const here = new UseCaseSite({ dataCenter: site({ racks: 1, hostsPerRack: 1, hosts: { r1h1: { vms } } }) });
  await here.plan("s", { a: server({ flavor: "v4" }) });
  assertEquals(here.room("r1h1"), 0);
  done(await reserve(here, "a", { locations: ["r1h1"], resource_id: "nova-a" }));
  assertEquals(here.room("r1h1"), 4);
  await here.assertInStep();
});

Deno.test("reservePlacement serves requests for one stack one after another", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server(), b: server() });
  const rows = await Promise.all(
    ["a", "b", "a"].map((id) => {
      const locations = HOSTS.filter((host) => host !== locationsOf(plan)[id]);
      return reserve(here, id, { locations, resource_id: `nova-${id}` });
    }),
  );
  assertEquals(rows.map((row) => done(row).reserved), [true, true, true]);
  assertEquals(rows[0], rows[2]);
  await here.assertInStep();
});

Deno.test("reservePlacement finds no placement that was deleted meanwhile", async () => {
  const here = new UseCaseSite();
  const plan = await here.plan("s", { a: server() });
  await deletePlan(here.ctx, plan);
  const [found] = plan.placements;
  const body = { action: "reserve", locations: HOSTS } as const;
  assertEquals(refusal(await reservePlacement(here.ctx, { found, body })), { symbol: "placement_not_found" });
});
