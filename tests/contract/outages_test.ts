import { assertEquals } from "@std/assert";
import { DeadlineExceeded } from "../../src/ports/failures.ts";
import type { Identity } from "../../src/ports/identity.ts";
import type { Inventory } from "../../src/ports/inventory.ts";
import type { Optimizer } from "../../src/ports/optimizer.ts";
import type { Store } from "../../src/ports/store.ts";
import { FaultInjector } from "../support/faults.ts";
import { intercept } from "../support/intercept.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import type { Answer } from "../support/service.ts";
import {
  assertError,
  assignment,
  contract,
  createGroup,
  createPlan,
  freshId,
  planBody,
  server,
} from "../support/contract.ts";

const JSON_TYPE = { accept: "application/json" };

/** The plain 503 that old clients retry on. */
function assertPlain503(answer: Answer): void {
  assertEquals([answer.status, answer.text], [503, "Service temporarily unavailable"]);
  assertEquals(answer.headers.get("content-type"), "text/plain; charset=UTF-8");
  assertEquals(answer.headers.get("retry-after"), "1");
}

/** The same in both forms. */
async function assertDown(call: (headers: Record<string, string>) => Promise<Answer>): Promise<void> {
  assertPlain503(await call({}));
  assertPlain503(await call({ accept: "*/*" }));
  const answer = await call(JSON_TYPE);
  assertError(answer, 503, "The server is currently unavailable. Please try again at a later time.");
  assertEquals(answer.headers.get("retry-after"), "1");
}

const identity = new FaultInjector<Identity>("identity");

contract("identity out of order", { wrap: { identity: identity.wrap } }, {
  "[5-identity-down, ERR-5, 12-20] every call is 503 and none is 401": async (service) => {
    const group = await createGroup(service);
    identity.fail("authenticate");
    for (const path of ["/v1/plans", "/v1/groups", "/v1/nowhere"]) {
      await assertDown((headers) => service.call("GET", path, { headers }));
    }
    identity.heal();
    identity.fail("knownProjects");
    const body = { members: ["p-blue"] };
    await assertDown((headers) => service.call("PUT", `/v1/groups/${group.id}/members`, { body, headers }));
    identity.heal();
    assertEquals((await service.call("GET", "/v1/plans")).status, 200);
  },
});

const store = new FaultInjector<Store>("store");

contract("store out of order", {
  wrap: { store: store.wrap },
  dataCenter: dataCenterFile({ racks: 1, hostsPerRack: 1 }),
}, {
  "[5-store-down, ERR-5, 12-20] reads and writes are 503 in the form asked for": async (service) => {
    const plan = await createPlan(service);
    const [id] = Object.keys(plan.placements);
    const { location } = plan.placements[id];
    store.fail("plans", "groups", "placements", "planById", "planByStack", "createGroup");
    const calls: [string, string, unknown?][] = [
      ["GET", "/v1/plans"],
      ["GET", "/v1/groups"],
      ["GET", "/v1/placements"],
      ["GET", `/v1/plans/${plan.id}`],
      ["POST", "/v1/plans", planBody()],
      ["POST", "/v1/groups", { name: "n", type: "affinity" }],
      ["POST", `/v1/placements/${id}`, { locations: [location] }],
    ];
    for (const [method, path, body] of calls) {
      await assertDown((headers) => service.call(method, path, { body, headers }));
    }
    store.heal();
  },

  "[5-store-down] a plan that could not be stored holds no room": async (service) => {
    store.fail("createPlan");
    for (let round = 0; round < 3; round++) {
      const resources = { [freshId()]: server({ flavor: "m1.xlarge" }) };
      assertPlain503(await service.call("POST", "/v1/plans", { body: planBody({ resources }) }));
    }
    store.heal();
    await createPlan(service, { resources: { [freshId()]: server({ flavor: "m1.xlarge" }) } });
  },

  "[5-store-down] a write whose outcome is lost is read back, and the plan is answered": async (service) => {
    store.lose("createPlan");
    const body = planBody();
    const answer = await service.call("POST", "/v1/plans", { body });
    store.heal();
    assertEquals(answer.status, 201, answer.text);
    assertEquals((await service.call("GET", `/v1/plans/${body.stack_id}`)).text, answer.text);
  },
});

const inventory = new FaultInjector<Inventory>("inventory");

contract("inventory out of order", { wrap: { inventory: inventory.wrap } }, {
  "[5-inventory-down, 12-11] members with servers to look up stay, and the call is 503": async (service) => {
    const group = await createGroup(service, { members: ["p-admin"] });
    const id = freshId();
    const rule = assignment("exclusivity", [id], { group_name: group.name });
    await createPlan(service, { resources: { [id]: server(), [freshId()]: rule } });
    inventory.fail("projectsOf");
    for (const path of ["members", "members/p-admin"]) {
      assertPlain503(await service.call("DELETE", `/v1/groups/${group.id}/${path}`));
    }
    inventory.heal();
    assertEquals((await service.call("GET", `/v1/groups/${group.id}/members/p-admin`)).status, 204);
  },
});

const optimizer = new FaultInjector<Optimizer>("optimizer");

contract("optimizer out of order", {
  wrap: { optimizer: optimizer.wrap },
  settings: { ostro: { decisionMs: 5000 } },
}, {
  "[5-refusal, ERR-5] an optimizer that is away is 503": async (service) => {
    optimizer.fail("place", "groupServers", "invalidPlacements");
    assertPlain503(await service.call("POST", "/v1/plans", { body: planBody() }));
    assertPlain503(await service.call("GET", "/v1/resources"));
    const { id } = await createGroup(service, { members: ["p-admin"] });
    assertPlain503(await service.call("DELETE", `/v1/groups/${id}/members`));
    optimizer.heal();
  },
});

const late = () => Promise.reject(new DeadlineExceeded("optimizer", "No answer in time"));

contract("an optimizer that says nothing in time", {
  wrap: { optimizer: (inner) => intercept(inner, () => ({ place: late, groupServers: late, ping: late })) },
}, {
  "[5-timeout, 8.7-500, 8.8-500, 12-19] waits end with a 500 that says so, and nothing is changed": async (
    service,
  ) => {
    const text = "Ostro error: Timed out waiting for a response.";
    const body = planBody();
    assertError(await service.call("POST", "/v1/plans", { body }), 500, text);
    assertEquals((await service.call("GET", `/v1/plans/${body.stack_id}`)).status, 404);
    const group = await createGroup(service, { members: ["p-admin"] });
    for (const path of ["members", "members/p-admin"]) {
      assertError(await service.call("DELETE", `/v1/groups/${group.id}/${path}`), 500, text);
    }
    assertEquals((await service.call("GET", `/v1/groups/${group.id}/members/p-admin`)).status, 204);
    assertEquals((await service.call("HEAD", "/v1/status")).status, 500);
  },
});
