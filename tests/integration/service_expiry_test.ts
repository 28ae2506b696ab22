import { assertEquals, assertNotEquals } from "@std/assert";
import { createPlan, planBody, showPlacement, type WirePlan } from "../support/contract.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { startService } from "../support/service.ts";

const HOLD_MS = 1000;

Deno.test("A hold that ends gives its room to others and keeps its row", async () => {
  const clock = new ManualClock();
  await using service = await startService({
    clock,
    settings: { engine: { holdMs: HOLD_MS } },
    dataCenter: dataCenterFile({ racks: 1, hostsPerRack: 1, vcpus: 1 }),
  });
  const { placements } = await createPlan(service);
  assertEquals((await service.call("POST", "/v1/plans", { body: planBody() })).status, 500);
  clock.advance(HOLD_MS);
  await createPlan(service);
  assertEquals((await showPlacement(service, Object.keys(placements)[0])).reserved, false);
});

Deno.test("A migration that is never reserved ends with its hold: the stored location is the old one again", async () => {
  const clock = new ManualClock();
  await using service = await startService({ clock, settings: { engine: { holdMs: HOLD_MS } } });
  const { id, placements } = await createPlan(service);
  const [[server, { location }]] = Object.entries(placements);
  const body = { action: "migrate", resources: [server] };
  const moved = await service.call("PUT", `/v1/plans/${id}`, { body });
  assertEquals(moved.status, 201, moved.text);
  assertNotEquals(moved.json<{ plan: WirePlan }>().plan.placements[server].location, location);
  clock.advance(HOLD_MS);
  while ((await showPlacement(service, server)).location !== location) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});
