import { assertEquals } from "@std/assert";
import { Rejected } from "../../src/ports/failures.ts";
import { intercept } from "../support/intercept.ts";
import { PROJECTS } from "../support/test_settings.ts";
import { dataCenterFile, hostName } from "../support/data_centers.ts";
import {
  assertEmpty,
  assertError,
  assertUnauthorized,
  assignment,
  contract,
  createGroup,
  createPlan,
  freshId,
  server,
  type WireGroup,
} from "../support/contract.ts";
import type { TestService } from "../support/service.ts";

const HEX_PROJECT = PROJECTS[4];

async function show(service: TestService, id: string): Promise<WireGroup> {
  return (await service.call("GET", `/v1/groups/${id}`)).json<{ group: WireGroup }>().group;
}

/** A plan of project p-blue with a server in an exclusivity group of its own, and the server's id. */
async function occupied(service: TestService): Promise<{ group: WireGroup; serverId: string }> {
  const group = await createGroup(service, { members: ["p-blue", "p-green"] });
  const serverId = freshId();
  const rule = assignment("exclusivity", [serverId], { group_name: group.name });
  await createPlan(service, { resources: { [serverId]: server(), [freshId()]: rule } }, { token: "member" });
  return { group, serverId };
}

const NAME_RULE =
  "group_name_type (must contain only uppercase and lowercase letters, decimal digits, hyphens, " +
  "periods, underscores, and tildes [RFC 3986, Section 2.3])";

contract("groups", { policy: "split", dataCenter: dataCenterFile({ racks: 6, hostsPerRack: 6 }) }, {
  "[8.3-201, 12-8] a new group comes back unwrapped, without members and with an id": async (service) => {
    const body = { name: "Blue.hosts_~1-2", type: "affinity", description: "d", level: "rack" };
    const answer = await service.call("POST", "/v1/groups", { body });
    assertEquals(answer.status, 201);
    const { id, ...rest } = answer.json<WireGroup>();
    assertEquals(rest, { ...body, members: [] });
    assertEquals(await show(service, id), { id, ...body, members: [] });
  },

  "[8.3-201, 12-9] description may be null or absent, level absent": async (service) => {
    for (const [index, extra] of [{}, { description: null }, { level: null }].entries()) {
      const body = { name: `bare-${index}`, type: "diversity", ...extra };
      const group = (await service.call("POST", "/v1/groups", { body })).json<WireGroup>();
      assertEquals([group.description, group.level], ["", null]);
    }
  },

  "[8.3-400-body, 12-9] fields that break a rule are 400": async (service) => {
    const bad = (body: unknown, explanation: string) =>
      service.call("POST", "/v1/groups", { body }).then((answer) => assertError(answer, 400, explanation));
    for (const name of ["a b", "", "ö", "a/b", "x".repeat(256)]) {
      const echo = name.length > 64 ? `${name.slice(0, 64)}…` : name;
      await bad(
        { name, type: "affinity" },
        `-> name -> ${echo} did not pass validation against callable: ${NAME_RULE}`,
      );
    }
    const noText = (value: string) =>
      `-> name -> ${value} did not pass validation against callable: string (not of type string)`;
    await bad({ name: null, type: "affinity" }, noText("null"));
    await bad({ name: 7, type: "affinity" }, noText("7"));
    await bad({ type: "affinity" }, "required item in schema is missing: name");
    await bad({ name: "n" }, "required item in schema is missing: type");
    await bad(
      { name: "n", type: "friendship" },
      "-> type -> friendship did not pass validation against callable: group_type_type (must be one of affinity, diversity, exclusivity)",
    );
    await bad(
      { name: "n", type: "affinity", level: "cluster" },
      "-> level -> cluster did not pass validation against callable: level_type (must be one of host, rack)",
    );
    await bad(
      { name: "n", type: "affinity", members: [] },
      "-> top level has unexpected item in data: members",
    );
    assertEquals(
      (await service.call("POST", "/v1/groups", {
        body: { name: "n", type: "affinity", description: "x".repeat(1025) },
      })).status,
      400,
    );
  },

  "[8.3-400-name-taken, 12-9] a name is taken once, and case matters": async (service) => {
    const group = await createGroup(service, { name: "taken" });
    const again = await service.call("POST", "/v1/groups", { body: { name: group.name, type: "affinity" } });
    assertError(again, 400, "A group named taken already exists");
    await createGroup(service, { name: "Taken" });
  },

  "[8.4-200] all groups come in one list": async (service) => {
    const group = await createGroup(service);
    const { groups } = (await service.call("GET", "/v1/groups")).json<{ groups: WireGroup[] }>();
    // Groups of one millisecond come in the order of their ids.
    assertEquals(groups.filter(({ id }) => id === group.id), [group]);
  },

  "[8.5-200, 12-8] a group is shown wrapped, by id and by name": async (service) => {
    const group = await createGroup(service);
    for (const id of [group.id, group.name]) {
      const answer = await service.call("GET", `/v1/groups/${id}`);
      assertEquals([answer.status, answer.json()], [200, { group }]);
    }
  },

  "[8.5-404, 8.6-put-404, 8.6-delete-404, 8.7-put-404, 8.7-delete-404, 8.8-404-group] an unknown group is 404":
    async (service) => {
      const path = `/v1/groups/${freshId()}`;
      const calls: [string, string, unknown?][] = [
        ["GET", path],
        ["PUT", path, { description: "d" }],
        ["DELETE", path],
        ["PUT", `${path}/members`, { members: ["p-blue"] }],
        ["DELETE", `${path}/members`],
        ["GET", `${path}/members/p-blue`],
        ["DELETE", `${path}/members/p-blue`],
      ];
      for (const [method, each, body] of calls) {
        assertError(await service.call(method, each, { body }), 404, "Group not found");
      }
    },

  "[8.6-put-201, 12-8] a description changes, and null empties it": async (service) => {
    const group = await createGroup(service);
    for (const [given, stored] of [["new", "new"], [null, ""]]) {
      const answer = await service.call("PUT", `/v1/groups/${group.id}`, { body: { description: given } });
      assertEquals([answer.status, answer.json()], [201, { ...group, description: stored }]);
    }
  },

  "[8.6-put-400] anything but a description is 400": async (service) => {
    const { id } = await createGroup(service);
    const put = (body?: unknown) => service.call("PUT", `/v1/groups/${id}`, { body });
    for (const key of ["name", "type", "level", "members"]) {
      assertError(await put({ [key]: "x" }), 400, `-> top level has unexpected item in data: ${key}`);
    }
    assertError(await put({}), 400, "-> top level has no data to validate against schema");
    assertError(await put(), 400, "No JSON object could be decoded");
  },

  "[8.6-delete-204] a group without members goes away": async (service) => {
    const { id } = await createGroup(service);
    assertEmpty(await service.call("DELETE", `/v1/groups/${id}`));
    assertError(await service.call("GET", `/v1/groups/${id}`), 404, "Group not found");
  },

  "[8.6-delete-409] a group with members stays": async (service) => {
    const { id } = await createGroup(service, { members: ["p-blue"] });
    assertError(
      await service.call("DELETE", `/v1/groups/${id}`),
      409,
      "Unable to delete a Group with members.",
    );
    assertEquals((await show(service, id)).members, ["p-blue"]);
  },

  "[8.7-put-201, 12-10] members are added at the end in order, each once": async (service) => {
    const { id } = await createGroup(service, { members: ["p-green"] });
    const body = { members: ["p-blue", "p-green", HEX_PROJECT, "p-blue"] };
    const answer = await service.call("PUT", `/v1/groups/${id}/members`, { body });
    assertEquals([answer.status, answer.json<WireGroup>().members], [201, [
      "p-green",
      "p-blue",
      HEX_PROJECT,
    ]]);
  },

  "[8.7-put-400] elements that are no non-empty strings are 400": async (service) => {
    const { id } = await createGroup(service);
    const put = (members: unknown) => service.call("PUT", `/v1/groups/${id}/members`, { body: { members } });
    for (const members of [[""], [{}], [1], [null], "p-blue", null, {}]) {
      assertEquals((await put(members)).status, 400);
    }
    assertEquals((await put(Array.from({ length: 1001 }, String))).status, 400);
    assertEquals((await show(service, id)).members, []);
  },

  "[8.7-put-409, 12-10] one unknown project, or none, adds nobody": async (service) => {
    const { id } = await createGroup(service);
    for (const members of [["p-blue", "test_member"], []]) {
      const answer = await service.call("PUT", `/v1/groups/${id}/members`, { body: { members } });
      assertError(answer, 409, "Member list contains invalid tenant IDs");
    }
    assertEquals((await show(service, id)).members, []);
  },

  "[8.7-delete-204] all members go, also when there are none": async (service) => {
    const { id } = await createGroup(service, { members: ["p-blue", "p-green"] });
    for (let round = 0; round < 2; round++) {
      assertEmpty(await service.call("DELETE", `/v1/groups/${id}/members`));
      assertEquals((await show(service, id)).members, []);
    }
    assertEmpty(await service.call("DELETE", `/v1/groups/${id}`));
  },

  "[8.7-409-servers, 8.8-409-servers, 12-11] a member with servers stays on both paths": async (service) => {
    const { group, serverId } = await occupied(service);
    const text = (vm: string) => `Tenant Member p-blue has servers in group "${group.name}": ['${vm}']`;
    const paths = [`/v1/groups/${group.id}/members`, `/v1/groups/${group.id}/members/p-blue`];
    for (const path of paths) assertError(await service.call("DELETE", path), 409, text(serverId));
    const locations = Array.from({ length: 6 }, (_, index) => hostName(1, index + 1));
    const { location } =
      (await service.call("GET", `/v1/placements/${serverId}`)).json<{ placement: { location: string } }>()
        .placement;
    await service.call("POST", `/v1/placements/${serverId}`, {
      body: { locations: [...locations, location], resource_id: "nova-1" },
    });
    for (const path of paths) assertError(await service.call("DELETE", path), 409, text("nova-1"));
    assertEquals((await show(service, group.id)).members, ["p-blue", "p-green"]);
  },

  "[8.8-delete-204] a member without servers goes, others stay": async (service) => {
    const { group } = await occupied(service);
    assertEmpty(await service.call("DELETE", `/v1/groups/${group.id}/members/p-green`));
    assertEquals((await show(service, group.id)).members, ["p-blue"]);
  },

  "[8.7-409-servers] a member goes once its servers are gone": async (service) => {
    const { group, serverId } = await occupied(service);
    assertEmpty(await service.call("DELETE", `/v1/placements/${serverId}`));
    assertEmpty(await service.call("DELETE", `/v1/groups/${group.id}/members`));
  },

  "[8.8-get-204] a member is confirmed without a body": async (service) => {
    const { id } = await createGroup(service, { members: ["p-blue"] });
    assertEmpty(await service.call("GET", `/v1/groups/${id}/members/p-blue`));
  },

  "[8.8-404-member] a project that is no member is 404, compared exactly": async (service) => {
    const { id } = await createGroup(service, { members: ["p-blue"] });
    for (const member of ["p-green", "P-BLUE", "p-blu", "p-blue%20"]) {
      for (const method of ["GET", "DELETE"]) {
        const answer = await service.call(method, `/v1/groups/${id}/members/${member}`);
        assertError(answer, 404, "Member not found in group");
      }
    }
  },

  "[AUTH-4] groups are for admins": async (service) => {
    assertUnauthorized(
      await service.call("POST", "/v1/groups", { token: "member", body: { name: "m", type: "affinity" } }),
    );
  },
});

contract("a store that fails to store", {
  wrap: {
    store: (store) =>
      intercept(store, () => ({ createGroup: () => Promise.reject(new Rejected("store", "odd row")) })),
  },
}, {
  "[8.3-500-not-stored] a storing failure that no repetition mends is 500 and tells nothing": async (
    service,
  ) => {
    const answer = await service.call("POST", "/v1/groups", { body: { name: "n", type: "affinity" } });
    assertError(answer, 500, "Unable to create Group.");
  },
});
