import { assertEquals } from "@std/assert";
import type { Optimizer } from "../../src/ports/optimizer.ts";
import { dataCenterFile, hostName } from "../support/data_centers.ts";
import { FaultInjector } from "../support/faults.ts";
import { intercept } from "../support/intercept.ts";
import type { TestService } from "../support/service.ts";
import {
  assertEmpty,
  assertError,
  assignment,
  contract,
  createPlan,
  freshId,
  server,
  showPlacement,
  type WirePlacement,
} from "../support/contract.ts";

const HOSTS = [1, 2, 3].flatMap((rack) => [1, 2, 3, 4].map((host) => hostName(rack, host)));

const optimizer = new FaultInjector<Optimizer>("optimizer");
const decisions = () => optimizer.calls.get("place") ?? 0;

async function reserve(service: TestService, id: string, body: object): Promise<WirePlacement> {
  const answer = await service.call("POST", `/v1/placements/${id}`, { body });
  assertEquals(answer.status, 201, answer.text);
  return answer.json<{ placement: WirePlacement }>().placement;
}

/** A plan of servers; the ids in order. */
async function planned(service: TestService, count: number, rules: object[] = []): Promise<string[]> {
  const ids = Array.from({ length: count }, freshId);
  const resources = Object.fromEntries([
    ...ids.map((id) => [id, server()]),
    ...rules.map((rule) => [freshId(), rule]),
  ]);
  await createPlan(service, { resources });
  return ids;
}

contract("placements", {}, {
  "[8.9-200] placements are listed with all their fields": async (service) => {
    const [id] = await planned(service, 1);
    const { placements } = (await service.call("GET", "/v1/placements")).json<
      { placements: WirePlacement[] }
    >();
    const placement = placements.find(({ orchestration_id }) => orchestration_id === id)!;
    assertEquals(Object.keys(placement), [
      "id",
      "name",
      "orchestration_id",
      "resource_id",
      "location",
      "reserved",
      "plan_id",
      "metadata",
    ]);
    assertEquals([placement.resource_id, placement.reserved, placement.metadata], [null, false, {}]);
  },

  "[8.9-search] each field searches as text, reserved as a boolean, and all must match": async (service) => {
    const id = freshId();
    const plan = await createPlan(service, {
      resources: { [id]: server({ name: "42" }), [freshId()]: server() },
    });
    const { location } = plan.placements[id];
    const placement = await reserve(service, id, { locations: [location], resource_id: `nova-${id}` });
    const search = async (query: string) => {
      const answer = await service.call("GET", `/v1/placements?${query}`);
      return answer.json<{ placements: WirePlacement[] }>().placements.map((each) => each.orchestration_id);
    };
    const plan_id = plan.id;
    for (
      const query of [
        `id=${placement.id}`,
        `orchestration_id=${id}`,
        `resource_id=nova-${id}`,
        `name=42&plan_id=${plan_id}`,
        `reserved=true&plan_id=${plan_id}`,
        `location=${location}&plan_id=${plan_id}&name=42`,
      ]
    ) assertEquals(await search(query), [id], query);
    for (
      const query of [
        `id=${placement.id}&name=43`,
        `name=42&name=42`,
        `reserved=yes&plan_id=${plan_id}`,
        `reserved=false&orchestration_id=${id}`,
        "nothing=like-it",
        "constructor=x",
        `location=${location.slice(0, -1)}&plan_id=${plan_id}`,
      ]
    ) assertEquals(await search(query), [], query);
  },

  "[8.10-200, PLC-1] a placement is shown wrapped, by both ids, and reading reserves nothing": async (
    service,
  ) => {
    const [id] = await planned(service, 1);
    const byOrchestration = await showPlacement(service, id);
    const byId = await showPlacement(service, byOrchestration.id);
    assertEquals(byId, byOrchestration);
    assertEquals(byId.reserved, false);
  },

  "[8.10-404, 8.12-404, 8.11-404] an unknown placement is 404": async (service) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      assertError(await service.call(method, `/v1/placements/${freshId()}`), 404, "Placement not found");
    }
  },

  "[8.12-204] a placement is deleted alone": async (service) => {
    const [first, second] = await planned(service, 2);
    assertEmpty(await service.call("DELETE", `/v1/placements/${first}`));
    assertEquals((await service.call("GET", `/v1/placements/${first}`)).status, 404);
    await showPlacement(service, second);
  },
});

contract("reservations", { wrap: { optimizer: optimizer.wrap } }, {
  "[PLC-2, PLC-6, 12-15] a planned location among the candidates is reserved without a decision": async (
    service,
  ) => {
    const [id] = await planned(service, 1);
    const before = await showPlacement(service, id);
    const asked = decisions();
    const placement = await reserve(service, id, { locations: HOSTS, resource_id: "nova-1" });
    assertEquals(placement, { ...before, reserved: true, resource_id: "nova-1" });
    assertEquals(await showPlacement(service, id), placement);
    assertEquals(decisions(), asked);
  },

  "[PLC-8, PLC-2] a repeated reservation is answered again, and keeps the server's id": async (service) => {
    const [id] = await planned(service, 1);
    const first = await reserve(service, id, { locations: HOSTS, resource_id: "nova-2" });
    for (const extra of [{}, { resource_id: "" }, { resource_id: null }]) {
      assertEquals(await reserve(service, id, { locations: HOSTS, ...extra }), first);
    }
  },

  "[PLC-3, PLC-4, 12-15] another location is decided, and reserved servers stay": async (service) => {
    const ids = await planned(service, 3, []);
    const [target, pinned, free] = ids;
    const { location } = await showPlacement(service, pinned);
    await reserve(service, pinned, { locations: [location], resource_id: "nova-pinned" });
    const asked = decisions();
    const placement = await reserve(service, target, { locations: [HOSTS[11]], resource_id: "nova-3" });
    assertEquals(decisions(), asked + 1);
    assertEquals([placement.location, placement.reserved, placement.resource_id], [
      HOSTS[11],
      true,
      "nova-3",
    ]);
    assertEquals((await showPlacement(service, pinned)).location, location);
    assertEquals((await showPlacement(service, free)).reserved, false);
  },

  "[PLC-3] action replan decides although the location is a candidate": async (service) => {
    const [id] = await planned(service, 1);
    const asked = decisions();
    await reserve(service, id, { action: "replan", locations: HOSTS });
    assertEquals(decisions(), asked + 1);
  },

  "[PLC-4] unreserved companions of an affinity group move along": async (service) => {
    const pair = [freshId(), freshId()];
    const resources = {
      [pair[0]]: server(),
      [pair[1]]: server(),
      [freshId()]: assignment("affinity", pair, { level: "host" }),
    };
    await createPlan(service, { resources });
    await reserve(service, pair[0], { locations: [HOSTS[10]] });
    const companion = await showPlacement(service, pair[1]);
    assertEquals([companion.location, companion.reserved], [HOSTS[10], false]);
  },

  "[PLC-5, 8.11-500, 12-15] a refused replan changes nothing": async (service) => {
    const [id] = await planned(service, 1);
    const before = await showPlacement(service, id);
    for (const locations of [["no-such-host"], []]) {
      const answer = await service.call("POST", `/v1/placements/${id}`, {
        body: { locations, resource_id: "nova-x" },
      });
      assertError(
        answer,
        500,
        `Ostro error: violate requested hosts constraint for node = ${id}; server "${id}" fits none of 12 hosts: ` +
          "requested hosts rules out 12",
      );
    }
    assertEquals(await showPlacement(service, id), before);
  },

  "[8.11-400] malformed bodies and wrong types are 400": async (service) => {
    const [id] = await planned(service, 1);
    const post = (body: unknown) => service.call("POST", `/v1/placements/${id}`, { body });
    const end = "did not pass validation against callable:";
    assertError(await post("{"), 400, "No JSON object could be decoded");
    assertError(
      await post({ locations: "h12" }),
      400,
      `-> locations -> h12 ${end} array (not of type array)`,
    );
    assertError(
      await post({ locations: [1] }),
      400,
      `-> locations -> item[0] -> 1 ${end} string (not of type string)`,
    );
    assertError(
      await post({ resource_id: 5 }),
      400,
      `-> resource_id -> 5 ${end} string (not of type string)`,
    );
    assertEquals((await post({ locations: Array.from({ length: 10_001 }, String) })).status, 400);
    assertEquals((await post({ locations: null })).status, 500, "null is no candidate");
  },

  "[8.11-400-action] an unknown action is 400": async (service) => {
    const [id] = await planned(service, 1);
    const answer = await service.call("POST", `/v1/placements/${id}`, { body: { action: "move" } });
    assertError(answer, 400, "Invalid action: move. Must be one of ('reserve', 'replan')");
  },

  "[PLC-9] reservations of one stack at once do not mix": async (service) => {
    const ids = await planned(service, 6);
    const reserved = await Promise.all(
      ids.map((id, index) => reserve(service, id, { locations: [HOSTS[index]], resource_id: `nova-${id}` })),
    );
    assertEquals(reserved.map(({ location }) => location), HOSTS.slice(0, 6));
    for (const [index, id] of ids.entries()) {
      const { location, resource_id } = await showPlacement(service, id);
      assertEquals([location, resource_id, reserved[index].reserved], [HOSTS[index], `nova-${id}`, true]);
    }
  },
});

/** Answers without the servers that `isLeftOut` names, and with a stranger. */
function leavingOut(inner: Optimizer, isLeftOut: (name: string) => boolean): Optimizer {
  return intercept(inner, (optimizer) => ({
    place: async (request, options) => {
      const decision = await optimizer.place(request, options);
      const { servers } = request.application;
      if (decision.kind === "refused" || !servers.some(({ name }) => isLeftOut(name))) return decision;
      const placements = decision.placements.filter((_, index) => !isLeftOut(servers[index].name));
      return {
        ...decision,
        placements: [...placements, { ...decision.placements[0], serverId: "stranger" }],
      };
    },
  }));
}

contract("an optimizer that leaves servers out", {
  wrap: { optimizer: (inner) => leavingOut(inner, (name) => name === "lame") },
  dataCenter: dataCenterFile({ racks: 1, hostsPerRack: 1 }),
}, {
  "[PLAN-9, 5-partial, 12-19] a plan without one of its servers is not stored, and its room is free": async (
    service,
  ) => {
    const body = {
      plan_name: "p",
      stack_id: freshId(),
      resources: { [freshId()]: server(), [freshId()]: server({ name: "lame", flavor: "m1.xlarge" }) },
    };
    for (let round = 0; round < 3; round++) {
      assertError(await service.call("POST", "/v1/plans", { body }), 500, "Ostro error: incomplete response");
    }
    assertEquals((await service.call("GET", `/v1/plans/${body.stack_id}`)).status, 404);
    const ids = [freshId(), freshId()];
    await createPlan(service, {
      resources: Object.fromEntries(ids.map((id) => [id, server({ flavor: "m1.xlarge" })])),
    });
  },
});

let lame = false;

contract("an optimizer that forgets the target", {
  wrap: { optimizer: (inner) => leavingOut(inner, () => lame) },
}, {
  "[PLC-7, 5-partial] a reservation without its server in the answer changes nothing": async (service) => {
    const [id] = await planned(service, 1);
    const before = await showPlacement(service, id);
    lame = true;
    const answer = await service.call("POST", `/v1/placements/${id}`, { body: { locations: [HOSTS[11]] } });
    assertError(answer, 500, "Ostro error: incomplete response");
    assertEquals(await showPlacement(service, id), before);
  },
});
