import { isLevel, type Level, LEVELS } from "../domain/levels.ts";
import { Problem } from "./problem.ts";
import { badResource, isObject, type JsonObject, type RawResource } from "./raw_resources.ts";

/** A rule as a template spells it. */
export type RuleForm =
  /** Type and level in the assignment itself, as in 2017; the two other values are not checked yet. */
  | { readonly by: "type"; readonly type: unknown; readonly groupName: unknown; readonly level: Level }
  /** Type and level of a stored group, as in 2018; the reference is not checked yet. */
  | { readonly by: "group"; readonly group: unknown }
  /** The policy of a server group. */
  | {
    readonly by: "policy";
    readonly type: "affinity" | "diversity";
    readonly softWeight?: number;
    readonly mostPerResource?: number;
  };

/** A group assignment as its resource spells it. */
export interface AssignmentForm {
  readonly kind: "assignment";
  readonly id: string;
  readonly name: string;
  /** Ids or names. */
  readonly members: readonly string[];
  readonly rule: RuleForm;
  /** Price of breaking the rule, where it may be broken. */
  readonly softWeight?: number;
}

const TYPED = "ATT::Valet::GroupAssignment";
const STORED = "OS::Valet::GroupAssignment";

export const ASSIGNMENT_TYPES: readonly string[] = [TYPED, STORED];

/** What placement reads of a group assignment of the 2017 or the 2018 kind; `levels` are those of the site. */
export function readAssignment(
  { id, name, type, properties = {} }: RawResource,
  levels: readonly Level[],
): AssignmentForm | Problem {
  if (!isObject(properties)) return badResource(id, "properties must be an object");
  const members = properties.resources;
  if (!Array.isArray(members) || !members.every((member) => typeof member === "string")) {
    return badResource(id, "properties.resources must be an array of strings");
  }
  const softWeight = readSoft(id, properties);
  if (softWeight instanceof Problem) return softWeight;
  const rule = type === STORED
    ? { by: "group", group: properties.group } as const
    : readTyped(id, properties, levels);
  if (rule instanceof Problem) return rule;
  return { kind: "assignment", id, name, members, rule, ...(softWeight === null ? {} : { softWeight }) };
}

/** The weight of a soft rule, null for one that must hold. */
function readSoft(id: string, { soft: spelt, weight }: JsonObject): number | null | Problem {
  const soft = spelt ?? false;
  if (typeof soft !== "boolean") return badResource(id, "properties.soft must be true or false");
  if (weight === undefined || weight === null) return soft ? 1 : null;
  if (!soft) return badResource(id, "properties.weight goes with properties.soft: true only");
  const fits = typeof weight === "number" && Number.isInteger(weight) && weight >= 1 && weight <= 100;
  return fits ? weight : badResource(id, "properties.weight must be an integer from 1 to 100");
}

function readTyped(id: string, properties: JsonObject, levels: readonly Level[]): RuleForm | Problem {
  const { level, group_name: groupName } = properties;
  if (!isLevel(level)) return badResource(id, `properties.level must be one of ${LEVELS.join(", ")}`);
  if (!levels.includes(level)) {
    return badResource(id, `properties.level '${level}' does not exist in this site`);
  }
  // Templates older than 2017 call the type a relationship.
  const type = properties.group_type ?? properties.relationship;
  return { by: "type", type, groupName, level };
}
