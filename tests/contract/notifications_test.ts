import { assertEquals } from "@std/assert";
import type { Notification } from "../../src/ports/notifier.ts";
import type { TestService } from "../support/service.ts";
import { contract, createGroup, createPlan, freshId, planBody, server } from "../support/contract.ts";

/** The notifications that `work` causes. */
async function during(service: TestService, work: () => Promise<unknown>): Promise<Notification[]> {
  const before = service.notifier.notifications.length;
  await work();
  return service.notifier.notifications.slice(before);
}

contract("notifications", { policy: "split" }, {
  "[7-one-each, 12-21] one call under / and /v1 gives one, others none": async (service) => {
    for (const path of ["/", "/v1", "/v1/groups", "/v1/nowhere", `/v1/plans/${freshId()}`]) {
      assertEquals((await during(service, () => service.call("GET", path))).length, 1, path);
    }
    for (const path of ["/livez", "/readyz", "/metrics", "/docs", "/openapi.json", "/nowhere"]) {
      assertEquals((await during(service, () => service.call("GET", path))).length, 0, path);
    }
  },

  "[7-event-type] the type has the first two segments of the path": async (service) => {
    const types: [string, string][] = [
      ["/", "api"],
      ["/v1", "api.v1"],
      ["/v1/groups/", "api.v1.groups"],
      [`/v1/groups/${freshId()}/members`, "api.v1.groups"],
      ["/v1/status", "api.v1.status"],
      ["/v1/nowhere", "api.v1.nowhere"],
    ];
    for (const [path, type] of types) {
      const [notification] = await during(service, () => service.call("GET", path));
      assertEquals(notification.eventType, type);
    }
  },

  "[7-priority] success is info, anything else error": async (service) => {
    const priority = async (method: string, path: string, token: string | null = "admin") =>
      (await during(service, () => service.call(method, path, { token })))[0].priority;
    assertEquals(await priority("GET", "/v1/plans"), "info");
    assertEquals(await priority("OPTIONS", "/v1/plans"), "info");
    assertEquals(await priority("GET", "/v1/nowhere"), "error");
    assertEquals(await priority("GET", "/v1/plans", null), "error");
    assertEquals(await priority("PATCH", "/v1/plans"), "error");
  },

  "[7-payload, 12-21] the payload tells caller, original call and answer": async (service) => {
    const body = { name: `told-${freshId()}`, type: "affinity", description: "d" };
    let answer: unknown;
    const [{ payload }] = await during(service, async () => {
      answer = (await service.call("POST", "/v1/groups/", { body })).json();
    });
    assertEquals(payload, {
      context: { tenant_id: "p-admin", user_id: "u-admin" },
      request: { method: "POST", path: "/v1/groups/", body },
      response: { status_code: 201, body: answer },
    });
  },

  "[7-payload, 12-21] a refused call keeps method and path, and tells no caller without a token": async (
    service,
  ) => {
    const [refused] = await during(
      service,
      () => service.call("PUT", "/v1/plans/x", { token: null, body: {} }),
    );
    assertEquals(refused.payload.context, { tenant_id: null, user_id: null });
    assertEquals(refused.payload.request, { method: "PUT", path: "/v1/plans/x", body: null });
    assertEquals(refused.payload.response, { status_code: 401, body: "Authentication required" });
    const [bad] = await during(service, () => service.call("POST", "/v1/groups", { body: { name: "x" } }));
    assertEquals([bad.payload.request.method, bad.payload.request.body], ["POST", { name: "x" }]);
  },

  "[7-bodies] bodies are null when empty or not JSON": async (service) => {
    const group = await createGroup(service);
    const [deleted] = await during(service, () => service.call("DELETE", `/v1/groups/${group.id}`));
    assertEquals([deleted.payload.request.body, deleted.payload.response.body], [null, null]);
    const [malformed] = await during(service, () => service.call("POST", "/v1/groups", { body: "{" }));
    assertEquals(malformed.payload.request.body, null);
  },

  "[7-secrets, 12-21] secrets are masked at any depth, and the plan is made all the same": async (
    service,
  ) => {
    const properties = {
      user_data: "#!/bin/sh secret",
      admin_pass: "secret",
      personality: { "/etc/x": "secret" },
      metadata: {
        db_password: "secret",
        apiToken: ["secret"],
        list: [{ password: "secret" }],
        plain: "shown",
      },
    };
    const body = planBody({ resources: { [freshId()]: server({ properties }) } });
    const [notification] = await during(service, async () => {
      assertEquals((await service.call("POST", "/v1/plans", { body })).status, 201);
    });
    const text = JSON.stringify(notification);
    assertEquals([text.includes("secret"), text.includes("shown"), text.includes("***")], [
      false,
      true,
      true,
    ]);
  },

  "[7-one-each] repeated plans notify each time": async (service) => {
    const plan = await createPlan(service);
    const told = await during(service, async () => {
      await service.call("GET", `/v1/plans/${plan.id}`);
      await service.call("GET", `/v1/plans/${plan.id}`);
    });
    assertEquals(told.length, 2);
  },
});
