import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  assertError,
  assertUnauthorized,
  createPlan,
  freshId,
  server,
  showPlacement,
  type WirePlacement,
} from "../support/contract.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { startService, type TestService } from "../support/service.ts";

interface WireMove {
  readonly server: string;
  readonly resource_id: string | null;
  readonly stack_id: string;
  readonly from: string;
  readonly to: string;
  readonly live: boolean;
  readonly memory_mb: number;
  readonly step: number;
}

interface WireMoves {
  readonly count: number;
  readonly least: number;
  readonly waves: readonly (readonly WireMove[])[];
  readonly staying: readonly {
    readonly server: string | null;
    readonly host: string;
    readonly reason: string;
  }[];
  readonly emptied: readonly string[];
  readonly steps: number;
  readonly ended_by: string;
}

const HOST = "tst01r01c001";

async function moves(service: TestService, goal: unknown, rest: object = {}): Promise<WireMoves> {
  const answer = await service.call("POST", "/v1/moves", { body: { goal, ...rest } });
  assertEquals(answer.status, 200, answer.text);
  return answer.json<{ moves: WireMoves }>().moves;
}

function apply(service: TestService, wave: unknown) {
  return service.call("POST", "/v1/moves/apply", { body: { wave } });
}

/** Plans stacks of one server each on one host; the servers' orchestration ids. */
async function onHost(service: TestService, { count = 1, host = HOST } = {}): Promise<string[]> {
  const ids = Array.from({ length: count }, freshId);
  for (const id of ids) await createPlan(service, { resources: { [id]: server() }, locations: [host] });
  return ids;
}

Deno.test("moves are planned first, and held only when a wave of them is applied", async () => {
  await using service = await startService({ store: "sqlite" });
  const ids = await onHost(service, { count: 3 });
  const planned = await moves(service, { drain: { hosts: [HOST] } }, { moves_per_host: 2 });
  assertEquals(planned.waves.map(({ length }) => length), [2, 1]);
  assertEquals([planned.count, planned.least, planned.staying, planned.emptied], [3, 3, [], [HOST]]);
  const [first, second] = planned.waves;
  const { to, stack_id: _, server: id, ...shown } = first[0];
  assertEquals(shown, { resource_id: null, from: HOST, live: true, memory_mb: 2048, step: 0 });
  assertEquals((await showPlacement(service, id)).location, HOST);

  const applied = await apply(service, first);
  assertEquals(applied.status, 200, applied.text);
  const { placements } = applied.json<{ placements: WirePlacement[] }>();
  assertEquals(placements.map(({ location }) => location), first.map((move) => move.to));
  assertEquals(placements[0], await showPlacement(service, id));
  assertError(
    await apply(service, first),
    409,
    `Valet error: server ${id} can't be moved now: it is not on ${HOST}`,
  );
  assertEquals((await apply(service, second)).status, 200);
  const reserved = await service.call("POST", `/v1/placements/${id}`, { body: { locations: [to] } });
  assertEquals(reserved.status, 201, reserved.text);
  const left = (await moves(service, { drain: { hosts: [HOST] } })).staying;
  assertEquals(new Set(left.map((each) => each.server)), new Set(ids.filter((each) => each !== id)));
});

Deno.test("moves reach every kind of goal", async () => {
  await using service = await startService();
  const [id] = await onHost(service);
  await onHost(service, { count: 2, host: "tst01r02c001" });
  const rack = await moves(service, { drain: { rack: "tst01r01" } });
  assertEquals([rack.count, rack.emptied.length], [1, 4]);
  const failed = await moves(service, { failed: { hosts: [HOST] } });
  assertEquals(failed.waves.flat().map(({ server, live }) => [server, live]), [[id, false]]);
  const single = await moves(service, { move: { server: id } });
  assertEquals(single.waves.flat().map(({ server, from }) => [server, from]), [[id, HOST]]);
  const consolidated = await moves(service, { consolidate: { hosts: 1 } });
  assertEquals([consolidated.emptied, consolidated.waves.flat().map(({ to }) => to)], [[HOST], [
    "tst01r02c001",
  ]]);
  const lost = await apply(service, failed.waves[0]);
  assertEquals(lost.status, 200, lost.text);
  assertEquals((await moves(service, { drain: { hosts: [HOST] } })).emptied, [HOST]);
});

Deno.test("moves keep the limits of the settings, and say what cut them off", async () => {
  const planned = async (optimizer: Partial<Settings["optimizer"]>) => {
    await using service = await startService({ settings: { optimizer } });
    await onHost(service, { count: 3 });
    const plan = await moves(service, { drain: { hosts: [HOST] } });
    const wave = plan.waves.flat();
    const applied = await apply(service, wave);
    return { plan, shape: plan.waves.map(({ length }) => length), applied: applied.status };
  };
  const usual = await planned({});
  assertEquals([usual.shape, usual.plan.ended_by, usual.applied], [[2, 1], "answer", 200]);
  const single = await planned({ movesPerHost: 1 });
  assertEquals(single.shape, [1, 1, 1]);
  const few = await planned({ movesPerPlan: 2 });
  assertEquals([few.shape, few.plan.ended_by, few.applied], [[2], "answer", 200]);
  const cut = await planned({ moveSteps: Math.ceil(usual.plan.steps / 3) });
  assertEquals([cut.shape, cut.plan.ended_by, cut.plan.staying.length], [[1], "steps", 2]);
});

Deno.test("moves name a server that Valet does not hold as staying", async () => {
  const vms = [{ uuid: "nova-stranger", vcpus: 1, ram_mb: 1024, disk_gb: 1 }];
  await using service = await startService({ dataCenter: dataCenterFile({ vms: { [HOST]: vms } }) });
  await onHost(service);
  const { count, staying, emptied } = await moves(service, { drain: { hosts: [HOST] } });
  assertEquals([count, staying, emptied], [
    1,
    [{ server: "nova-stranger", host: HOST, reason: "it is not held by Valet" }],
    [],
  ]);
});

Deno.test("moves refuse goals that are none, and name what nobody knows", async () => {
  await using service = await startService();
  const call = (body: unknown) => service.call("POST", "/v1/moves", { body });
  const bad: [unknown, string][] = [
    [{ moves_per_host: 1 }, "required item in schema is missing: goal"],
    [{ goal: {} }, "must be one of drain, failed, consolidate and move"],
    [{ goal: { drain: { rack: "r" }, move: { server: "s" } } }, "must be one of drain, failed"],
    [{ goal: { drain: {} } }, "must be one of hosts and rack"],
    [{ goal: { drain: { hosts: [] } } }, "must contain at least 1 items"],
    [{ goal: { drain: { hosts: Array(101).fill("h") } } }, "must contain at most 100 items"],
    [{ goal: { failed: { hosts: "h" } } }, "array (not of type array)"],
    [{ goal: { consolidate: { hosts: 0 } } }, "must be at least 1"],
    [{ goal: { consolidate: { hosts: 101 } } }, "must be at most 100"],
    [{ goal: { move: { server: 5 } } }, "string (not of type string)"],
    [{ goal: { move: { server: "s" } }, moves_per_host: 17 }, "must be at most 16"],
    [{ goal: { move: { server: "s" } }, apply: true }, "unexpected item in data: apply"],
  ];
  for (const [body, text] of bad) {
    const answer = await call(body);
    assertEquals(answer.status, 400, answer.text);
    assertStringIncludes(answer.json<{ explanation: string }>().explanation, text);
  }
  const unknown = { hosts: [HOST, "nowhere"] };
  assertError(await call({ goal: { drain: unknown } }), 404, 'Valet error: host "nowhere" is not known');
  assertError(
    await call({ goal: { failed: { rack: "r9" } } }),
    404,
    'Valet error: rack "r9" is not known',
  );
  assertError(await call({ goal: { move: { server: "x" } } }), 404, 'Valet error: server "x" is not known');
});

Deno.test("a wave is refused as a whole when a move of it is none, unknown, or there twice", async () => {
  await using service = await startService({ settings: { limits: { resourcesPerPlan: 50 } } });
  const [id] = await onHost(service);
  const move = { server: id, from: HOST, to: "tst01r01c002" };
  const explanation = async (wave: unknown, status: number) => {
    const answer = await apply(service, wave);
    assertEquals(answer.status, status, answer.text);
    return answer.json<{ explanation: string }>().explanation;
  };
  assertEquals(await explanation([move, move], 400), `-> wave has server ${id} twice`);
  assertStringIncludes(await explanation([], 400), "must contain at least 1 items");
  assertEquals(await explanation(Array(51).fill(move), 400), "-> wave has 51 moves, wanted at most 50");
  assertStringIncludes(await explanation([{ server: id }], 400), "from");
  assertStringIncludes(await explanation([{ ...move, live: "no" }], 400), "boolean (not of type boolean)");
  assertEquals(
    await explanation([move, { ...move, server: "x" }], 404),
    'Valet error: server "x" is not known',
  );
  assertEquals(await explanation([{ ...move, to: "x" }], 404), 'Valet error: host "x" is not known');
  assertEquals((await showPlacement(service, id)).location, HOST);
});

for (const policy of ["admin", "split", "rbac"] as const) {
  Deno.test(`moves are for admins alone under policy "${policy}"`, async () => {
    await using service = await startService({ policy });
    const [id] = await onHost(service);
    const goal = { drain: { hosts: [HOST] } };
    const wave = [{ server: id, from: HOST, to: "tst01r01c002" }];
    for (const token of ["member", "reader", "service", "norole"]) {
      assertUnauthorized(await service.call("POST", "/v1/moves", { token, body: { goal } }));
      assertUnauthorized(await service.call("POST", "/v1/moves/apply", { token, body: { wave } }));
    }
    assertEquals((await showPlacement(service, id)).location, HOST);
  });
}

Deno.test("moves are notified like any other call", async () => {
  await using service = await startService();
  const [id] = await onHost(service);
  const wave = [{ server: id, from: HOST, to: "tst01r01c002" }];
  await apply(service, wave);
  const { eventType, priority, payload } = service.notifier.notifications.at(-1)!;
  assertEquals([eventType, priority, payload.request.path], ["api.v1.moves", "info", "/v1/moves/apply"]);
  assertEquals(payload.request.body, { wave });
});
