import { assert, assertEquals } from "@std/assert";
import {
  assertError,
  assertUnauthorized,
  assignment,
  createPlan,
  freshId,
  planBody,
  server,
} from "../support/contract.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { startService, type TestService } from "../support/service.ts";

interface Wire {
  readonly placeable: boolean;
  readonly proven: boolean;
  readonly minimal: boolean;
  readonly quality: Readonly<Record<string, unknown>> | null;
  readonly servers: readonly {
    readonly server: string;
    readonly candidates: number;
    readonly nearest_misses: readonly Record<string, unknown>[];
  }[];
  readonly conflict: readonly { readonly kind: string; readonly id: string }[];
  readonly relaxations: readonly { readonly sentence: string }[];
  readonly host?: { readonly possible: boolean; readonly broken: readonly string[] };
}

async function explained(service: TestService, body: unknown, token = "admin"): Promise<Wire> {
  const answer = await service.call("POST", "/v1/explain", { body, token });
  assertEquals(answer.status, 200, answer.text);
  return answer.json<{ explanation: Wire }>().explanation;
}

/** Servers that have to be in more racks than there are. */
const APART = {
  ...Object.fromEntries(["a", "b", "c", "d"].map((id) => [id, server()])),
  rule: assignment("diversity", ["a", "b", "c", "d"], { level: "rack" }),
};

Deno.test("explain names what can't be met together, and what would help", async () => {
  await using service = await startService();
  const explanation = await explained(service, { resources: APART });
  assertEquals([explanation.placeable, explanation.minimal, explanation.quality], [false, true, null]);
  assertEquals(explanation.conflict.map(({ kind, id }) => `${kind} ${id}`), [
    "assignment rule",
    "server a",
    "server b",
    "server c",
    "server d",
  ]);
  const sentences = explanation.relaxations.map(({ sentence }) => sentence);
  assert(sentences.includes('Bind rule "rule" at level "host"'), sentences.join());
  const relaxed = { ...APART, rule: assignment("diversity", ["a", "b", "c", "d"], { level: "host" }) };
  assertEquals(
    (await service.call("POST", "/v1/plans", { body: planBody({ resources: relaxed }) })).status,
    201,
  );
});

Deno.test("explain of what can be placed tells how good it would be, and holds nothing", async () => {
  await using service = await startService();
  const resources = Object.fromEntries(
    Array.from({ length: 24 }, (_, i) => [`l${i}`, server({ flavor: "m1.xlarge" })]),
  );
  for (let round = 0; round < 2; round++) {
    const { placeable, quality } = await explained(service, { resources });
    assertEquals(placeable, true);
    const { steps, seed, ...rest } = quality!;
    assert(Number.isInteger(seed) && Number(steps) > 0, `${steps} steps, seed ${seed}`);
    const cost = { soft: 0, moves: 0, woken_hosts: 12, bandwidth: 0, stranded: 2400 };
    assertEquals(rest, {
      profile: "pack",
      objective: cost,
      lower_bound: { ...cost, stranded: 0 },
      gap: 0,
      optimal: true,
      ended_by: "answer",
    });
  }
  assertEquals((await service.call("GET", "/v1/plans")).json(), { plans: [] });
  assertEquals((await service.call("POST", "/v1/plans", { body: planBody({ resources }) })).status, 201);
});

Deno.test("explain tells why a server of a stored plan is not on a host", async () => {
  await using service = await startService({
    dataCenter: dataCenterFile({ hosts: { tst01r01c001: { status: "disabled" } } }),
  });
  const body = planBody();
  const plan = await createPlan(service, body);
  const [id] = Object.keys(body.resources);
  const about = (host: string) => explained(service, { stack_id: plan.stack_id, server: id, host });
  assertEquals((await about("tst01r01c001")).host, {
    server: id,
    host: "tst01r01c001",
    broken: ["host status"],
    possible: false,
    quality: null,
    conflict: [],
  } as never);
  const other = (await about("tst01r03c004")).host!;
  assertEquals([other.broken, other.possible], [[], true]);
});

Deno.test("explain shows free amounts and their hosts to admins only", async () => {
  await using service = await startService({ policy: "split" });
  const body = { resources: { a: server({ flavor: "m1.xlarge" }), b: server({ flavor: "huge" }) } };
  assertEquals((await explained(service, body, "member")).placeable, false);
  const dataCenter = dataCenterFile({ vcpus: 4 });
  await using narrow = await startService({ policy: "split", dataCenter });
  const large = { resources: { a: server({ flavor: "m1.xlarge" }) } };
  const [miss] = (await explained(narrow, large, "member")).servers[0].nearest_misses;
  assertEquals(miss, { dimension: "vcpu", wanted: 8000 });
  const [seen] = (await explained(narrow, large)).servers[0].nearest_misses;
  assertEquals(seen, { dimension: "vcpu", wanted: 8000, best_free: 4000, host: "tst01r01c001" });
});

Deno.test("explain refuses what a plan would be refused for, and questions that are none", async () => {
  await using service = await startService({ policy: "split" });
  const call = (body: unknown, token = "admin") => service.call("POST", "/v1/explain", { body, token });
  assertError(await call({ resources: { a: 5 } }), 400, "Valet error: resource a: must be an object");
  assertError(await call({ plan_name: "p" }), 400, "required item in schema is missing: resources");
  assertError(await call({ resources: APART, server: "a" }), 400, "-> server and host go together");
  assertError(
    await call({ resources: APART, server: "nobody", host: "h" }),
    400,
    "-> server -> nobody is no server of the resources",
  );
  assertError(await call({ stack_id: freshId() }), 404, "Plan not found");
  const plan = await createPlan(service);
  assertError(await call({ stack_id: plan.stack_id }, "member"), 404, "Plan not found");
  assertEquals((await call({ resources: {} })).json(), { explanation: null });
  const refused = await service.call("GET", "/v1/explain");
  assertEquals([refused.status, refused.headers.get("allow")], [405, "POST"]);
  assertUnauthorized(await service.call("POST", "/v1/explain", { body: { resources: APART }, token: null }));
});

Deno.test("explain may be asked by who may only read", async () => {
  await using service = await startService({ policy: "rbac" });
  assertEquals((await explained(service, { resources: APART }, "reader")).placeable, false);
});
