import { assertEquals, assertRejects } from "@std/assert";
import { intercept } from "../support/intercept.ts";
import { holding } from "../support/engine_site.ts";
import { done, refusal, server, UseCaseSite } from "../support/usecase_site.ts";
import { Unavailable } from "../../src/ports/failures.ts";
import { reservePlacement } from "../../src/usecases/reserve_placement.ts";
import { invalidResources } from "../../src/usecases/resources.ts";
import { optimizerStatus } from "../../src/usecases/status.ts";

const DEAD = {
  alive: false,
  ostro: { status: { type: "error", message: "Timed out waiting for a response." } },
};

Deno.test("optimizerStatus tells who answered", async () => {
  assertEquals(await optimizerStatus(new UseCaseSite().ctx), {
    alive: true,
    ostro: { status: { type: "ok", message: "ping" }, resources: { ip: "192.0.2.7", id: 3 } },
  });
});

Deno.test("optimizerStatus tells of an optimizer that does not answer, whatever the reason", async () => {
  const here = new UseCaseSite();
  here.optimizer.late = true;
  assertEquals(await optimizerStatus(here.ctx), DEAD);
  const failing = (error: Error) => ({
    ...here.ctx,
    optimizer: intercept(here.ctx.optimizer, () => ({ ping: () => Promise.reject(error) })),
  });
  assertEquals(await optimizerStatus(failing(new Unavailable("optimizer", "No engine"))), DEAD);
  await assertRejects(() => optimizerStatus(failing(new TypeError("A bug"))), TypeError);
});

Deno.test("invalidResources names servers by Nova's id where it is known", async () => {
  const here = new UseCaseSite();
  const { placements: [found] } = await here.plan("s", { a: server(), b: server() });
  const body = { action: "reserve", locations: [found.location], resource_id: "nova-a" } as const;
  done(await reservePlacement(here.ctx, { found, body }));
  assertEquals(await invalidResources(here.ctx), []);
  const gone = "placed in non-existing host";
  for (const [id, resourceId] of [["a", "nova-a"], ["b", null]] as const) {
    here.engine.hold(holding(id, "gone", { resourceId }));
  }
  assertEquals(await invalidResources(here.ctx), [{ id: "nova-a", reason: gone }, { id: "b", reason: gone }]);
});

Deno.test("invalidResources refuses when the optimizer gives no answer", async () => {
  const here = new UseCaseSite();
  here.optimizer.late = true;
  assertEquals(refusal(await invalidResources(here.ctx)), {
    symbol: "optimizer_failed",
    text: "Timed out waiting for a response.",
  });
});
