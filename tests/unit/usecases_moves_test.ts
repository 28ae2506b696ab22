import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { MoveGoal, MovePlan, WantedMove } from "../../src/domain/moves.ts";
import { applyMoves } from "../../src/usecases/apply_moves.ts";
import { planMoves } from "../../src/usecases/plan_moves.ts";
import { deletePlan } from "../../src/usecases/plans.ts";
import { site } from "../support/engine_site.ts";
import { assignment, done, locationsOf, refusal, server, UseCaseSite } from "../support/usecase_site.ts";

const HOLD_MS = 900_000;

function drain(...hosts: string[]): MoveGoal {
  return { kind: "drain", choice: { hosts } };
}

async function planned(here: UseCaseSite, goal: MoveGoal, perHost = 2): Promise<MovePlan> {
  return done(await planMoves(here.ctx, { goal, perHost }));
}

function move(serverId: string, from: string, to: string, live = true): WantedMove {
  return { serverId, from, to, live };
}

/** Two stacks with a server each on `r1h1`, both running. */
async function running(options: ConstructorParameters<typeof UseCaseSite>[0] = {}): Promise<UseCaseSite> {
  const here = new UseCaseSite(options);
  for (const id of ["a", "b"]) {
    await here.plan(`s-${id}`, { [id]: server() }, { locations: ["r1h1"] });
    await here.boot(id);
  }
  return here;
}

Deno.test("planMoves of the use cases fetches the plans that the optimizer asks for, and changes nothing", async () => {
  const here = await running();
  const before = await here.stored("s-a");
  const plan = await planned(here, drain("r1h1"));
  assertEquals(plan.waves.map((wave) => wave.map(({ serverId, to }) => `${serverId} ${to}`)), [[
    "a r1h2",
    "b r1h2",
  ]]);
  assertEquals(plan.waves[0][0].resourceId, "nova-a");
  assertEquals(await here.stored("s-a"), before);
  await here.assertInStep();
});

Deno.test("planMoves names the host, rack or server that nobody knows", async () => {
  const here = await running();
  const cases: [MoveGoal, string][] = [
    [drain("r1h1", "nowhere"), 'host "nowhere" is not known'],
    [{ kind: "failed", choice: { rack: "r9" } }, 'rack "r9" is not known'],
    [{ kind: "move", serverId: "nobody" }, 'server "nobody" is not known'],
  ];
  for (const [goal, text] of cases) {
    const found = await planMoves(here.ctx, { goal, perHost: 1 });
    assertEquals(refusal(found), { symbol: "valet_error", status: 404, text });
  }
});

Deno.test("applyMoves holds old and new hosts of all stacks until the servers are reserved anew", async () => {
  const here = await running();
  const { waves: [wave] } = await planned(here, drain("r1h1"));
  const placements = done(await applyMoves(here.ctx, wave));
  assertEquals(
    placements.map(({ orchestrationId, location, origin, reserved }) => [
      orchestrationId,
      location,
      origin,
      reserved,
    ]),
    [["a", "r1h2", "r1h1", false], ["b", "r1h2", "r1h1", false]],
  );
  assertEquals((await here.stored("s-a")).placements, [placements[0]]);
  assertEquals([here.room("r1h1"), here.room("r1h2")], [6, 6]);
  await here.assertInStep();
  const staying = (await planned(here, drain("r1h1"))).staying.map(({ reason }) => reason);
  assertEquals(staying, ["it is on its way already", "it is on its way already"]);
  for (const id of ["a", "b"]) await here.boot(id);
  assertEquals([here.room("r1h1"), here.room("r1h2")], [8, 6]);
  assertEquals((await planned(here, drain("r1h1"))).emptied, ["r1h1"]);
  await here.assertInStep();
});

Deno.test("applyMoves lets servers fall back to where they were when the hold ends", async () => {
  const here = await running({ limits: { holdMs: HOLD_MS } });
  done(await applyMoves(here.ctx, [move("a", "r1h1", "r2h1")]));
  here.clock.advance(HOLD_MS);
  assertEquals([here.room("r1h1"), here.room("r2h1")], [6, 8]);
  const [row] = done(await applyMoves(here.ctx, [move("a", "r1h1", "r2h2")]));
  assertEquals([row.location, row.origin], ["r2h2", "r1h1"]);
  await here.assertInStep();
});

Deno.test("applyMoves holds nothing on a host that is lost", async () => {
  const here = await running();
  const { waves: [wave] } = await planned(here, { kind: "failed", choice: { hosts: ["r1h1"] } });
  assertEquals(wave.map(({ live }) => live), [false, false]);
  const placements = done(await applyMoves(here.ctx, wave));
  assertEquals(placements.map(({ origin, reserved }) => [origin, reserved]), [[null, false], [null, false]]);
  assertEquals(here.room("r1h1"), 8);
  await here.assertInStep();
});

Deno.test("applyMoves makes all moves or none", async () => {
  const here = await running();
  await here.plan("big", { c: server({ flavor: "v8" }) }, { locations: ["r2h2"] });
  const before = [await here.stored("s-a"), await here.stored("s-b")];
  const wave = [move("a", "r1h1", "r2h1"), move("b", "r1h1", "r2h2")];
  const { symbol, ...detail } = refusal(await applyMoves(here.ctx, wave)) as { symbol: string; text: string };
  assertEquals(symbol, "valet_error");
  assertStringIncludes(detail.text, "server b can't be moved now: ");
  assertStringIncludes(detail.text, "cpu capacity rules out");
  assertEquals([await here.stored("s-a"), await here.stored("s-b")], before);
  assertEquals(here.room("r2h1"), 8);
  await here.assertInStep();
});

Deno.test("applyMoves gives all back when the rows can't be written", async () => {
  const here = await running();
  here.storeFaults.fail("changePlacementsOfPlans");
  const wave = [move("a", "r1h1", "r2h1"), move("b", "r1h1", "r2h1")];
  const outcome = await applyMoves(here.ctx, wave).then(() => "written", () => "failed");
  here.storeFaults.heal();
  assertEquals([outcome, here.room("r2h1")], ["failed", 8]);
  await here.assertInStep();
});

Deno.test("applyMoves refuses moves that no longer hold, and says why", async () => {
  const here = await running();
  const refused = async (...wave: WantedMove[]) => refusal(await applyMoves(here.ctx, wave));
  const conflict = (text: string) => ({ symbol: "valet_error", status: 409, text });
  assertEquals(
    await refused(move("a", "r2h1", "r1h2")),
    conflict("server a can't be moved now: it is not on r2h1") as never,
  );
  assertEquals(
    await refused(move("a", "r1h1", "r1h1")),
    conflict("server a can't be moved now: it is on r1h1 already") as never,
  );
  const unknown = (text: string) => ({ symbol: "valet_error", status: 404, text });
  assertEquals(await refused(move("a", "r1h1", "nowhere")), unknown('host "nowhere" is not known') as never);
  assertEquals(await refused(move("x", "r1h1", "r1h2")), unknown('server "x" is not known') as never);
  const twice = [move("a", "r1h1", "r1h2"), move("a", "r1h1", "r2h1")];
  assertEquals(await refused(...twice), {
    symbol: "bad_request",
    explanation: "-> wave has server a twice",
  });
  done(await applyMoves(here.ctx, [move("a", "r1h1", "r1h2")]));
  assertEquals(
    await refused(move("a", "r1h2", "r2h1")),
    conflict("server a can't be moved now: it is on its way already") as never,
  );
  await here.assertInStep();
});

Deno.test("applyMoves refuses two moves of a stack of which one has to wait for the other", async () => {
  const here = new UseCaseSite();
  const rule = assignment("diversity", ["a", "b"]);
  await here.plan("s", { a: server(), b: server(), rule }, { locations: ["r1h1", "r1h2"] });
  const { a, b } = locationsOf(await here.stored("s"));
  const detail = refusal(await applyMoves(here.ctx, [move("b", b, "r2h1"), move("a", a, b)]));
  assert(detail.symbol === "valet_error");
  assertEquals([detail.status, detail.text], [
    409,
    "server a can't be moved now: it has to wait for another of its stack",
  ]);
  done(await applyMoves(here.ctx, [move("b", b, "r2h1")]));
  await here.boot("b");
  done(await applyMoves(here.ctx, [move("a", a, b)]));
  await here.assertInStep();
});

Deno.test("planMoves follows a schedule to its end, wave by wave, when each is reserved before the next", async () => {
  const here = new UseCaseSite({ dataCenter: site({ racks: 1, hostsPerRack: 3 }) });
  await here.plan("big", { a: server({ flavor: "v8", properties: {} }) }, { locations: ["r1h1"] });
  await here.plan("small", { b: server() }, { locations: ["r1h2"] });
  await here.plan("other", { c: server() }, { locations: ["r1h3"] });
  for (const id of ["a", "b", "c"]) await here.boot(id);
  const plan = await planned(here, drain("r1h1"));
  assertEquals([plan.waves.length, plan.moves, plan.leastMoves], [2, 2, 1]);
  const early = refusal(await applyMoves(here.ctx, plan.waves[1]));
  assertEquals(early.symbol, "valet_error");
  for (const wave of plan.waves) {
    done(await applyMoves(here.ctx, wave));
    for (const { serverId } of wave) await here.boot(serverId);
    await here.assertInStep();
  }
  assertEquals(here.room("r1h1"), 8);
});

Deno.test("applyMoves finds no server of a plan that was deleted meanwhile", async () => {
  const here = await running();
  await deletePlan(here.ctx, await here.stored("s-a"));
  const text = 'server "a" is not known';
  const found = refusal(await applyMoves(here.ctx, [move("a", "r1h1", "r1h2")]));
  assertEquals(found, { symbol: "valet_error", status: 404, text });
});
