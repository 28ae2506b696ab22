import { assert, assertEquals } from "@std/assert";
import { dataCenterFile, hostName } from "../support/data_centers.ts";
import type { TestService } from "../support/service.ts";
import {
  assertError,
  assignment,
  contract,
  createGroup,
  createPlan,
  freshId,
  planBody,
  server,
  showPlacement,
  type WirePlacement,
} from "../support/contract.ts";

async function refused(
  service: TestService,
  resources: Record<string, unknown>,
  [status, text]: [number, string],
  token = "admin",
) {
  assertError(
    await service.call("POST", "/v1/plans", { token, body: planBody({ resources }) }),
    status,
    text,
  );
}

const rackOf = (host: string) => host.slice(0, 8);

contract("templates", { policy: "split", dataCenter: dataCenterFile({ racks: 6, hostsPerRack: 6 }) }, {
  "[9.2-case, 12-18] keys of the first level may have any case, and the exact one wins": async (service) => {
    const id = freshId();
    const resource = {
      name: "edge_a",
      Type: "OS::Nova::Server",
      Properties: { Flavor: "untouched", flavor: "m1.small" },
      DependsOn: ["x"],
      type: "OS::Nova::Server",
    };
    const plan = await createPlan(service, { resources: { [id]: resource } });
    assertEquals(plan.placements[id].name, "edge_a");
    const shouted = { TYPE: "OS::Nova::Server", properties: { Flavor: "m1.small" } };
    await refused(service, { a: shouted }, [
      400,
      "Valet error: resource a: properties.flavor must be a string or a number",
    ]);
  },

  "[9.3-names] names stand for ids in assignments, and nowhere else": async (service) => {
    const ids = [freshId(), freshId()];
    const resources = {
      [ids[0]]: server({ name: "m1.small" }),
      [ids[1]]: server({ name: "edge_b" }),
      [freshId()]: assignment("affinity", ["m1.small", "edge_b"]),
    };
    const { placements } = await createPlan(service, { resources });
    assertEquals(placements[ids[0]].location, placements[ids[1]].location);
  },

  "[9.3-names] an id goes before a name": async (service) => {
    const ids = ["first", "second"].map((word) => `${word}-${freshId()}`);
    const resources = {
      [ids[0]]: server({ name: ids[1] }),
      [ids[1]]: server({ name: "other" }),
      [freshId()]: assignment("diversity", [ids[0], ids[1]]),
    };
    const { placements } = await createPlan(service, { resources });
    assert(placements[ids[0]].location !== placements[ids[1]].location);
  },

  "[9.3-ambiguous, 9.3-unknown] names that fit two resources or none are 400": async (service) => {
    const twins = { a: server({ name: "twin" }), b: server({ name: "twin" }) };
    const rule = (name: string) => ({ ...twins, r: assignment("affinity", [name]) });
    await refused(service, rule("twin"), [400, "Valet error: resource name 'twin' is ambiguous"]);
    await refused(service, rule("nobody"), [400, "Valet error: invalid resource = nobody"]);
  },

  "[9.3-names] volumes and other resources in a group are left out of it": async (service) => {
    const resources = {
      [freshId()]: server({ name: "s" }),
      [freshId()]: { type: "OS::Cinder::Volume", name: "v" },
      [freshId()]: assignment("diversity", ["s", "v"]),
    };
    await createPlan(service, { resources });
  },

  "[9.4-resource] resources that break a rule of their own are named": async (service) => {
    const cases: [unknown, string][] = [
      [5, "must be an object"],
      [[], "must be an object"],
      [null, "must be an object"],
      [{}, "type must be a string"],
      [{ type: 5 }, "type must be a string"],
      [{ type: "OS::Nova::Server", properties: {} }, "properties.flavor must be a string or a number"],
      [{ type: "OS::Nova::Server" }, "properties.flavor must be a string or a number"],
      [server({ properties: { availability_zone: 5 } }), "properties.availability_zone must be a string"],
      [{ type: "ATT::Valet::GroupAssignment" }, "properties.resources must be an array of strings"],
      [
        assignment("affinity", "x" as unknown as string[]),
        "properties.resources must be an array of strings",
      ],
      [assignment("affinity", [5 as unknown as string]), "properties.resources must be an array of strings"],
      [
        assignment("affinity", [], { level: null }),
        "properties.level must be one of host, rack, cluster, room",
      ],
      [
        assignment("affinity", [], { level: "floor" }),
        "properties.level must be one of host, rack, cluster, room",
      ],
      [
        assignment("affinity", [], { level: "cluster" }),
        "properties.level 'cluster' does not exist in this site",
      ],
    ];
    for (const [resource, what] of cases) {
      await refused(service, { a: resource }, [400, `Valet error: resource a: ${what}`]);
    }
  },

  "[9.4-resource] a cycle of assignments is 400": async (service) => {
    const resources = {
      a: assignment("affinity", ["b"]),
      b: assignment("affinity", ["c"]),
      c: assignment("affinity", ["a"]),
    };
    const text = "Valet error: resource a: group assignments must not contain each other in a cycle";
    await refused(service, resources, [400, text]);
    await refused(service, { a: assignment("affinity", ["a"]) }, [400, text]);
  },

  "[9.4-resource] a host in the availability zone is for admins": async (service) => {
    const id = freshId();
    const target = hostName(4, 2);
    const forced = { [id]: server({ properties: { availability_zone: `nova:${target}` } }) };
    const plan = await createPlan(service, { resources: forced });
    assertEquals(plan.placements[id].location, target);
    const text = "properties.availability_zone may name a host only with an admin's token";
    await refused(service, { b: server({ properties: { availability_zone: "nova:x" } }) }, [
      400,
      `Valet error: resource b: ${text}`,
    ], "member");
  },

  "[9.4-400-type] an unknown group type is 400, case aside": async (service) => {
    await refused(service, { a: assignment("friendship", []) }, [
      400,
      "Valet error: group_type 'friendship' is invalid.",
    ]);
    await refused(service, { a: assignment(undefined as unknown as string, []) }, [
      400,
      "Valet error: group_type '' is invalid.",
    ]);
    await createPlan(service, { resources: { s: server(), a: assignment("Affinity", ["s"]) } });
  },

  "[9.4-409-name] a name on affinity or diversity is 409": async (service) => {
    for (const type of ["affinity", "diversity"]) {
      const text = `Valet error: group_name must not be used when group_type is '${type}'.`;
      await refused(service, { a: assignment(type, [], { group_name: "n" }) }, [409, text]);
    }
  },

  "[9.4-400-no-name] exclusivity without a name is 400": async (service) => {
    for (const group_name of [undefined, "", null]) {
      const text = "Valet error: group_name must be used when group_type is 'exclusivity'.";
      await refused(service, { a: assignment("exclusivity", [], { group_name }) }, [400, text]);
    }
  },

  "[9.4-404-group] an unknown group is 404": async (service) => {
    const rule = assignment("exclusivity", [], { group_name: "Nobody" });
    await refused(service, { a: rule }, [404, "Valet error: group_name 'Nobody' not found"]);
  },

  "[9.4-409-tenant, 12-17] one foreign exclusivity group refuses, in any order": async (service) => {
    const own = await createGroup(service, { members: ["p-blue"] });
    const foreign = await createGroup(service, { members: ["p-green"] });
    const rules = [own, foreign].map(({ name }) => assignment("exclusivity", [], { group_name: name }));
    const text = `Valet error: Tenant ID p-blue not a member of group_name '${foreign.name}' (${foreign.id})`;
    for (const [first, second] of [[0, 1], [1, 0]]) {
      await refused(service, { a: rules[first], b: rules[second] }, [409, text], "member");
    }
    const empty = await createGroup(service);
    const alone = { a: assignment("exclusivity", [], { group_name: empty.name }) };
    await refused(service, alone, [
      409,
      `Valet error: Tenant ID p-admin not a member of group_name '${empty.name}' (${empty.id})`,
    ]);
  },

  "[9.4-400-stored-type] the stored group must be one of exclusivity, and of the same level": async (
    service,
  ) => {
    const affine = await createGroup(service, { type: "affinity", members: ["p-admin"] });
    const named = (name: string) => ({ a: assignment("exclusivity", [], { group_name: name }) });
    await refused(service, named(affine.name), [400, "Valet error: group_type 'affinity' is invalid."]);
    const racked = await createGroup(service, { level: "rack", members: ["p-admin"] });
    const { status } = await service.call("POST", "/v1/plans", {
      body: planBody({ resources: named(racked.name) }),
    });
    assertEquals(status, 400);
  },

  "[9.4-case, 12-18] a group's name matches exactly, else in any case when only one does": async (
    service,
  ) => {
    const group = await createGroup(service, { name: "CasedGroup", members: ["p-admin"] });
    const use = (group_name: string) =>
      service.call("POST", "/v1/plans", {
        body: planBody({ resources: { a: assignment("exclusivity", [], { group_name }) } }),
      });
    assertEquals((await use("casedgroup")).status, 201);
    await createGroup(service, { name: "casedgroup" });
    assertEquals((await use(group.name)).status, 201);
    assertEquals((await use("casedgroup")).status, 409);
    assertEquals((await use("CASEDGROUP")).status, 404);
  },

  "[9.6-assignment] the later assignment names a stored group by id or name": async (service) => {
    const group = await createGroup(service, { type: "diversity", level: "rack" });
    for (const name of [group.id, group.name]) {
      const ids = [freshId(), freshId()];
      const rule = { type: "OS::Valet::GroupAssignment", properties: { group: name, resources: ids } };
      const plan = await createPlan(service, {
        resources: { [ids[0]]: server(), [ids[1]]: server(), [freshId()]: rule },
      });
      const racks = Object.values(plan.placements).map(({ location }) => rackOf(location));
      assertEquals(new Set(racks).size, 2);
    }
  },

  "[9.6-metadata] servers list groups in their metadata, and the groups bind across stacks": async (
    service,
  ) => {
    const group = await createGroup(service, { type: "affinity", level: "rack" });
    const grouped = () => server({ properties: { metadata: { valet: { groups: [group.name] } } } });
    const [first, second] = [freshId(), freshId()];
    const one = await createPlan(service, { resources: { [first]: grouped() }, locations: [hostName(6, 1)] });
    const two = await createPlan(service, { resources: { [second]: grouped() } });
    assertEquals(rackOf(two.placements[second].location), rackOf(one.placements[first].location));
  },

  "[9.6-errors] texts of the later version": async (service) => {
    const listing = (groups: unknown) => ({ a: server({ properties: { metadata: { valet: { groups } } } }) });
    await refused(service, listing(["nobody"]), [404, "Valet error: Group 'nobody' not found"]);
    const bare = { type: "OS::Valet::GroupAssignment", properties: { resources: [] } };
    await refused(service, { a: bare }, [400, "Valet error: Property 'group' must be specified."]);
    const { status } = await service.call("POST", "/v1/plans", {
      body: planBody({ resources: listing("x") }),
    });
    assertEquals(status, 400);
  },

  "[9.6-members] membership matters when there are members, and always for exclusivity": async (service) => {
    const listing = (name: string) => ({
      [freshId()]: server({ properties: { metadata: { valet: { groups: [name] } } } }),
    });
    for (const type of ["affinity", "diversity"]) {
      const open = await createGroup(service, { type });
      await createPlan(service, { resources: listing(open.name) }, { token: "member" });
      const closed = await createGroup(service, { type, members: ["p-green"] });
      const text = `Valet error: ID p-blue not a member of group ${closed.name} (${closed.id})`;
      await refused(service, listing(closed.name), [409, text], "member");
    }
    const exclusive = await createGroup(service);
    const text = `Valet error: ID p-blue not a member of group ${exclusive.name} (${exclusive.id})`;
    await refused(service, listing(exclusive.name), [409, text], "member");
  },

  "[9.6-hints] six scheduler hints are kept and searched, other metadata is not": async (service) => {
    const id = freshId();
    const metadata = {
      heat_root_stack_id: `root-${id}`,
      heat_resource_name: "edge",
      heat_path_in_stack: ["a", "b"],
      secret: "s",
    };
    await createPlan(service, { resources: { [id]: server({ metadata }) } });
    const { secret: _, ...kept } = metadata;
    assertEquals((await showPlacement(service, id)).metadata, kept);
    const search = async (query: string) => {
      const answer = await service.call("GET", `/v1/placements?${query}`);
      return answer.json<{ placements: WirePlacement[] }>().placements.length;
    };
    const path = encodeURIComponent('["a", "b"]');
    assertEquals(
      await search(`heat_root_stack_id=root-${id}&heat_resource_name=edge&heat_path_in_stack=${path}`),
      1,
    );
    assertEquals(await search(`heat_root_stack_id=root-${id}&heat_resource_name=other`), 0);
    assertEquals(await search(`secret=s`), 0);
  },
});
