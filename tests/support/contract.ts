import { assertEquals } from "@std/assert";
import { type Answer, type ServiceOptions, startService, type TestService } from "./service.ts";

/** Cases on one running service; a name begins with the rules that it covers, in brackets. */
export type Cases = Readonly<Record<string, (service: TestService) => Promise<void>>>;

/** One test with a step per case, all on the same service: cases use ids and names of their own. */
export function contract(name: string, options: ServiceOptions, cases: Cases): void {
  Deno.test(name, async (t) => {
    await using service = await startService(options);
    for (const [sentence, run] of Object.entries(cases)) await t.step(sentence, () => run(service));
  });
}

/** A fresh id in the form of a UUID. */
export function freshId(): string {
  return crypto.randomUUID();
}

export interface ServerOptions {
  readonly flavor?: string;
  readonly properties?: object;
  readonly [key: string]: unknown;
}

/** An `OS::Nova::Server` of a request. */
export function server({ flavor = "m1.small", properties, ...rest }: ServerOptions = {}): object {
  return { type: "OS::Nova::Server", properties: { flavor, image: "jammy", ...properties }, ...rest };
}

/** An `ATT::Valet::GroupAssignment` of a request. */
export function assignment(
  groupType: string,
  members: readonly string[],
  { level = "host", ...rest }: { level?: unknown; [property: string]: unknown } = {},
): object {
  return {
    type: "ATT::Valet::GroupAssignment",
    properties: { group_type: groupType, level, resources: members, ...rest },
  };
}

export interface PlanBody {
  plan_name: string;
  stack_id: string;
  resources: Record<string, unknown>;
  [key: string]: unknown;
}

/** A request for a plan, of one server unless `resources` says otherwise. */
export function planBody(changes: Partial<PlanBody> = {}): PlanBody {
  const stackId = changes.stack_id ?? freshId();
  return { plan_name: "stack", stack_id: stackId, resources: { [freshId()]: server() }, ...changes };
}

export interface WirePlan {
  readonly id: string;
  readonly stack_id: string;
  readonly name: string;
  readonly placements: Readonly<Record<string, { readonly name: string; readonly location: string }>>;
}

export interface WirePlacement {
  readonly id: string;
  readonly name: string;
  readonly orchestration_id: string;
  readonly resource_id: string | null;
  readonly location: string;
  readonly reserved: boolean;
  readonly plan_id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface WireGroup {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly level: string | null;
  readonly members: readonly string[];
}

/** Creates a plan, which must succeed. */
export async function createPlan(
  service: TestService,
  changes: Partial<PlanBody> = {},
  { token = "admin" }: { token?: string } = {},
): Promise<WirePlan> {
  const answer = await service.call("POST", "/v1/plans", { body: planBody(changes), token });
  assertEquals(answer.status, 201, answer.text);
  return answer.json<{ plan: WirePlan }>().plan;
}

let groupCount = 0;

/** Creates a group, which must succeed; an exclusivity group of a new name unless told otherwise. */
export async function createGroup(
  service: TestService,
  { members = [], ...changes }: {
    name?: string;
    type?: string;
    level?: string;
    members?: readonly string[];
  } = {},
): Promise<WireGroup> {
  const body = { name: `group-${++groupCount}`, type: "exclusivity", ...changes };
  const answer = await service.call("POST", "/v1/groups", { body });
  assertEquals(answer.status, 201, answer.text);
  const group = answer.json<WireGroup>();
  if (members.length === 0) return group;
  const added = await service.call("PUT", `/v1/groups/${group.id}/members`, { body: { members } });
  assertEquals(added.status, 201, added.text);
  return added.json<WireGroup>();
}

export async function showPlacement(service: TestService, id: string): Promise<WirePlacement> {
  const answer = await service.call("GET", `/v1/placements/${id}`);
  assertEquals(answer.status, 200, answer.text);
  return answer.json<{ placement: WirePlacement }>().placement;
}

/** The wire's error object and nothing else, with this explanation. */
export function assertError(answer: Answer, status: number, explanation: string): void {
  assertEquals(answer.status, status, answer.text);
  const body = answer.json<
    { title: string; explanation: string; code: number; error: object; refusal?: object }
  >();
  const { title, message, type } = ERRORS[status];
  const { refusal: _, ...rest } = body;
  assertEquals(rest, { title, explanation, code: status, error: { message, traceback: null, type } });
  assertEquals(answer.headers.get("content-type"), "application/json");
}

const ERRORS: Readonly<Record<number, { title: string; message: string; type: string }>> = {
  400: {
    title: "Bad Request",
    message:
      "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    type: "HTTPBadRequest",
  },
  404: { title: "Not Found", message: "The resource could not be found.", type: "HTTPNotFound" },
  405: {
    title: "Method Not Allowed",
    message:
      "The server could not comply with the request since it is either malformed or otherwise incorrect.",
    type: "HTTPMethodNotAllowed",
  },
  409: {
    title: "Conflict",
    message: "There was a conflict when trying to complete your request.",
    type: "HTTPConflict",
  },
  413: {
    title: "Request Entity Too Large",
    message: "The body of your request was too large for this server.",
    type: "HTTPRequestEntityTooLarge",
  },
  500: {
    title: "Internal Server Error",
    message: "The server has either erred or is incapable of performing the requested operation.",
    type: "HTTPInternalServerError",
  },
  503: {
    title: "Service Unavailable",
    message: "The server is currently unavailable. Please try again at a later time.",
    type: "HTTPServiceUnavailable",
  },
};

/** The plain 401 that tells nothing. */
export function assertUnauthorized(answer: Answer): void {
  assertEquals(answer.status, 401);
  assertEquals(answer.headers.get("content-type"), "text/plain; charset=UTF-8");
  assertEquals(answer.text, "Authentication required");
}

/** Success without a byte of body. */
export function assertEmpty(answer: Answer, status = 204): void {
  assertEquals(answer.status, status, answer.text);
  assertEquals(answer.text, "");
  assertEquals(answer.headers.get("content-type"), null);
}
