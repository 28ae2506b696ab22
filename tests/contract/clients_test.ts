import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { dataCenterFile, hostName } from "../support/data_centers.ts";
import type { Answer, TestService } from "../support/service.ts";
import {
  contract,
  createGroup,
  freshId,
  type WireGroup,
  type WirePlacement,
  type WirePlan,
} from "../support/contract.ts";
import { adHocPlan, cephPlan, heat2017Stack, heat2018Resources } from "./clients/requests.ts";

const RACKS = 13;
const HOSTS = Array.from({ length: RACKS }, (_, rack) => [1, 2].map((host) => hostName(rack + 1, host)))
  .flat();
const SITE = { policy: "split" as const, dataCenter: dataCenterFile({ racks: RACKS, hostsPerRack: 2 }) };

/** A client with a token of its own, as the project's programs have one. */
class Client {
  constructor(
    readonly service: TestService,
    readonly token: string,
    readonly headers: Record<string, string> = {},
  ) {}

  call(method: string, path: string, body?: unknown): Promise<Answer> {
    return this.service.call(method, path, { token: this.token, body, headers: this.headers });
  }

  /** The status must be exactly this; the body as JSON, null when empty. */
  async expect<T>(status: number, method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call(method, path, body);
    assertEquals(answer.status, status, `${method} ${path}: ${answer.text}`);
    return (answer.text === "" ? null : answer.json()) as T;
  }
}

contract("clients of the original", SITE, {
  "2017: Heat plans a stack, Nova's filter reserves its servers, Heat deletes it": async (service) => {
    const heat = new Client(service, "member");
    const nova = new Client(service, "admin");
    const stackId = freshId();
    const { body, servers } = heat2017Stack(stackId);
    await heat.expect(201, "POST", "/v1/plans/", body);
    const { plan } = await heat.expect<{ plan: WirePlan }>(200, "GET", `/v1/plans/${stackId}`);
    assertEquals(Object.keys(plan.placements), servers);
    for (const id of servers) {
      const reserve = { locations: HOSTS, resource_id: freshId() };
      const { placement } = await nova.expect<{ placement: WirePlacement }>(
        201,
        "POST",
        `/v1/placements/${id}`,
        reserve,
      );
      assertEquals(placement.location, plan.placements[id].location);
    }
    const other = HOSTS.filter((host) =>
      host.slice(0, 8) === plan.placements[servers[0]].location.slice(0, 8)
    );
    const empty = await nova.expect<{ placement: WirePlacement }>(200, "GET", `/v1/placements/${servers[0]}`);
    assert(other.includes(empty.placement.location));
    await heat.expect(204, "DELETE", `/v1/plans/${stackId}`);
  },

  "2017: Nova's filter plans a server that no stack has, and asks again after a reschedule": async (
    service,
  ) => {
    const nova = new Client(service, "admin");
    const instance = freshId();
    const first = await nova.expect<{ plan: WirePlan }>(
      201,
      "POST",
      "/v1/plans/",
      adHocPlan(instance, HOSTS),
    );
    const { location } = first.plan.placements[instance];
    const again = await nova.expect<{ plan: WirePlan }>(
      201,
      "POST",
      "/v1/plans/",
      adHocPlan(instance, HOSTS),
    );
    assertEquals(again, first);
    const left = HOSTS.filter((host) => host !== location);
    const moved = await nova.expect<{ plan: WirePlan }>(201, "POST", "/v1/plans/", adHocPlan(instance, left));
    assertNotEquals(moved.plan.placements[instance].location, location);
  },

  "2017: the filter retries on what is not JSON and gives up on JSON": async (service) => {
    const unauthorized = await service.call("POST", `/v1/placements/${freshId()}`, { token: "old" });
    assertEquals(unauthorized.headers.get("content-type"), "text/plain; charset=UTF-8");
    const unknown = await new Client(service, "admin").call("POST", `/v1/placements/${freshId()}`, {
      locations: HOSTS,
    });
    assert("error" in unknown.json());
  },

  "2018: Heat plans, updates, creates what it can't update, and deletes twice": async (service) => {
    const heat = new Client(service, "member", { accept: "application/json" });
    const group = await createGroup(service, { type: "diversity", level: "host" });
    const stackId = freshId();
    const [a, b, c] = [freshId(), freshId(), freshId()];
    const original = heat2018Resources([a, b], [group.id]);
    const update = (resources: object) => ({ action: "update", original_resources: original, resources });
    const missing = await heat.call("PUT", `/v1/plans/${stackId}`, update(original));
    assertEquals([missing.status, missing.json().explanation], [404, "Plan not found"]);
    await heat.expect(201, "POST", "/v1/plans", { plan_name: "web", stack_id: stackId, resources: original });
    const grown = await heat.expect<{ plan: WirePlan }>(201, "PUT", `/v1/plans/${stackId}`, {
      ...update(heat2018Resources([a, c], [group.id])),
      plan_name: "web",
    });
    assertEquals(Object.keys(grown.plan.placements), [a, c]);
    await heat.expect(204, "DELETE", `/v1/plans/${stackId}`);
    const { error, explanation } = await heat.expect<{ error: { message: string }; explanation: string }>(
      404,
      "DELETE",
      `/v1/plans/${stackId}`,
    );
    assertEquals([typeof error.message, explanation], ["string", "Plan not found"]);
  },

  "2018: the filter finds a server by its hints or its id and has it placed anew": async (service) => {
    const nova = new Client(service, "admin", { accept: "application/json" });
    const [id, stackId] = [freshId(), freshId()];
    await nova.expect(201, "POST", "/v1/plans", {
      plan_name: "w",
      stack_id: stackId,
      resources: heat2018Resources([id], []),
    });
    const reserve = { action: "reserve", locations: HOSTS, resource_id: `nova-${id}` };
    await nova.expect(201, "POST", `/v1/placements/${id}`, reserve);
    const hints = `heat_root_stack_id=root&heat_resource_name=web_0&heat_path_in_stack=${
      encodeURIComponent('[["web", null]]')
    }`;
    for (const query of [`resource_id=nova-${id}`, `${hints}&resource_id=nova-${id}`]) {
      const { placements } = await nova.expect<{ placements: WirePlacement[] }>(
        200,
        "GET",
        `/v1/placements?${query}`,
      );
      const replan = { action: "replan", locations: HOSTS, resource_id: `nova-${id}` };
      const { placement } = await nova.expect<{ placement: WirePlacement }>(
        201,
        "POST",
        `/v1/placements/${placements[0].id}`,
        replan,
      );
      assert(HOSTS.includes(placement.location));
    }
    const none = await nova.expect<{ placements: WirePlacement[] }>(
      200,
      "GET",
      "/v1/placements?resource_id=unknown",
    );
    assertEquals(none.placements, []);
  },

  "2018: Heat's group resource lives and dies with empty answers where it wants them": async (service) => {
    const heat = new Client(service, "admin", { accept: "application/json" });
    const body = { name: "heat-group", type: "exclusivity", level: "rack", description: null };
    const group = await heat.expect<WireGroup>(201, "POST", "/v1/groups", body);
    await heat.expect(201, "PUT", `/v1/groups/${group.id}/members`, { members: ["p-blue", "p-green"] });
    const shown = await heat.expect<{ group: WireGroup }>(200, "GET", `/v1/groups/${group.id}`);
    assertEquals(shown.group.members, ["p-blue", "p-green"]);
    await heat.expect(201, "PUT", `/v1/groups/${group.id}`, { description: "new" });
    await heat.expect(204, "DELETE", `/v1/groups/${group.id}/members/p-blue`);
    await heat.expect(204, "DELETE", `/v1/groups/${group.id}/members`);
    assertEquals(await heat.expect(204, "DELETE", `/v1/groups/${group.id}`), null);
  },

  "the command line: every command of it gets a 2xx, or a JSON error where it reads one": async (service) => {
    const cli = new Client(service, "admin");
    const group = await cli.expect<WireGroup>(201, "POST", "/v1/groups", {
      name: "cli-group",
      type: "exclusivity",
    });
    await cli.expect(200, "GET", "/v1/groups");
    await cli.expect(200, "GET", `/v1/groups/${group.id}`);
    await cli.expect(201, "PUT", `/v1/groups/${group.id}`, { description: "d" });
    await cli.expect(400, "PUT", `/v1/groups/${group.id}`);
    await cli.expect(201, "PUT", `/v1/groups/${group.id}/members`, { members: ["p-blue"] });
    await cli.expect(204, "DELETE", `/v1/groups/${group.id}/members/p-blue`);
    await cli.expect(204, "DELETE", `/v1/groups/${group.id}/members`);
    await cli.expect(204, "DELETE", `/v1/groups/${group.id}`);
  },
});

/** The folders of the API collection in their order; a path may name what an earlier answer gave. */
const COLLECTION:
  readonly (readonly [folder: string, method: string, path: string, status: number, body?: object])[] = [
    ["Root", "GET", "/", 200],
    ["Root", "GET", "/v1", 200],
    ["Root", "OPTIONS", "/", 204],
    ["Root", "OPTIONS", "/v1", 204],
    ["Groups", "POST", "/v1/groups", 201, {
      name: "group",
      description: "My Awesome Group",
      type: "exclusivity",
    }],
    ["Groups", "GET", "/v1/groups", 200],
    ["Groups", "GET", "/v1/groups/{group}", 200],
    ["Groups", "PUT", "/v1/groups/{group}", 201, { description: "New Description" }],
    ["Groups", "PUT", "/v1/groups/{group}/members", 201, { members: ["p-admin"] }],
    ["Groups", "GET", "/v1/groups/{group}/members/p-admin", 204],
    ["Plans", "POST", "/v1/plans", 201, {
      plan_name: "with group",
      stack_id: "collection-group",
      resources: {
        "g-1": { name: "gs", type: "OS::Nova::Server", properties: { flavor: "m1.small" } },
        "g-2": {
          name: "ex",
          type: "ATT::Valet::GroupAssignment",
          properties: { group_type: "exclusivity", group_name: "group", level: "host", resources: ["gs"] },
        },
      },
    }],
    ["Plans", "DELETE", "/v1/plans/collection-group", 204],
    ["Groups", "DELETE", "/v1/groups/{group}/members/p-admin", 204],
    ["Groups", "DELETE", "/v1/groups/{group}/members", 204],
    ["Groups", "OPTIONS", "/v1/groups", 204],
    ["Groups", "OPTIONS", "/v1/groups/{group}", 204],
    ["Groups", "OPTIONS", "/v1/groups/{group}/members", 204],
    ["Groups", "DELETE", "/v1/groups/{group}", 204],
    ["Plans", "POST", "/v1/plans", 201, {
      plan_name: "collection",
      stack_id: "collection-stack",
      resources: {
        "c-1": { Type: "OS::Nova::Server", name: "one", Properties: { flavor: "m1.small", image: "i" } },
      },
    }],
    ["Placements", "GET", "/v1/placements", 200],
    ["Placements", "GET", "/v1/placements/c-1", 200],
    ["Placements", "POST", "/v1/placements/c-1", 201, { locations: HOSTS }],
    ["Placements", "OPTIONS", "/v1/placements", 204],
    ["Placements", "OPTIONS", "/v1/placements/c-1", 204],
    ["Plans", "POST", "/v1/plans/collection-stack", 405, {}],
    ["Plans", "GET", "/v1/plans", 200],
    ["Plans", "GET", "/v1/plans/collection-stack", 200],
    ["Plans", "PUT", "/v1/plans/collection-stack", 201, {
      action: "migrate",
      resources: ["c-1"],
      excluded_hosts: HOSTS.slice(0, 2),
    }],
    ["Plans", "PUT", "/v1/plans/collection-stack", 201, {
      action: "update",
      resources: { "c-1": { type: "OS::Nova::Server", name: "one", properties: { flavor: "m1.medium" } } },
    }],
    ["Plans", "OPTIONS", "/v1/plans", 204],
    ["Plans", "OPTIONS", "/v1/plans/collection-stack", 204],
    ["Plans", "DELETE", "/v1/plans/collection-stack", 204],
    ["Status", "HEAD", "/v1/status", 200],
    ["Status", "GET", "/v1/status", 200],
    ["Status", "OPTIONS", "/v1/status", 204],
  ];

contract("the API collection", SITE, {
  "every request of it gets its documented status, in order": async (service) => {
    const client = new Client(service, "admin");
    let group = "";
    for (const [, method, path, status, body] of COLLECTION) {
      const answer = await client.expect<{ id?: string } | null>(
        status,
        method,
        path.replace("{group}", group),
        body,
      );
      if (method === "POST" && path === "/v1/groups") group = answer!.id!;
    }
  },

  "the large Ceph example is planned with every server where its groups want it": async (service) => {
    const { body, servers } = cephPlan();
    const { plan } = await new Client(service, "admin").expect<{ plan: WirePlan }>(
      201,
      "POST",
      "/v1/plans",
      body,
    );
    assertEquals(Object.keys(plan.placements).length, servers.length);
    const racks = (names: string[]) =>
      new Set(names.map((name) => plan.placements[name].location.slice(0, 8))).size;
    assertEquals([racks(servers.slice(0, 12)), racks(servers.slice(12, 15))], [12, 3]);
  },
});

const CONTENT_TYPES = [
  "application/json",
  "application/json; charset=utf-8",
  "text/plain",
  "text/plain; charset=utf-8",
];

contract("tempest", SITE, {
  "groups and members get exactly the codes that it wants": async (service) => {
    const tempest = new Client(service, "admin");
    const group = await tempest.expect<WireGroup>(201, "POST", "/v1/groups", {
      name: "t",
      type: "exclusivity",
      description: "d",
      level: "host",
    });
    await tempest.expect(200, "GET", "/v1/groups");
    await tempest.expect(201, "PUT", `/v1/groups/${group.id}`, { description: "e" });
    await tempest.expect(201, "PUT", `/v1/groups/${group.id}/members`, {
      members: ["p-admin", "p-blue", "p-green", "p-service"],
    });
    await tempest.expect(204, "GET", `/v1/groups/${group.id}/members/p-blue`);
    await tempest.expect(204, "DELETE", `/v1/groups/${group.id}/members/p-blue`);
    await tempest.expect(409, "PUT", `/v1/groups/${group.id}/members`, { members: ["test_member"] });
    await tempest.expect(404, "DELETE", `/v1/groups/${group.id}/members/test_member`);
    await tempest.expect(404, "DELETE", `/v1/groups/${freshId()}`);
    await tempest.expect(204, "DELETE", `/v1/groups/${group.id}/members`);
    await tempest.expect(204, "DELETE", `/v1/groups/${group.id}`);
  },

  "errors come in content types that it accepts": async (service) => {
    const tempest = new Client(service, "admin");
    const answers = [
      await tempest.call("GET", "/v1/nowhere"),
      await tempest.call("POST", "/v1/groups", {}),
      await tempest.call("PATCH", "/v1/groups"),
      await service.call("GET", "/v1/groups", { token: null }),
      await tempest.call("POST", "/v1/plans", adHocPlan(freshId(), ["nowhere"])),
    ];
    for (const answer of answers) {
      assert(CONTENT_TYPES.includes(answer.headers.get("content-type")!.toLowerCase()), answer.text);
    }
  },

  "a plan is migrated away from its host, and a refusal names the optimizer": async (service) => {
    const tempest = new Client(service, "admin");
    const id = freshId();
    const { plan } = await tempest.expect<{ plan: WirePlan }>(201, "POST", "/v1/plans", adHocPlan(id, HOSTS));
    const { location } = plan.placements[id];
    const migrate = (excluded_hosts: string[]) => ({ action: "migrate", resources: [id], excluded_hosts });
    const moved = await tempest.expect<{ plan: WirePlan }>(
      201,
      "PUT",
      `/v1/plans/${id}`,
      migrate([location]),
    );
    assertNotEquals(moved.plan.placements[id].location, location);
    const refused = await tempest.call("PUT", `/v1/plans/${id}`, migrate(HOSTS));
    assert(refused.status === 500 && refused.text.includes("Ostro error"));
  },

  "nested diversity of two affinity groups puts the groups apart": async (service) => {
    const ids = [freshId(), freshId(), freshId(), freshId()];
    const rule = (name: string, properties: object) => ({
      name,
      type: "ATT::Valet::GroupAssignment",
      properties,
    });
    const resources = {
      ...Object.fromEntries(
        ids.map((id) => [id, { type: "OS::Nova::Server", properties: { flavor: "m1.small" } }]),
      ),
      [freshId()]: rule("one", { group_type: "affinity", level: "host", resources: ids.slice(0, 2) }),
      [freshId()]: rule("two", { group_type: "affinity", level: "host", resources: ids.slice(2) }),
      [freshId()]: rule("apart", { group_type: "diversity", level: "rack", resources: ["one", "two"] }),
    };
    const body = { plan_name: "nested", stack_id: freshId(), resources };
    const { plan } = await new Client(service, "admin").expect<{ plan: WirePlan }>(
      201,
      "POST",
      "/v1/plans",
      body,
    );
    const hosts = ids.map((id) => plan.placements[id].location);
    assertEquals([hosts[0] === hosts[1], hosts[2] === hosts[3]], [true, true]);
    assertNotEquals(hosts[0].slice(0, 8), hosts[2].slice(0, 8));
  },
});
