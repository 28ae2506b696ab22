import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  assertEmpty,
  assertError,
  assertUnauthorized,
  contract,
  createGroup,
  createPlan,
  freshId,
  planBody,
} from "../support/contract.ts";

contract("authentication", { policy: "split" }, {
  "[AUTH-1, 12-4] the root and paths outside /v1 need no token, /v1 does": async (service) => {
    assertEquals((await service.call("GET", "/", { token: null })).status, 200);
    assertEmpty(await service.call("OPTIONS", "/", { token: null }));
    assertEquals((await service.call("POST", "/", { token: null })).status, 405);
    assertEquals((await service.call("GET", "/v2", { token: null })).status, 404);
    for (const path of ["/v1", "/v1/"]) assertUnauthorized(await service.call("GET", path, { token: null }));
  },

  "[AUTH-2] everything under /v1 needs a token": async (service) => {
    const paths = [
      "/v1",
      "/v1/groups",
      "/v1/plans",
      "/v1/placements",
      "/v1/status",
      "/v1/resources",
      "/v1/x",
    ];
    for (const path of paths) {
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
        assertUnauthorized(await service.call(method, path, { token: null }));
      }
      assertEquals((await service.call("HEAD", path, { token: null })).status, 401);
    }
  },

  "[AUTH-5, AUTH-3, 12-2] every missing right gives the same plain 401": async (service) => {
    const plan = await createPlan(service, {}, { token: "member" });
    const answers = [
      await service.call("GET", "/v1/plans", { token: null }),
      await service.call("GET", "/v1/plans", { token: "" }),
      await service.call("GET", "/v1/plans", { token: "unknown" }),
      await service.call("GET", "/v1/plans", { token: "ADMIN" }),
      await service.call("GET", "/v1/groups", { token: "member" }),
      await service.call("PUT", `/v1/plans/${plan.id}`, {
        token: "member",
        body: { action: "migrate", resources: ["x"] },
      }),
    ];
    for (const answer of answers) assertUnauthorized(answer);
  },

  "[AUTH-4, 8.14-401] groups and migration are for admins, told by route and not by words in a path": async (
    service,
  ) => {
    for (const path of ["/v1/groups", "/v1/groups/x", "/v1/groups/x/members", "/v1/groups/x/members/y"]) {
      assertUnauthorized(await service.call("GET", path, { token: "member" }));
    }
    const migrate = { action: "migrate", resources: [freshId()] };
    assertUnauthorized(
      await service.call("PUT", `/v1/plans/${freshId()}`, { token: "member", body: migrate }),
    );
    assertError(
      await service.call("PUT", `/v1/plans/${freshId()}`, { token: "member", body: "{" }),
      404,
      "Plan not found",
    );
  },

  "[AUTH-4, 12-3] an ordinary token plans, shows and deletes what is its own, whatever it is called": async (
    service,
  ) => {
    const stackId = `my-group-${freshId()}`;
    const plan = await createPlan(service, { stack_id: stackId }, { token: "member" });
    const shown = await service.call("GET", `/v1/plans/${stackId}`, { token: "member" });
    assertEquals(shown.json<{ plan: unknown }>().plan, plan);
    assertEmpty(await service.call("DELETE", `/v1/plans/${stackId}`, { token: "member" }));
  },

  "[AUTH-6] the token's project is the tenant": async (service) => {
    const group = await createGroup(service, { members: ["p-green"] });
    const body = () =>
      planBody({
        resources: {
          a: {
            type: "ATT::Valet::GroupAssignment",
            properties: { group_type: "exclusivity", group_name: group.name, level: "host", resources: [] },
          },
        },
      });
    assertEquals((await service.call("POST", "/v1/plans", { token: "other", body: body() })).status, 201);
    const refused = await service.call("POST", "/v1/plans", { token: "member", body: body() });
    assertError(
      refused,
      409,
      `Valet error: Tenant ID p-blue not a member of group_name '${group.name}' (${group.id})`,
    );
  },

  "[AUTH-tenants] other tenants' plans and placements look absent": async (service) => {
    const plan = await createPlan(service, {}, { token: "member" });
    const placement = Object.keys(plan.placements)[0];
    const other = { token: "other" };
    for (const method of ["GET", "DELETE", "PUT", "OPTIONS"]) {
      assertError(await service.call(method, `/v1/plans/${plan.id}`, other), 404, "Plan not found");
    }
    for (const method of ["GET", "POST", "DELETE"]) {
      assertError(
        await service.call(method, `/v1/placements/${placement}`, other),
        404,
        "Placement not found",
      );
    }
    for (const path of ["/v1/plans", "/v1/placements", `/v1/placements?orchestration_id=${placement}`]) {
      assertEquals((await service.call("GET", path, other)).text.includes(placement), false);
      assertStringIncludes((await service.call("GET", path)).text, placement);
      assertStringIncludes((await service.call("GET", path, { token: "member" })).text, placement);
    }
  },

  "[AUTH-tenants, PLAN-7] ids of another tenant's plan can't be taken": async (service) => {
    const plan = await createPlan(service, {}, { token: "member" });
    const taken = await service.call("POST", "/v1/plans", {
      token: "other",
      body: planBody({ stack_id: plan.stack_id }),
    });
    assertError(taken, 409, `Valet error: ${plan.stack_id} is already in use`);
    const [server] = Object.keys(plan.placements);
    const resources = { [server]: { type: "OS::Nova::Server", properties: { flavor: "m1.small" } } };
    const reused = await service.call("POST", "/v1/plans", { token: "other", body: planBody({ resources }) });
    assertError(reused, 409, `Valet error: ${server} is already in use`);
  },
});
