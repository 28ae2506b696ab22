import type { Assignment } from "../domain/application.ts";
import { type Group, GROUP_TYPES, type GroupType } from "../domain/group.ts";
import type { Level } from "../domain/levels.ts";
import type { Access } from "./access.ts";
import type { UseCaseContext } from "./context.ts";
import type { Problem } from "./problem.ts";
import { echo, valetError } from "./raw_resources.ts";
import type { RuleForm } from "./read_assignment.ts";

/** What an assignment asks of its members. */
export type Rule = Pick<Assignment, "type" | "level" | "group" | "softWeight" | "mostPerResource">;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** The rules that one request names, with the checks that its caller may use their groups; each group is read once. */
export class GroupRules {
  readonly #ctx: UseCaseContext;
  readonly #access: Access;
  readonly #stored = new Map<string, Rule | Problem>();
  readonly #named = new Map<string, Group | null>();
  /** By name in lower case; null where several groups share it. */
  #ignoringCase: ReadonlyMap<string, Group | null> | null = null;

  constructor(ctx: UseCaseContext, access: Access) {
    this.#ctx = ctx;
    this.#access = access;
  }

  async of(form: RuleForm): Promise<Rule | Problem> {
    if (form.by === "type") return await this.#typed(form);
    if (form.by === "policy") {
      const { by: _, ...policy } = form;
      return { ...policy, level: "host", group: null };
    }
    if (typeof form.group === "string" && form.group !== "") return await this.ofGroup(form.group);
    return valetError(400, "Property 'group' must be specified.");
  }

  /** The rule of a stored group that a template names by id, or by exact name. */
  async ofGroup(idOrName: string): Promise<Rule | Problem> {
    const known = this.#stored.get(idOrName);
    if (known) return known;
    const { store } = this.#ctx;
    const group = UUID.test(idOrName) ? await store.groupById(idOrName) : await store.groupByName(idOrName);
    const rule = group ? this.#usable(group) : valetError(404, `Group '${echo(idOrName)}' not found`);
    this.#stored.set(idOrName, rule);
    return rule;
  }

  #usable({ id, name, type, level, members }: Group): Rule | Problem {
    const { projectId } = this.#access.caller;
    const open = members.length === 0 && type !== "exclusivity";
    if (!open && !members.includes(projectId)) {
      return valetError(409, `ID ${projectId} not a member of group ${name} (${id})`);
    }
    const bound = level ?? "host";
    if (!this.#ctx.levels().includes(bound)) {
      return valetError(400, `level '${bound}' of group ${name} (${id}) does not exist in this site`);
    }
    return { type, level: bound, group: { id, name } };
  }

  async #typed({ type, groupName, level }: RuleForm & { by: "type" }): Promise<Rule | Problem> {
    const spelt = type === undefined || type === null
      ? ""
      : (typeof type === "string" ? type : echo(type)).toLowerCase();
    if (!isGroupType(spelt)) return valetError(400, `group_type '${echo(spelt)}' is invalid.`);
    const named = groupName !== undefined && groupName !== null && groupName !== "";
    if (spelt !== "exclusivity") {
      if (named) return valetError(409, `group_name must not be used when group_type is '${spelt}'.`);
      return { type: spelt, level, group: null };
    }
    if (!named) return valetError(400, "group_name must be used when group_type is 'exclusivity'.");
    return await this.#exclusive(groupName, level);
  }

  async #exclusive(groupName: unknown, level: Level): Promise<Rule | Problem> {
    const wanted = typeof groupName === "string" ? groupName : echo(groupName);
    const group = await this.#byName(wanted);
    if (!group) return valetError(404, `group_name '${echo(wanted)}' not found`);
    const { id, name, type, members } = group;
    if (type !== "exclusivity") return valetError(400, `group_type '${type}' is invalid.`);
    if (group.level !== null && group.level !== level) {
      return valetError(400, `level '${level}' differs from level '${group.level}' of group_name '${name}'`);
    }
    const { projectId } = this.#access.caller;
    if (!members.includes(projectId)) {
      return valetError(409, `Tenant ID ${projectId} not a member of group_name '${name}' (${id})`);
    }
    return { type, level, group: { id, name } };
  }

  /** The group of exactly this name, else the only one whose name differs from it in case alone. */
  async #byName(name: string): Promise<Group | null> {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const group = await this.#ctx.store.groupByName(name) ??
      (this.#ignoringCase ??= await groupsIgnoringCase(this.#ctx)).get(name.toLowerCase()) ?? null;
    this.#named.set(name, group);
    return group;
  }
}

function isGroupType(type: string): type is GroupType {
  return GROUP_TYPES.includes(type as GroupType);
}

async function groupsIgnoringCase(ctx: UseCaseContext): Promise<ReadonlyMap<string, Group | null>> {
  const groups = new Map<string, Group | null>();
  for await (const page of ctx.store.groups()) {
    for (const group of page) {
      const name = group.name.toLowerCase();
      groups.set(name, groups.has(name) ? null : group);
    }
  }
  return groups;
}
