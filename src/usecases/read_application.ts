import type { Application, Assignment, ServerSpec } from "../domain/application.ts";
import type { Access } from "./access.ts";
import type { UseCaseContext } from "./context.ts";
import { Problem } from "./problem.ts";
import { badResource, type JsonObject, type RawResource, rawResources } from "./raw_resources.ts";
import {
  ASSIGNMENT_TYPES,
  namedRule,
  type ReadAssignment,
  readAssignment,
  valetError,
} from "./read_assignment.ts";
import { readServer } from "./read_server.ts";

const SERVER_TYPE = "OS::Nova::Server";

/** Scheduler hints of Heat that are kept with a placement, for the search of placements. */
const KEPT_HINTS = [
  "heat_root_stack_id",
  "heat_stack_id",
  "heat_stack_name",
  "heat_path_in_stack",
  "heat_resource_name",
  "heat_resource_uuid",
];

/** What a request's `resources` mean. */
export interface ReadApplication {
  readonly application: Application;
  /** Ids of the stored groups that the application relies on. */
  readonly groupIds: readonly string[];
  /** Kept hints by server id. */
  readonly metadata: ReadonlyMap<string, JsonObject>;
}

/** Reads the wire's `resources`, in their order; the first fault refuses all. */
export async function readApplication(
  ctx: UseCaseContext,
  access: Access,
  resources: JsonObject,
): Promise<ReadApplication | Problem> {
  const limit = ctx.limits.resourcesPerPlan;
  if (Object.keys(resources).length > limit) {
    return new Problem({
      symbol: "bad_request",
      explanation: `-> resources must hold at most ${limit} resources`,
    });
  }
  const raw = rawResources(resources);
  if (raw instanceof Problem) return raw;
  const servers: ServerSpec[] = [];
  const assignments: ReadAssignment[] = [];
  const groups = new ServerGroups();
  for (const resource of raw) {
    if (resource.type === SERVER_TYPE) {
      const server = readServer(resource, access);
      if (server instanceof Problem) return server;
      servers.push(server.spec);
      const problem = await groups.join(ctx, access, { serverId: resource.id, groups: server.groups });
      if (problem) return problem;
    } else if (ASSIGNMENT_TYPES.includes(resource.type)) {
      const assignment = await readAssignment(ctx, access, resource);
      if (assignment instanceof Problem) return assignment;
      assignments.push(assignment);
    }
  }
  const resolved = resolveMembers(assignments, raw);
  if (resolved instanceof Problem) return resolved;
  const cyclic = firstInCycle(resolved);
  if (cyclic) return badResource(cyclic.id, "group assignments must not contain each other in a cycle");
  return finish(servers, [...resolved, ...groups.assignments()], raw);
}

function finish(
  servers: ServerSpec[],
  assignments: Assignment[],
  raw: readonly RawResource[],
): ReadApplication {
  const groupIds = [...new Set(assignments.flatMap(({ group }) => group ? [group.id] : []))].sort();
  const metadata = new Map(
    raw.filter(({ type }) => type === SERVER_TYPE).map(({ id, metadata }) => [id, keptHints(metadata)]),
  );
  return { application: { servers, assignments }, groupIds, metadata };
}

/** The groups that servers list in their own metadata, as one assignment per group. */
class ServerGroups {
  readonly #rules = new Map<string, Assignment & { members: string[] }>();

  async join(
    ctx: UseCaseContext,
    access: Access,
    { serverId, groups }: { serverId: string; groups: readonly string[] },
  ): Promise<Problem | null> {
    for (const name of groups) {
      const rule = await namedRule(ctx, access, name);
      if (rule instanceof Problem) return rule;
      // A blank can't be in the id of a resource's own assignment by accident: such ids carry no prefix.
      const id = `group ${rule.group!.id}`;
      const known = this.#rules.get(id);
      if (known) known.members.push(serverId);
      else this.#rules.set(id, { ...rule, id, name: rule.group!.name, members: [serverId] });
    }
    return null;
  }

  assignments(): Assignment[] {
    return [...this.#rules.values()];
  }
}

/** Members as ids: an id is taken before a name; resources that are neither server nor assignment are left out. */
function resolveMembers(
  assignments: readonly ReadAssignment[],
  raw: readonly RawResource[],
): Assignment[] | Problem {
  const types = new Map(raw.map(({ id, type }) => [id, type]));
  const idsByName = new Map<string, string[]>();
  for (const { id, name } of raw) {
    const ids = idsByName.get(name);
    if (ids) ids.push(id);
    else idsByName.set(name, [id]);
  }
  const resolved: Assignment[] = [];
  for (const assignment of assignments) {
    const members: string[] = [];
    for (const member of assignment.members) {
      const ids = types.has(member) ? [member] : idsByName.get(member) ?? [];
      if (ids.length === 0) return valetError(400, `invalid resource = ${member.slice(0, 255)}`);
      if (ids.length > 1) return valetError(400, `resource name '${member}' is ambiguous`);
      const type = types.get(ids[0])!;
      if (type === SERVER_TYPE || ASSIGNMENT_TYPES.includes(type)) members.push(ids[0]);
    }
    resolved.push({ ...assignment, members });
  }
  return resolved;
}

/** An assignment that contains itself, directly or through others. */
function firstInCycle(assignments: readonly Assignment[]): Assignment | null {
  const byId = new Map(assignments.map((assignment) => [assignment.id, assignment]));
  const state = new Map<string, "open" | "done">();
  const visit = (assignment: Assignment): Assignment | null => {
    if (state.get(assignment.id) === "done") return null;
    if (state.get(assignment.id) === "open") return assignment;
    state.set(assignment.id, "open");
    for (const member of assignment.members) {
      const child = byId.get(member);
      const cyclic = child ? visit(child) : null;
      if (cyclic) return cyclic;
    }
    state.set(assignment.id, "done");
    return null;
  };
  for (const assignment of assignments) {
    const cyclic = visit(assignment);
    if (cyclic) return cyclic;
  }
  return null;
}

function keptHints(metadata: JsonObject): JsonObject {
  return Object.fromEntries(
    KEPT_HINTS.filter((key) => Object.hasOwn(metadata, key)).map((key) => [key, metadata[key]]),
  );
}
