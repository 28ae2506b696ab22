import type { Application, Assignment, Pipe } from "../domain/application.ts";
import type { Access } from "./access.ts";
import type { UseCaseContext } from "./context.ts";
import { GroupRules, type Rule } from "./group_rules.ts";
import { Problem } from "./problem.ts";
import { badResource, type JsonObject, type RawResource, rawResources } from "./raw_resources.ts";
import { ASSIGNMENT_TYPES, type AssignmentForm, readAssignment } from "./read_assignment.ts";
import { PIPE_TYPE, type PipeForm, readPipe } from "./read_pipe.ts";
import { readServer, type ServerForm } from "./read_server.ts";
import { readServerGroup, SERVER_GROUP_TYPE } from "./read_server_group.ts";
import { resolveMembers, ResourceNames } from "./resolve_members.ts";

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
      const rule = await ruleOf(form, rules);
      if (rule instanceof Problem) return rule;
      own.push({ ...rule, id: form.id, name: form.name, members: form.members });
    } else if (form.kind === "server") {
      const problem = await listed.join(form, rules);
      if (problem) return problem;
    }
  }
  const servers = forms.filter((form) => form.kind === "server");
  const assignments = [...own, ...listed.assignments()];
  const pipes = forms.filter((form) => form.kind === "pipe").map(({ id, ends, kbps }): Pipe => ({
    id,
    servers: [ends[0], ends[1]],
    kbps,
  }));
  return {
    application: {
      servers: servers.map(({ spec }) => spec),
      assignments,
      ...(pipes.length > 0 ? { pipes } : {}),
    },
    groupIds: [...new Set(assignments.flatMap(({ group }) => group ? [group.id] : []))].sort(),
    hints: new Map(servers.map(({ spec, hints }) => [spec.id, hints])),
  };
}

async function ruleOf(
  { id, rule: form, softWeight }: AssignmentForm,
  rules: GroupRules,
): Promise<Rule | Problem> {
  const rule = await rules.of(form);
  if (rule instanceof Problem || softWeight === undefined) return rule;
  return rule.type === "exclusivity"
    ? badResource(id, "properties.soft is for affinity and diversity only")
    : { ...rule, softWeight };
}

type Form = ServerForm | AssignmentForm | PipeForm;

/** Servers, assignments and pipes between servers, in the request's order and with ids for members: all that needs no look at stored groups. */
export function readForms(ctx: UseCaseContext, access: Access, resources: JsonObject): Form[] | Problem {
  const limit = ctx.limits.resourcesPerPlan;
  if (Object.keys(resources).length > limit) {
    const explanation = `-> resources must hold at most ${limit} resources`;
    return new Problem({ symbol: "bad_request", explanation });
  }
  const raw = rawResources(resources);
  if (raw instanceof Problem) return raw;
  const forms: Form[] = [];
  for (const resource of raw) {
    const form = readForm(ctx, access, resource);
    if (form instanceof Problem) return form;
    if (form !== null) forms.push(form);
  }
  return connected(forms, new ResourceNames(raw));
}

/** Null for a resource that is nothing to placement. */
function readForm(ctx: UseCaseContext, access: Access, resource: RawResource): Form | null | Problem {
  const { type } = resource;
  if (type === SERVER_TYPE) return readServer(resource, access);
  if (type === SERVER_GROUP_TYPE) return readServerGroup(resource);
  if (type === PIPE_TYPE) return readPipe(resource);
  return ASSIGNMENT_TYPES.includes(type) ? readAssignment(resource, ctx.levels()) : null;
}

/** The forms with ids in place of names. */
function connected(forms: readonly Form[], names: ResourceNames): Form[] | Problem {
  const assignments = withHinted(forms, names);
  if (assignments instanceof Problem) return assignments;
  const members = resolveMembers(assignments, { names, isPlaced });
  if (members instanceof Problem) return members;
  const found: Form[] = [];
  for (const form of forms) {
    const whole = form.kind === "assignment"
      ? { ...form, members: members.get(form.id)! }
      : form.kind === "pipe"
      ? joined(form, names)
      : form;
    if (whole instanceof Problem) return whole;
    if (whole !== null) found.push(whole);
  }
  return found;
}

/** The assignments with the servers whose scheduler hints name them; a group of another name is one that Nova knows. */
function withHinted(forms: readonly Form[], names: ResourceNames): AssignmentForm[] | Problem {
  const assignments = forms.filter((form) => form.kind === "assignment");
  const hinted = new Map<string, string[]>(assignments.map(({ id }) => [id, []]));
  for (const form of forms) {
    if (form.kind !== "server" || form.hintedGroup === null) continue;
    const id = names.find(form.hintedGroup);
    if (id instanceof Problem) return id;
    if (id !== null) hinted.get(id)?.push(form.spec.id);
  }
  return assignments.map((form) => ({ ...form, members: [...form.members, ...hinted.get(form.id)!] }));
}

/** A pipe between two servers; null for one that ends at something that is not placed. */
function joined(form: PipeForm, names: ResourceNames): PipeForm | null | Problem {
  const ends: string[] = [];
  for (const end of form.ends) {
    const id = names.resolve(end);
    if (id instanceof Problem) return id;
    const type = names.typeOf(id);
    if (type !== SERVER_TYPE && isPlaced(type)) {
      return badResource(form.id, "properties.resources must name servers or volumes, not assignments");
    }
    if (type === SERVER_TYPE) ends.push(id);
  }
  if (ends.length === 2 && ends[0] === ends[1]) {
    return badResource(form.id, "properties.resources must name two different resources");
  }
  return ends.length === 2 && form.kbps > 0 ? { ...form, ends } : null;
}

/** Whether resources of the type matter to placement; all others are ignored, inside assignments too. */
function isPlaced(type: string): boolean {
  return type === SERVER_TYPE || type === SERVER_GROUP_TYPE || ASSIGNMENT_TYPES.includes(type);
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
