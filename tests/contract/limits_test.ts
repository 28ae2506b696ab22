import { assertEquals } from "@std/assert";
import type { Optimizer } from "../../src/ports/optimizer.ts";
import { FaultInjector } from "../support/faults.ts";
import {
  assertEmpty,
  assertError,
  assertUnauthorized,
  contract,
  createPlan,
  freshId,
  planBody,
  server,
} from "../support/contract.ts";

contract("limits of bodies", {
  settings: {
    server: {
      limits: { bodyBytes: 200_000, jsonDepth: 64, inFlight: 100, requestMs: 60_000, drainMs: 1000 },
    },
  },
}, {
  "[11-body] a body above the limit is 413, right after the token": async (service) => {
    const body = JSON.stringify({ ...planBody(), plan_name: "x".repeat(200_000) });
    assertError(
      await service.call("POST", "/v1/plans", { body }),
      413,
      "The request body must be at most 200000 bytes",
    );
    assertUnauthorized(await service.call("POST", "/v1/plans", { body, token: null }));
    assertEquals((await service.call("PUT", `/v1/plans/${freshId()}`, { body })).status, 413);
  },

  "[11-body] a body that comes in pieces is cut off at the limit": async (service) => {
    const piece = "x".repeat(50_000);
    const chunk = `${piece.length.toString(16)}\r\n${piece}\r\n`;
    const head =
      "POST /v1/plans HTTP/1.1\r\nHost: v\r\nX-Auth-Token: admin\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    const answer = await service.raw(`${head}${chunk.repeat(6)}0\r\n\r\n`);
    assertEquals(answer.slice(0, 12), "HTTP/1.1 413");
  },

  "[11-body] nesting beyond 64 levels is 400": async (service) => {
    const nested = (depth: number) => `{"name":${"[".repeat(depth - 1)}1${"]".repeat(depth - 1)}}`;
    const text = "-> JSON must be nested at most 64 levels deep";
    assertError(await service.call("POST", "/v1/groups", { body: nested(65) }), 400, text);
    assertEquals(
      (await service.call("POST", "/v1/groups", { body: nested(64) })).json().explanation === text,
      false,
    );
    assertError(await service.call("POST", "/v1/groups", { body: "[".repeat(190_000) }), 400, text);
  },
});

contract(
  "limits of plans",
  { settings: { limits: { plans: 2, resourcesPerPlan: 10, openDecisions: 200 } } },
  {
    "[11-plan] more resources than the limit are 400": async (service) => {
      const many = (count: number) =>
        Object.fromEntries(Array.from({ length: count }, (_, index) => [`${freshId()}-${index}`, server()]));
      const answer = await service.call("POST", "/v1/plans", { body: planBody({ resources: many(11) }) });
      assertError(answer, 400, "-> resources must hold at most 10 resources");
      const plan = await createPlan(service, { resources: many(10) });
      assertEmpty(await service.call("DELETE", `/v1/plans/${plan.id}`));
    },

    "[11-plan] more plans than the limit are 503, but a stored one may change": async (service) => {
      const [plan] = [await createPlan(service), await createPlan(service)];
      const body = planBody();
      const answer = await service.call("POST", "/v1/plans", {
        body,
        headers: { accept: "application/json" },
      });
      assertError(answer, 503, "Valet error: the limit of stored plans is reached");
      await createPlan(service, { stack_id: plan.stack_id });
      assertEmpty(await service.call("DELETE", `/v1/plans/${plan.id}`));
      assertEquals((await service.call("POST", "/v1/plans", { body })).status, 201);
    },
  },
);

const optimizer = new FaultInjector<Optimizer>("optimizer");

contract("limits of waits", {
  wrap: { optimizer: optimizer.wrap },
  settings: { limits: { plans: 100, resourcesPerPlan: 10, openDecisions: 3 } },
}, {
  "[11-waits] beyond the limit of open waits requests are 503 at once": async (service) => {
    const waiting = optimizer.hold("place");
    const posts = Array.from({ length: 3 }, () => service.call("POST", "/v1/plans", { body: planBody() }));
    await waiting;
    await Promise.all(Array.from({ length: 20 }, () => service.call("GET", "/")));
    const refused = await service.call("POST", "/v1/plans", { body: planBody() });
    assertEquals([refused.status, refused.headers.get("retry-after")], [503, "1"]);
    optimizer.heal();
    assertEquals((await Promise.all(posts)).map(({ status }) => status), [201, 201, 201]);
    assertEquals((await service.call("POST", "/v1/plans", { body: planBody() })).status, 201);
  },
});
