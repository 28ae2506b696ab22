import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { dataCenterFile, hostName } from "../support/data_centers.ts";
import type { TestService } from "../support/service.ts";
import {
  assertError,
  assignment,
  contract,
  createPlan,
  freshId,
  server,
  showPlacement,
  type WirePlan,
} from "../support/contract.ts";

const CHEAP = { dataCenter: dataCenterFile({ racks: 6, hostsPerRack: 6 }) };

function put(service: TestService, id: string, body: unknown) {
  return service.call("PUT", `/v1/plans/${id}`, { body });
}

async function changed(service: TestService, id: string, body: unknown): Promise<WirePlan> {
  const answer = await put(service, id, body);
  assertEquals(answer.status, 201, answer.text);
  return answer.json<{ plan: WirePlan }>().plan;
}

/** Reserves a server where it is planned. */
async function boot(service: TestService, id: string): Promise<string> {
  const { location } = await showPlacement(service, id);
  const body = { locations: [location], resource_id: `nova-${id}` };
  assertEquals((await service.call("POST", `/v1/placements/${id}`, { body })).status, 201);
  return location;
}

contract("migrate", CHEAP, {
  "[8.14-migrate-201, 12-16] a server moves, by either id, and is no longer reserved; the rest stays": async (
    service,
  ) => {
    const ids = [freshId(), freshId()];
    const plan = await createPlan(service, {
      resources: Object.fromEntries(ids.map((id) => [id, server()])),
    });
    const location = await boot(service, ids[0]);
    await boot(service, ids[1]);
    for (const named of [`nova-${ids[0]}`, ids[0]]) {
      const before = (await showPlacement(service, ids[0])).location;
      const moved = await changed(service, plan.id, {
        action: "migrate",
        resources: [named],
        excluded_hosts: [location],
      });
      assertNotEquals(moved.placements[ids[0]].location, before);
      assertNotEquals(moved.placements[ids[0]].location, location);
      assertEquals(moved.placements[ids[1]], plan.placements[ids[1]]);
    }
    const placement = await showPlacement(service, ids[0]);
    assertEquals([placement.reserved, placement.resource_id], [false, `nova-${ids[0]}`]);
    assertEquals((await showPlacement(service, ids[1])).reserved, true);
  },

  "[8.14-migrate-201] affinity moves along, and excluded hosts receive nothing": async (service) => {
    const ids = [freshId(), freshId()];
    const resources = {
      [ids[0]]: server(),
      [ids[1]]: server(),
      [freshId()]: assignment("affinity", ids, { level: "rack" }),
    };
    const plan = await createPlan(service, { resources });
    const rack = plan.placements[ids[0]].location.slice(0, 8);
    const excluded_hosts = Array.from({ length: 6 }, (_, index) => `${rack}c00${index + 1}`);
    const moved = await changed(service, plan.id, { action: "migrate", resources: [ids[0]], excluded_hosts });
    const racks = Object.values(moved.placements).map(({ location }) => location.slice(0, 8));
    assertEquals(racks[0], racks[1]);
    assertNotEquals(racks[0], rack);
  },

  "[8.14-400-length, 12-16] migration takes exactly one server": async (service) => {
    const plan = await createPlan(service);
    for (const resources of [[], ["a", "b"], {}, "a"]) {
      assertError(
        await put(service, plan.id, { action: "migrate", resources }),
        400,
        "resources must be a list of length 1.",
      );
    }
  },

  "[8.14-400-unknown, 12-16] migration takes a server of the plan": async (service) => {
    const plan = await createPlan(service);
    const foreign = Object.keys((await createPlan(service)).placements)[0];
    const unknown: [unknown, string][] = [["", ""], [null, "null"], [foreign, foreign], ["x", "x"], [5, "5"]];
    for (const [id, text] of unknown) {
      const answer = await put(service, plan.id, { action: "migrate", resources: [id] });
      assertError(answer, 400, `Unknown resource or orchestration id: ${text}`);
    }
  },

  "[8.14-400-body] bodies that break a rule are 400": async (service) => {
    const plan = await createPlan(service);
    const bad = async (body: unknown) => assertEquals((await put(service, plan.id, body)).status, 400);
    await bad({ action: "migrate" });
    await bad({ resources: ["x"] });
    await bad({ action: "migrate", resources: ["x"], excluded_hosts: "h" });
    await bad({ action: "migrate", resources: ["x"], stack_id: "s" });
    await bad({ action: 5, resources: ["x"] });
    await bad("{");
    await bad(undefined);
  },

  "[8.14-500] a migration with nowhere to go is 500 and changes nothing": async (service) => {
    const plan = await createPlan(service);
    const excluded_hosts = [1, 2, 3, 4, 5, 6].flatMap((rack) =>
      [1, 2, 3, 4, 5, 6].map((host) => hostName(rack, host))
    );
    const [id] = Object.keys(plan.placements);
    const answer = await put(service, plan.id, { action: "migrate", resources: [id], excluded_hosts });
    assertEquals(answer.status, 500);
    assert(
      answer.json<{ explanation: string }>().explanation.startsWith(
        "Ostro error: violate requested hosts constraint",
      ),
    );
    assertEquals((await service.call("GET", `/v1/plans/${plan.id}`)).json<{ plan: WirePlan }>().plan, plan);
  },
});

contract("update", CHEAP, {
  "[UPD-1] resources must be an object": async (service) => {
    const plan = await createPlan(service);
    for (const resources of [[], "x", 5, null]) {
      assertError(
        await put(service, plan.id, { action: "update", resources }),
        400,
        "resources must be a dictionary.",
      );
    }
  },

  "[UPD-2] original resources are checked first, then new ones": async (service) => {
    const plan = await createPlan(service);
    const bad = (name: string) => ({ x: assignment("affinity", [name]) });
    const both = { action: "update", original_resources: bad("first"), resources: bad("second") };
    assertError(await put(service, plan.id, both), 400, "Valet error: invalid resource = first");
    assertError(
      await put(service, plan.id, { action: "update", resources: bad("second") }),
      400,
      "Valet error: invalid resource = second",
    );
  },

  "[UPD-3] an update without servers leaves the plan as it is": async (service) => {
    const plan = await createPlan(service);
    assertEquals(await changed(service, plan.id, { action: "update", resources: {} }), plan);
  },

  "[UPD-4, UPD-5] known servers keep their rows, new ones get one, removed ones lose theirs": async (
    service,
  ) => {
    const [kept, removed, added] = [freshId(), freshId(), freshId()];
    const hints = { metadata: { heat_resource_name: "kept" } };
    const plan = await createPlan(service, { resources: { [kept]: server(hints), [removed]: server() } });
    await boot(service, kept);
    const before = await showPlacement(service, kept);
    const updated = await changed(service, plan.stack_id, {
      action: "update",
      original_resources: { [kept]: server(hints), [removed]: server() },
      resources: { [kept]: server(hints), [added]: server() },
      plan_name: "ignored",
    });
    assertEquals([updated.id, updated.stack_id, updated.name], [plan.id, plan.stack_id, plan.name]);
    assertEquals(Object.keys(updated.placements), [kept, added]);
    assertEquals(await showPlacement(service, kept), before);
    assertEquals((await service.call("GET", `/v1/placements/${removed}`)).status, 404);
  },

  "[UPD-5] a resized server keeps its row, its id and its reservation": async (service) => {
    const id = freshId();
    const plan = await createPlan(service, { resources: { [id]: server() } });
    await boot(service, id);
    const before = await showPlacement(service, id);
    await changed(service, plan.id, {
      action: "update",
      resources: { [id]: server({ flavor: "m1.xlarge" }) },
    });
    const after = await showPlacement(service, id);
    assertEquals([after.id, after.resource_id, after.reserved], [before.id, before.resource_id, true]);
  },

  "[UPD-6] a refused update changes nothing": async (service) => {
    const plan = await createPlan(service);
    const answer = await put(service, plan.id, {
      action: "update",
      resources: { x: server({ flavor: "m1.none" }) },
    });
    assertEquals(answer.status, 500);
    assertEquals((await service.call("GET", `/v1/plans/${plan.id}`)).json<{ plan: WirePlan }>().plan, plan);
  },

  "[UPD-2] a server of another plan can't be taken over": async (service) => {
    const plan = await createPlan(service);
    const [foreign] = Object.keys((await createPlan(service)).placements);
    const answer = await put(service, plan.id, { action: "update", resources: { [foreign]: server() } });
    assertError(answer, 409, `Valet error: ${foreign} is already in use`);
  },
});

contract("migration holds both hosts", { dataCenter: dataCenterFile({ racks: 1, hostsPerRack: 2 }) }, {
  "[8.14-migrate-201] the old host is free only when the new one is reserved": async (service) => {
    const id = freshId();
    const plan = await createPlan(service, { resources: { [id]: server({ flavor: "m1.xlarge" }) } });
    const filler = () => createPlan(service, { resources: { [freshId()]: server({ flavor: "m1.xlarge" }) } });
    await filler();
    const moved = await changed(service, plan.id, { action: "migrate", resources: [id] });
    await filler();
    const more = {
      plan_name: "p",
      stack_id: freshId(),
      resources: { [freshId()]: server({ flavor: "m1.xlarge" }) },
    };
    assertEquals((await service.call("POST", "/v1/plans", { body: more })).status, 500);
    const { location } = moved.placements[id];
    await service.call("POST", `/v1/placements/${id}`, {
      body: { locations: [location], resource_id: "nova" },
    });
    assertEquals((await service.call("POST", "/v1/plans", { body: more })).status, 201);
  },
});
