import { type Group, GROUP_TYPES, type GroupType } from "../domain/group.ts";
import { isLevel, type Level, LEVELS } from "../domain/levels.ts";
import type { Access } from "./access.ts";
import type { UseCaseContext } from "./context.ts";
import { Problem } from "./problem.ts";
import { badResource, type RawResource } from "./raw_resources.ts";

/** An assignment whose members are still spelt as in the template. */
export interface ReadAssignment {
  readonly id: string;
  readonly name: string;
  readonly type: GroupType;
  readonly level: Level;
  readonly group: { readonly id: string; readonly name: string } | null;
  readonly members: readonly string[];
}

export const ASSIGNMENT_TYPES = ["ATT::Valet::GroupAssignment", "OS::Valet::GroupAssignment"];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

export function valetError(status: 400 | 404 | 409, text: string): Problem {
  return new Problem({ symbol: "valet_error", status, text });
}

/** Reads a group assignment of the 2017 or the 2018 kind and checks that the caller may use its group. */
export async function readAssignment(
  ctx: UseCaseContext,
  access: Access,
  resource: RawResource,
): Promise<ReadAssignment | Problem> {
  const { id, name, properties } = resource;
  const members = properties.resources;
  if (!Array.isArray(members) || !members.every((member) => typeof member === "string")) {
    return badResource(id, "properties.resources must be an array of strings");
  }
  if (resource.type === "OS::Valet::GroupAssignment") {
    if (typeof properties.group !== "string" || properties.group === "") {
      return valetError(400, "Property 'group' must be specified.");
    }
    const rule = await namedRule(ctx, access, properties.group);
    return rule instanceof Problem ? rule : { ...rule, id, name, members };
  }
  const rule = await typedRule(ctx, access, resource);
  return rule instanceof Problem ? rule : { ...rule, id, name, members };
}

type Rule = Pick<ReadAssignment, "type" | "level" | "group">;

/** The rule of a stored group that a template names by id or name. */
export async function namedRule(
  ctx: UseCaseContext,
  access: Access,
  idOrName: string,
): Promise<Rule | Problem> {
  const group = UUID.test(idOrName)
    ? await ctx.store.groupById(idOrName)
    : await ctx.store.groupByName(idOrName);
  if (!group) return valetError(404, `Group '${idOrName}' not found`);
  const { projectId } = access.caller;
  const open = group.members.length === 0 && group.type !== "exclusivity";
  if (!open && !group.members.includes(projectId)) {
    return valetError(409, `ID ${projectId} not a member of group ${group.name} (${group.id})`);
  }
  return { type: group.type, level: group.level ?? "host", group: { id: group.id, name: group.name } };
}

/** The rule of an assignment that carries type and level itself. */
async function typedRule(
  ctx: UseCaseContext,
  access: Access,
  resource: RawResource,
): Promise<Rule | Problem> {
  const { group_type, group_name, level } = resource.properties;
  if (!isLevel(level)) {
    return badResource(resource.id, `properties.level must be one of ${LEVELS.join(", ")}`);
  }
  if (!ctx.levels().includes(level)) {
    return badResource(resource.id, `properties.level '${level}' does not exist in this site`);
  }
  const type = String(group_type ?? "").toLowerCase();
  if (!isGroupType(type)) return valetError(400, `group_type '${type.slice(0, 64)}' is invalid.`);
  const named = group_name !== undefined && group_name !== null && group_name !== "";
  if (type !== "exclusivity") {
    if (named) return valetError(409, `group_name must not be used when group_type is '${type}'.`);
    return { type, level, group: null };
  }
  if (!named) return valetError(400, "group_name must be used when group_type is 'exclusivity'.");
  return await exclusiveRule(ctx, access, { name: String(group_name), level });
}

function isGroupType(type: string): type is GroupType {
  return GROUP_TYPES.includes(type as GroupType);
}

async function exclusiveRule(
  ctx: UseCaseContext,
  access: Access,
  { name, level }: { name: string; level: Level },
): Promise<Rule | Problem> {
  const group = await ctx.store.groupByName(name) ?? await groupIgnoringCase(ctx, name);
  if (!group) return valetError(404, `group_name '${name.slice(0, 255)}' not found`);
  if (group.type !== "exclusivity") return valetError(400, `group_type '${group.type}' is invalid.`);
  if (group.level !== null && group.level !== level) {
    return valetError(
      400,
      `level '${level}' differs from level '${group.level}' of group_name '${group.name}'`,
    );
  }
  const { projectId } = access.caller;
  if (!group.members.includes(projectId)) {
    return valetError(409, `Tenant ID ${projectId} not a member of group_name '${group.name}' (${group.id})`);
  }
  return { type: "exclusivity", level, group: { id: group.id, name: group.name } };
}

/** The only group whose name differs from `name` in case alone; null when there is none or more than one. */
async function groupIgnoringCase(ctx: UseCaseContext, name: string): Promise<Group | null> {
  const wanted = name.toLowerCase();
  let found: Group | null = null;
  for await (const page of ctx.store.groups()) {
    for (const group of page) {
      if (group.name.toLowerCase() !== wanted) continue;
      if (found) return null;
      found = group;
    }
  }
  return found;
}
