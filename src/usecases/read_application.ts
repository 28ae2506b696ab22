import type { Application, Assignment } from "../domain/application.ts";
import type { Access } from "./access.ts";
import type { UseCaseContext } from "./context.ts";
import { GroupRules } from "./group_rules.ts";
import { Problem } from "./problem.ts";
import { type JsonObject, rawResources } from "./raw_resources.ts";
import { ASSIGNMENT_TYPES, type AssignmentForm, readAssignment } from "./read_assignment.ts";
import { readServer, type ServerForm } from "./read_server.ts";
import { resolveMembers } from "./resolve_members.ts";

const SERVER_TYPE = "OS::Nova::Server";

/** What a request's `resources` mean. */
export interface ReadApplication {
  readonly application: Application;
  /** Ids of the stored groups that the application relies on, in ascending order. */
  readonly groupIds: readonly string[];
  /** Kept hints by server id. */
  readonly hints: ReadonlyMap<string, JsonObject>;
}

/** Reads the wire's `resources`: first their form, then their groups in the request's order; the first fault refuses all. */
export async function readApplication(
  ctx: UseCaseContext,
  access: Access,
  resources: JsonObject,
): Promise<ReadApplication | Problem> {
  const forms = readForms(ctx, access, resources);
  if (forms instanceof Problem) return forms;
  const rules = new GroupRules(ctx, access);
  const listed = new ListedGroups();
  const own: Assignment[] = [];
  for (const form of forms) {
    if (form.kind === "assignment") {
      const rule = await rules.of(form.rule);
      if (rule instanceof Problem) return rule;
      own.push({ ...rule, id: form.id, name: form.name, members: form.members });
    } else {
      const problem = await listed.join(form, rules);
      if (problem) return problem;
    }
  }
  const servers = forms.filter((form) => form.kind === "server");
  const assignments = [...own, ...listed.assignments()];
  return {
    application: { servers: servers.map(({ spec }) => spec), assignments },
    groupIds: [...new Set(assignments.flatMap(({ group }) => group ? [group.id] : []))].sort(),
    hints: new Map(servers.map(({ spec, hints }) => [spec.id, hints])),
  };
}

type Form = ServerForm | AssignmentForm;

/** Servers and assignments, in the request's order and with ids for members: all that needs no look at stored groups. */
export function readForms(ctx: UseCaseContext, access: Access, resources: JsonObject): Form[] | Problem {
  const limit = ctx.limits.resourcesPerPlan;
  if (Object.keys(resources).length > limit) {
    const explanation = `-> resources must hold at most ${limit} resources`;
    return new Problem({ symbol: "bad_request", explanation });
  }
  const raw = rawResources(resources);
  if (raw instanceof Problem) return raw;
  const levels = ctx.levels();
  const forms: Form[] = [];
  for (const resource of raw) {
    if (!isPlaced(resource.type)) continue;
    const form = resource.type === SERVER_TYPE
      ? readServer(resource, access)
      : readAssignment(resource, levels);
    if (form instanceof Problem) return form;
    forms.push(form);
  }
  const members = resolveMembers(forms.filter((form) => form.kind === "assignment"), {
    raw,
    isPlaced,
  });
  if (members instanceof Problem) return members;
  return forms.map((form) => form.kind === "assignment" ? { ...form, members: members.get(form.id)! } : form);
}

/** Whether resources of the type matter to placement; all others are ignored, inside assignments too. */
function isPlaced(type: string): boolean {
  return type === SERVER_TYPE || ASSIGNMENT_TYPES.includes(type);
}

/** The groups that servers list in their own metadata, as one assignment per group. */
class ListedGroups {
  readonly #members = new Map<string, { readonly rule: Omit<Assignment, "members">; ids: Set<string> }>();

  async join({ spec, groups }: ServerForm, rules: GroupRules): Promise<Problem | null> {
    for (const idOrName of groups) {
      const rule = await rules.ofGroup(idOrName);
      if (rule instanceof Problem) return rule;
      const group = rule.group!;
      const known = this.#members.get(group.id);
      if (known) known.ids.add(spec.id);
      else {
        // No resource has an id like this one: a client's ids are without slashes.
        const id = `group/${group.id}`;
        this.#members.set(group.id, { rule: { ...rule, id, name: group.name }, ids: new Set([spec.id]) });
      }
    }
    return null;
  }

  assignments(): Assignment[] {
    return [...this.#members.values()].map(({ rule, ids }) => ({ ...rule, members: [...ids] }));
  }
}
