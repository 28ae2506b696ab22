import { assert, assertEquals } from "@std/assert";
import { assertError, createPlan, freshId, planBody, server, type WirePlan } from "../support/contract.ts";
import { startService, type TestService } from "../support/service.ts";

const planOf = (answer: { json<T>(): T }) => answer.json<{ plan: WirePlan }>().plan;

/** Creates a plan, and tells what it was asked with. */
async function created(service: TestService) {
  const body = planBody();
  return { body, plan: await createPlan(service, body) };
}

async function lists(service: TestService): Promise<string[]> {
  const all = await Promise.all(["/v1/plans", "/v1/placements"].map((path) => service.call("GET", path)));
  return all.map(({ text }) => text);
}

/** Servers of which two fill a host. */
const large = (count: number, name: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [`${name}-${index}`, server({ flavor: "m1.xlarge" })]),
  );

Deno.test("a dry run of a create answers what the create would, and stores and holds nothing", async () => {
  await using service = await startService();
  const before = await lists(service);
  // 12 hosts of 16 vCPU each take two of these: a site full of them fits once.
  for (const round of ["one", "two"]) {
    const dry = await service.call("POST", "/v1/plans?dry_run=true", {
      body: planBody({ resources: large(24, round) }),
    });
    assertEquals(dry.status, 201, dry.text);
    assertEquals(Object.keys(planOf(dry).placements).length, 24);
  }
  const body = planBody({ resources: large(24, "real") });
  assertEquals(await lists(service), before);
  const dry = planOf(await service.call("POST", "/v1/plans?dry_run=true", { body }));
  for (const id of [dry.id, body.stack_id]) {
    assertEquals((await service.call("GET", `/v1/plans/${id}`)).status, 404);
  }
  const real = planOf(await service.call("POST", "/v1/plans?dry_run=false", { body }));
  assertEquals(real.placements, dry.placements);
  const full = await service.call("POST", "/v1/plans?dry_run=true", {
    body: planBody({ stack_id: freshId(), resources: { more: server() } }),
  });
  assertEquals(full.status, 500);
});

Deno.test("a dry run of an update or a migration shows the plan as it would be, and leaves it as it is", async () => {
  await using service = await startService();
  const { plan, body } = await created(service);
  const before = await lists(service);
  const resources = { ...body.resources, added: server() };
  const update = await service.call("PUT", `/v1/plans/${plan.id}?dry_run=true`, {
    body: { action: "update", resources },
  });
  assertEquals([update.status, planOf(update).id], [201, plan.id]);
  assert("added" in planOf(update).placements);
  const [target] = Object.keys(plan.placements);
  const migrate = await service.call("PUT", `/v1/plans/${plan.id}?dry_run=true`, {
    body: { action: "migrate", resources: [target] },
  });
  assertEquals(migrate.status, 201);
  assert(planOf(migrate).placements[target].location !== plan.placements[target].location);
  assertEquals(await lists(service), before);
  const real = await service.call("PUT", `/v1/plans/${plan.id}`, {
    body: { action: "migrate", resources: [target] },
  });
  assertEquals(planOf(real).placements, planOf(migrate).placements);
});

Deno.test("a dry run is true or false, and is read nowhere else", async () => {
  await using service = await startService();
  const plan = await createPlan(service);
  const text = (value: string) =>
    `-> dry_run -> ${value} did not pass validation against callable: boolean (must be true or false)`;
  const answer = await service.call("POST", "/v1/plans?dry_run=yes", { body: planBody() });
  assertError(answer, 400, text("yes"));
  const change = { action: "update", resources: {} };
  assertError(await service.call("PUT", `/v1/plans/${plan.id}?dry_run=`, { body: change }), 400, text(""));
  assertEquals((await service.call("DELETE", `/v1/plans/${plan.id}?dry_run=true`)).status, 204);
  assertEquals((await service.call("GET", `/v1/plans/${plan.id}`)).status, 404);
});

Deno.test("a dry run is for those who may do the same for good", async () => {
  await using service = await startService({ policy: "rbac" });
  const plan = await createPlan(service, {}, { token: "member" });
  const asked = async (method: string, path: string, { token, body }: { token: string; body: object }) =>
    (await service.call(method, `${path}?dry_run=true`, { token, body })).status;
  const migrate = { action: "migrate", resources: Object.keys(plan.placements) };
  const update = { action: "update", resources: { another: server() } };
  const path = `/v1/plans/${plan.id}`;
  assertEquals([
    await asked("POST", "/v1/plans", { token: "reader", body: planBody() }),
    await asked("POST", "/v1/plans", { token: "member", body: planBody() }),
    await asked("PUT", path, { token: "member", body: migrate }),
    await asked("PUT", path, { token: "admin", body: migrate }),
    await asked("PUT", path, { token: "other", body: update }),
    await asked("PUT", path, { token: "member", body: update }),
  ], [401, 201, 401, 201, 404, 201]);
});

Deno.test("a dry run is notified like every call", async () => {
  await using service = await startService();
  await service.call("POST", "/v1/plans?dry_run=true", { body: planBody() });
  assertEquals(service.notifier.notifications.map(({ eventType }) => eventType), ["api.v1.plans"]);
});

Deno.test("excluded hosts receive no server of a create, and a repeated one moves away from them", async () => {
  await using service = await startService();
  const { plan, body } = await created(service);
  const taken = Object.values(plan.placements).map(({ location }) => location);
  const again = await service.call("POST", "/v1/plans", { body: { ...body, excluded_hosts: taken } });
  assertEquals(again.status, 201, again.text);
  assertEquals(planOf(again).id, plan.id);
  for (const { location } of Object.values(planOf(again).placements)) assert(!taken.includes(location));
});

Deno.test("excluded hosts are a list of names, and may leave no host at all", async () => {
  await using service = await startService();
  const ask = (excluded_hosts: unknown, changes = {}) =>
    service.call("POST", "/v1/plans", { body: { ...planBody(), excluded_hosts, ...changes } });
  assertError(
    await ask("h"),
    400,
    "-> excluded_hosts -> h did not pass validation against callable: array (not of type array)",
  );
  assertEquals((await ask(["nowhere"])).status, 201);
  assertEquals((await ask(["tst01r01c001"], { locations: ["tst01r01c001"] })).status, 500);
});
