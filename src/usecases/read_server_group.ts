import { Problem } from "./problem.ts";
import { badResource, isObject, type JsonObject, type RawResource } from "./raw_resources.ts";
import type { AssignmentForm } from "./read_assignment.ts";

export const SERVER_GROUP_TYPE = "OS::Nova::ServerGroup";

const POLICIES = {
  "affinity": { type: "affinity" },
  "anti-affinity": { type: "diversity" },
  "soft-affinity": { type: "affinity", softWeight: 1 },
  "soft-anti-affinity": { type: "diversity", softWeight: 1 },
} as const;

/** A server group as an assignment of level host; its members are the servers whose scheduler hints name it. */
export function readServerGroup({ id, name, properties = {} }: RawResource): AssignmentForm | Problem {
  if (!isObject(properties)) return badResource(id, "properties must be an object");
  const { policies } = properties;
  const spelt = properties.policy ??
    (Array.isArray(policies) && policies.length === 1 ? policies[0] : undefined);
  if (typeof spelt !== "string" || !Object.hasOwn(POLICIES, spelt)) {
    return badResource(
      id,
      `properties.policies must be a list of one of ${Object.keys(POLICIES).join(", ")}`,
    );
  }
  const policy = POLICIES[spelt as keyof typeof POLICIES];
  const most = mostPerHost(id, properties);
  if (most instanceof Problem) return most;
  if (most !== undefined && policy.type === "affinity") {
    return badResource(id, "properties.rules.max_server_per_host goes with anti-affinity only");
  }
  const rule = { by: "policy", ...policy, ...(most === undefined ? {} : { mostPerResource: most }) } as const;
  return { kind: "assignment", id, name, members: [], rule };
}

function mostPerHost(id: string, { rules }: JsonObject): number | undefined | Problem {
  if (rules === undefined || rules === null) return undefined;
  const most = isObject(rules) ? rules.max_server_per_host : null;
  if (most === undefined) return undefined;
  const count = typeof most === "string" ? Number(most) : most;
  if (typeof count === "number" && Number.isInteger(count) && count >= 1) return count;
  return badResource(id, "properties.rules.max_server_per_host must be an integer of at least 1");
}
