import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Optimizer } from "../../src/ports/optimizer.ts";
import { FaultInjector } from "../support/faults.ts";
import { dataCenterFile, hostName } from "../support/data_centers.ts";
import {
  assertEmpty,
  assertError,
  assignment,
  contract,
  createPlan,
  freshId,
  planBody,
  server,
  showPlacement,
  type WirePlan,
} from "../support/contract.ts";
import type { TestService } from "../support/service.ts";

const CHEAP = { dataCenter: dataCenterFile({ racks: 6, hostsPerRack: 6 }) };

function post(service: TestService, body: unknown, token = "admin") {
  return service.call("POST", "/v1/plans", { body, token });
}

async function show(service: TestService, id: string): Promise<WirePlan> {
  return (await service.call("GET", `/v1/plans/${id}`)).json<{ plan: WirePlan }>().plan;
}

contract("plans", CHEAP, {
  "[8.13-post-201, PLAN-4, PLAN-5, 12-8] a plan has one unreserved placement per server": async (service) => {
    const ids = [freshId(), freshId()];
    const body = planBody({
      plan_name: "edge",
      resources: {
        [ids[0]]: server({ name: "edge_a" }),
        [ids[1]]: server({ name: "edge_b" }),
        [freshId()]: { type: "OS::Cinder::Volume", properties: { size: 20 } },
      },
    });
    const answer = await post(service, body);
    assertEquals([answer.status, Object.keys(answer.json())], [201, ["plan"]]);
    const { plan } = answer.json<{ plan: WirePlan }>();
    assertEquals([plan.stack_id, plan.name, Object.keys(plan.placements)], [body.stack_id, "edge", ids]);
    for (const id of ids) {
      const placement = await showPlacement(service, id);
      const { name, location } = plan.placements[id];
      assertEquals(
        [placement.name, placement.location, placement.reserved, placement.resource_id, placement.plan_id],
        [name, location, false, null, plan.id],
      );
    }
  },

  "[8.13-list] plans are listed with their placements": async (service) => {
    const plan = await createPlan(service);
    const { plans } = (await service.call("GET", "/v1/plans")).json<{ plans: WirePlan[] }>();
    assertEquals(plans.filter(({ id }) => id === plan.id), [plan]);
  },

  "[8.13-show] a plan is shown wrapped": async (service) => {
    const plan = await createPlan(service);
    const answer = await service.call("GET", `/v1/plans/${plan.id}`);
    assertEquals([answer.status, answer.json()], [200, { plan }]);
  },

  "[8.13-show-404, 8.13-delete-404, 8.14-404] an unknown plan is 404": async (service) => {
    for (
      const [method, body] of [["GET"], ["DELETE"], ["PUT", { action: "update", resources: {} }]] as const
    ) {
      assertError(await service.call(method, `/v1/plans/${freshId()}`, { body }), 404, "Plan not found");
    }
  },

  "[8.13-delete-204] a plan goes with its placements": async (service) => {
    const plan = await createPlan(service);
    assertEmpty(await service.call("DELETE", `/v1/plans/${plan.stack_id}`));
    assertError(await service.call("GET", `/v1/plans/${plan.id}`), 404, "Plan not found");
    const [id] = Object.keys(plan.placements);
    assertError(await service.call("GET", `/v1/placements/${id}`), 404, "Placement not found");
  },

  "[8.13-post-400] fields that break a rule are 400": async (service) => {
    const bad = async (changes: object, status = 400) => {
      const answer = await post(service, { ...planBody(), ...changes });
      assertEquals(answer.status, status, answer.text);
    };
    await bad({ plan_name: undefined });
    await bad({ stack_id: undefined });
    await bad({ resources: undefined });
    await bad({ plan_name: 5 });
    await bad({ plan_name: "x".repeat(256) });
    await bad({ stack_id: "" });
    await bad({ resources: "r" });
    await bad({ locations: "h" });
    await bad({ timeout: 60 });
    await bad({ specifications: {} });
    await bad({ reservations: {} });
    await bad({ timeout: "soon" }, 201);
    await bad({ plan_name: "" }, 201);
  },

  "[PLAN-1] group checks come before a stack without servers is waved through": async (service) => {
    const rule = assignment("exclusivity", [], { group_name: "nobody" });
    const answer = await post(service, planBody({ resources: { a: rule } }));
    assertError(answer, 404, "Valet error: group_name 'nobody' not found");
  },

  "[PLAN-2, 12-12] a stack without servers is an empty plan, unknown afterwards": async (service) => {
    for (const resources of [{}, { v: { type: "OS::Cinder::Volume" } }]) {
      const body = planBody({ resources });
      const answer = await post(service, body);
      assertEquals([answer.status, answer.json()], [201, { plan: {} }]);
      assertEquals((await service.call("GET", `/v1/plans/${body.stack_id}`)).status, 404);
    }
  },

  "[PLAN-3] locations bind every server, and an empty list none": async (service) => {
    const locations = [hostName(4, 2), hostName(5, 1)];
    const ids = [freshId(), freshId(), freshId()];
    const resources = Object.fromEntries(ids.map((id) => [id, server()]));
    const plan = await createPlan(service, { resources, locations });
    for (const { location } of Object.values(plan.placements)) assert(locations.includes(location));
    await createPlan(service, { locations: [] });
  },

  "[PLAN-6, 8.13-post-500, 5-refusal] a refusal stores nothing and counts hosts": async (service) => {
    const body = planBody({ resources: { [freshId()]: server({ name: "odd", flavor: "m1.none" }) } });
    assertError(
      await post(service, body),
      500,
      'Ostro error: fail to set flavor information; server "odd" asks for flavor "m1.none", which the site does not know',
    );
    assertEquals((await service.call("GET", `/v1/plans/${body.stack_id}`)).status, 404);
    const many = Array.from({ length: 37 }, (_, index) => `s${index}-${freshId()}`);
    const apart = planBody({
      resources: {
        ...Object.fromEntries(many.map((id) => [id, server()])),
        rule: assignment("diversity", many),
      },
    });
    const answer = await post(service, apart);
    assertEquals(answer.status, 500);
    const { refusal } = answer.json<{ refusal: { message: string; nodes: { removed: object[] }[] } }>();
    assertEquals(refusal.message, "no available hosts");
    assertEquals(refusal.nodes[0].removed, [{ constraint: "diversity", hosts: 36 }]);
  },

  "[PLAN-7, 12-13] the same request again is answered with the stored plan": async (service) => {
    const body = planBody();
    const first = await post(service, body);
    const [id] = Object.keys(body.resources);
    const shuffled = {
      ...body,
      resources: { [id]: { properties: { image: "jammy", flavor: "m1.small" }, type: "OS::Nova::Server" } },
    };
    for (
      const again of [body, shuffled, {
        ...body,
        locations: [first.json<{ plan: WirePlan }>().plan.placements[id].location],
      }]
    ) {
      const answer = await post(service, again);
      assertEquals([answer.status, answer.text], [201, first.text]);
    }
  },

  "[PLAN-7, 12-13] many at once make one plan": async (service) => {
    const body = planBody();
    const answers = await Promise.all(Array.from({ length: 8 }, () => post(service, body)));
    assertEquals(new Set(answers.map(({ text }) => text)).size, 1);
    const listed = (await service.call("GET", "/v1/plans")).text;
    assertEquals(listed.split(body.stack_id).length - 1, 1);
  },

  "[PLAN-7] another request for the stack replaces the plan and keeps its id": async (service) => {
    const plan = await createPlan(service);
    const fresh = freshId();
    const replaced = await createPlan(service, { stack_id: plan.stack_id, resources: { [fresh]: server() } });
    assertEquals([replaced.id, Object.keys(replaced.placements)], [plan.id, [fresh]]);
    const [old] = Object.keys(plan.placements);
    assertEquals((await service.call("GET", `/v1/placements/${old}`)).status, 404);
  },

  "[PLAN-7] a replacement that fits nowhere leaves the old plan": async (service) => {
    const plan = await createPlan(service);
    const resources = { [freshId()]: server({ flavor: "m1.none" }) };
    assertEquals((await post(service, planBody({ stack_id: plan.stack_id, resources }))).status, 500);
    assertEquals(await show(service, plan.id), plan);
  },

  "[PLAN-7] a host outside new locations is given up": async (service) => {
    const body = planBody();
    const [id] = Object.keys(body.resources);
    const { placements } = (await post(service, body)).json<{ plan: WirePlan }>().plan;
    const locations = [hostName(6, 6)];
    assertNotEquals(placements[id].location, locations[0]);
    const moved = (await post(service, { ...body, locations })).json<{ plan: WirePlan }>().plan;
    assertEquals(moved.placements[id].location, locations[0]);
  },

  "[PLAN-7] a reserved server stays when its stack is planned anew": async (service) => {
    const plan = await createPlan(service);
    const [id] = Object.keys(plan.placements);
    const { location } = plan.placements[id];
    await service.call("POST", `/v1/placements/${id}`, {
      body: { locations: [location], resource_id: `nova-${id}` },
    });
    const resources = { [id]: server(), [freshId()]: server({ flavor: "m1.xlarge" }) };
    const grown = await createPlan(service, { stack_id: plan.stack_id, resources });
    assertEquals(grown.placements[id].location, location);
    const placement = await showPlacement(service, id);
    assertEquals([placement.reserved, placement.resource_id], [true, `nova-${id}`]);
  },

  "[PLAN-7] a server of another plan can't be planned again": async (service) => {
    const plan = await createPlan(service);
    const [id] = Object.keys(plan.placements);
    const answer = await post(service, planBody({ resources: { [id]: server() } }));
    assertError(answer, 409, `Valet error: ${id} is already in use`);
  },
});

const optimizer = new FaultInjector<Optimizer>("optimizer");

contract("a client that goes away", { wrap: { optimizer: optimizer.wrap } }, {
  "[PLAN-8] it leaves a finished plan": async (service) => {
    const body = planBody();
    const text = JSON.stringify(body);
    const { hostname, port } = new URL(service.url);
    const deciding = optimizer.hold("place");
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head =
      `POST /v1/plans HTTP/1.1\r\nHost: valet\r\nX-Auth-Token: admin\r\nContent-Length: ${text.length}\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head + text));
    await deciding;
    connection.close();
    optimizer.heal();
    let found = 404;
    for (let round = 0; found === 404 && round < 500; round++) {
      found = (await service.call("GET", `/v1/plans/${body.stack_id}`)).status;
    }
    assertEquals(found, 200);
  },
});

contract("room", { dataCenter: dataCenterFile({ racks: 1, hostsPerRack: 2 }) }, {
  "[8.13-delete-204, 8.12-204] what is deleted gives its room back at once, and nothing is given twice":
    async (service) => {
      const full = () => planBody({ resources: { [freshId()]: server({ flavor: "m1.xlarge" }) } });
      const bodies = Array.from({ length: 6 }, full);
      const answers = await Promise.all(bodies.map((body) => post(service, body)));
      assertEquals(answers.map(({ status }) => status).sort(), [201, 201, 201, 201, 500, 500]);
      const { plan } = answers.find(({ status }) => status === 201)!.json<{ plan: WirePlan }>();
      assertEmpty(await service.call("DELETE", `/v1/plans/${plan.id}`));
      const next = (await post(service, full())).json<{ plan: WirePlan }>().plan;
      assertEmpty(await service.call("DELETE", `/v1/placements/${Object.keys(next.placements)[0]}`));
      assertEquals((await post(service, full())).status, 201);
      assertEquals((await post(service, full())).status, 500);
    },
});
