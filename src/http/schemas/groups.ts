import * as z from "zod";
import { GROUP_TYPES } from "../../domain/group.ts";
import { longText, text } from "./fields.ts";

const NAME_RULE =
  "group_name_type (must contain only uppercase and lowercase letters, decimal digits, hyphens, " +
  "periods, underscores, and tildes [RFC 3986, Section 2.3])";

const LONGEST_DESCRIPTION = 1024;
const MOST_MEMBERS = 1000;

/** Levels that a stored group may name. */
const GROUP_LEVELS = ["host", "rack"] as const;

const description = longText("What the group is for; null is stored as an empty text", {
  max: LONGEST_DESCRIPTION,
})
  .nullish();

export const createGroupSchema = z.strictObject({
  name: z.string("string (not of type string)").regex(/^[A-Za-z0-9._~-]{1,255}$/, NAME_RULE)
    .meta({ description: "Unique, case-sensitive, never changed" }),
  type: z.string("string (not of type string)")
    .pipe(z.enum(GROUP_TYPES, `group_type_type (must be one of ${GROUP_TYPES.join(", ")})`))
    .meta({ enum: GROUP_TYPES, description: "What the group asks of its servers; never changed" }),
  description,
  level: z.enum(GROUP_LEVELS, `level_type (must be one of ${GROUP_LEVELS.join(", ")})`).nullish()
    .meta({ description: "Level at which the group binds its servers; host is assumed when absent" }),
}).meta({ id: "CreateGroup" });

export const describeGroupSchema = z.strictObject({ description }).meta({
  id: "DescribeGroup",
  minProperties: 1,
});

export type DescribeGroup = z.infer<typeof describeGroupSchema>;

export const addMembersSchema = z.strictObject({
  members: z.array(text("Project id", { min: 1 }), "array (not of type array)")
    .max(MOST_MEMBERS, `array_type (must contain at most ${MOST_MEMBERS} items)`)
    .meta({ description: "Ids of existing projects" }),
}).meta({ id: "AddMembers" });

export type AddMembers = z.infer<typeof addMembersSchema>;

export const groupSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  type: z.enum(GROUP_TYPES),
  level: z.enum(GROUP_LEVELS).nullable(),
  members: z.array(z.string()).meta({ description: "Project ids, in the order in which they were added" }),
}).meta({ id: "Group" });

export const groupEnvelopeSchema = z.object({ group: groupSchema }).meta({ id: "GroupEnvelope" });
export const groupListSchema = z.object({ groups: z.array(groupSchema) }).meta({ id: "GroupList" });
