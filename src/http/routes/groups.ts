import type { Group } from "../../domain/group.ts";
import { createGroup, deleteGroup, describeGroup, findGroup, listGroups } from "../../usecases/groups.ts";
import { addMembers, removeAllMembers, removeMember } from "../../usecases/members.ts";
import { Problem } from "../../usecases/problem.ts";
import { type Answer, created, NO_CONTENT, ok } from "../answer.ts";
import { presentGroup, presentPages } from "../present.ts";
import { plain, resource, withBody } from "../resource.ts";
import {
  type AddMembers,
  addMembersSchema,
  createGroupSchema,
  type DescribeGroup,
  describeGroupSchema,
  groupEnvelopeSchema,
  groupListSchema,
  groupSchema,
} from "../schemas/groups.ts";

const EXAMPLE = {
  id: "0c0ffee1-5a7b-4f1e-9d63-2b8e7a90c411",
  name: "tenant-blue",
  description: "Hosts for blue",
  type: "exclusivity",
  level: null,
  members: ["9f4e2a6b0c1d4e5f8a7b6c5d4e3f2a1b"],
};

const GROUP_ID = { group_id: "Id of a group, else its name" };
const NOT_FOUND = [404, "Group not found"] as const;
const HAS_SERVERS = [
  409,
  `Tenant Member ${
    EXAMPLE.members[0]
  } has servers in group "tenant-blue": ['c2f0a1d4-77aa-4d1b-9b1e-6f2f6d0b9e31']`,
] as const;
const NO_ANSWER = [500, "Ostro error: Timed out waiting for a response."] as const;

function wrapped(result: Group | Problem): Answer | Problem {
  return result instanceof Problem ? result : created(presentGroup(result));
}

function emptied(result: void | Problem): Answer | Problem {
  return result instanceof Problem ? result : NO_CONTENT;
}

export const groupsResource = resource({
  path: "/v1/groups",
  tag: "groups",
  kind: "groups",
  find: () => null,
  methods: [
    plain("GET", {
      summary: "List groups",
      success: {
        status: 200,
        description: "All groups",
        schema: groupListSchema,
        example: { groups: [EXAMPLE] },
      },
      errors: [],
      handle: (ctx) =>
        Promise.resolve({
          status: 200,
          list: { key: "groups", pages: presentPages(listGroups(ctx), presentGroup) },
        }),
    }),
    withBody("POST", {
      summary: "Create a group",
      body: {
        schema: createGroupSchema,
        example: { name: "tenant-blue", type: "exclusivity", description: "Hosts for blue" },
      },
      success: {
        status: 201,
        description: "The group",
        schema: groupSchema,
        example: { ...EXAMPLE, members: [] },
      },
      errors: [
        [400, "A group named tenant-blue already exists"],
        [500, "Unable to create Group."],
      ],
      handle: async (ctx, _access, { body: { name, type, description, level } }) =>
        wrapped(await createGroup(ctx, { name, type, description: description ?? "", level: level ?? null })),
    }),
  ],
});

export const groupResource = resource({
  path: "/v1/groups/:group_id",
  tag: "groups",
  kind: "groups",
  params: GROUP_ID,
  find: (ctx, _access, { params }) => findGroup(ctx, params.group_id),
  methods: [
    plain<Group>("GET", {
      summary: "Show a group",
      success: {
        status: 200,
        description: "The group",
        schema: groupEnvelopeSchema,
        example: { group: EXAMPLE },
      },
      errors: [NOT_FOUND],
      handle: (_ctx, _access, { found }) => Promise.resolve(ok({ group: presentGroup(found) })),
    }),
    withBody<Group, DescribeGroup>("PUT", {
      summary: "Change a group's description",
      repeatable: true,
      body: { schema: describeGroupSchema, example: { description: "Hosts for blue only" } },
      success: {
        status: 201,
        description: "The group",
        schema: groupSchema,
        example: { ...EXAMPLE, description: "Hosts for blue only" },
      },
      errors: [[400, "-> top level has unexpected item in data: name"], NOT_FOUND],
      handle: async (ctx, _access, { found, body }) =>
        wrapped(await describeGroup(ctx, found.id, body.description ?? "")),
    }),
    plain<Group>("DELETE", {
      summary: "Delete a group without members",
      success: { status: 204, description: "The group is gone" },
      errors: [NOT_FOUND, [409, "Unable to delete a Group with members."]],
      handle: async (ctx, _access, { found }) => emptied(await deleteGroup(ctx, found.id)),
    }),
  ],
});

export const membersResource = resource({
  path: "/v1/groups/:group_id/members",
  tag: "groups",
  kind: "groups",
  params: GROUP_ID,
  find: (ctx, _access, { params }) => findGroup(ctx, params.group_id),
  methods: [
    withBody<Group, AddMembers>("PUT", {
      summary: "Add members to a group",
      repeatable: true,
      body: { schema: addMembersSchema, example: { members: EXAMPLE.members } },
      success: { status: 201, description: "The group", schema: groupSchema, example: EXAMPLE },
      errors: [[400, "required item in schema is missing: members"], NOT_FOUND, [
        409,
        "Member list contains invalid tenant IDs",
      ]],
      handle: async (ctx, _access, { found, body }) => wrapped(await addMembers(ctx, found, body.members)),
    }),
    plain<Group>("DELETE", {
      summary: "Remove all members of a group",
      repeatable: true,
      success: { status: 204, description: "The group has no members" },
      errors: [NOT_FOUND, HAS_SERVERS, NO_ANSWER],
      handle: async (ctx, _access, { found }) => emptied(await removeAllMembers(ctx, found)),
    }),
  ],
});

interface Member {
  readonly group: Group;
  readonly member: string;
}

export const memberResource = resource<Member>({
  path: "/v1/groups/:group_id/members/:member_id",
  tag: "groups",
  kind: "groups",
  params: { ...GROUP_ID, member_id: "Project id, exactly as it was added" },
  find: async (ctx, _access, { params }) => {
    const group = await findGroup(ctx, params.group_id);
    if (group instanceof Problem) return group;
    const member = params.member_id;
    return group.members.includes(member) ? { group, member } : new Problem({ symbol: "member_not_found" });
  },
  methods: [
    plain("GET", {
      summary: "Check whether a project is a member",
      success: { status: 204, description: "It is a member" },
      errors: [NOT_FOUND, [404, "Member not found in group"]],
      handle: () => Promise.resolve(NO_CONTENT),
    }),
    plain("DELETE", {
      summary: "Remove a member from a group",
      success: { status: 204, description: "It is no longer a member" },
      errors: [NOT_FOUND, [404, "Member not found in group"], HAS_SERVERS, NO_ANSWER],
      handle: async (ctx, _access, { found }) => emptied(await removeMember(ctx, found.group, found.member)),
    }),
  ],
});
