import type { NearestMiss, Refusal } from "../domain/refusal.ts";
import type { Problem, ProblemDetail } from "../usecases/problem.ts";
import type { BodyAnswer } from "./answer.ts";

/** What the contract says for each status: constant per status. */
const STATUSES = {
  400: {
    title: "Bad Request",
    type: "HTTPBadRequest",
    message:
      "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  },
  404: { title: "Not Found", type: "HTTPNotFound", message: "The resource could not be found." },
  405: {
    title: "Method Not Allowed",
    type: "HTTPMethodNotAllowed",
    message:
      "The server could not comply with the request since it is either malformed or otherwise incorrect.",
  },
  409: {
    title: "Conflict",
    type: "HTTPConflict",
    message: "There was a conflict when trying to complete your request.",
  },
  413: {
    title: "Request Entity Too Large",
    type: "HTTPRequestEntityTooLarge",
    message: "The body of your request was too large for this server.",
  },
  500: {
    title: "Internal Server Error",
    type: "HTTPInternalServerError",
    message: "The server has either erred or is incapable of performing the requested operation.",
  },
  503: {
    title: "Service Unavailable",
    type: "HTTPServiceUnavailable",
    message: "The server is currently unavailable. Please try again at a later time.",
  },
} as const;

export type ErrorStatus = keyof typeof STATUSES;

type Details = { readonly [S in ProblemDetail["symbol"]]: ProblemDetail & { readonly symbol: S } };

interface Row<D> {
  readonly status: ErrorStatus | ((detail: D) => ErrorStatus);
  readonly text: (detail: D) => string;
}

/** Longest explanation of a refused placement, in characters. */
const LONGEST_EXPLANATION = 500;

const UNAUTHORIZED = "Authentication required";

/** Every problem of a well-formed request: its status and what it says. `unauthorized` alone is not in this form. */
const PROBLEMS: { readonly [S in Exclude<ProblemDetail["symbol"], "unauthorized">]: Row<Details[S]> } = {
  group_not_found: { status: 404, text: () => "Group not found" },
  group_name_taken: { status: 400, text: ({ name }) => `A group named ${name} already exists` },
  group_not_stored: { status: 500, text: () => "Unable to create Group." },
  group_has_members: { status: 409, text: () => "Unable to delete a Group with members." },
  members_unknown: { status: 409, text: () => "Member list contains invalid tenant IDs" },
  member_not_found: { status: 404, text: () => "Member not found in group" },
  member_has_servers: {
    status: 409,
    text: ({ member, group, servers }) =>
      `Tenant Member ${member} has servers in group "${group}": [${
        servers.map((id) => `'${id}'`).join(", ")
      }]`,
  },
  plan_not_found: { status: 404, text: () => "Plan not found" },
  placement_not_found: { status: 404, text: () => "Placement not found" },
  id_in_use: { status: 409, text: ({ id }) => `Valet error: ${id} is already in use` },
  too_many_plans: { status: 503, text: () => "Valet error: the limit of stored plans is reached" },
  bad_request: { status: 400, text: ({ explanation }) => explanation },
  valet_error: { status: ({ status }) => status, text: ({ text }) => `Valet error: ${text}` },
  optimizer_refused: { status: 500, text: ({ refusal }) => refusalText(refusal) },
  optimizer_failed: { status: 500, text: ({ text }) => `Ostro error: ${text}` },
};

/** Prefix, 2017 text and one sentence of counts. */
function refusalText({ message, sentence }: Refusal): string {
  const text = `Ostro error: ${message}${sentence === "" ? "" : `; ${sentence}`}`;
  return text.length <= LONGEST_EXPLANATION ? text : `${text.slice(0, LONGEST_EXPLANATION - 1)}…`;
}

/** The wire's error object. */
export function errorBody(status: ErrorStatus, explanation?: string): Record<string, unknown> {
  const { title, type, message } = STATUSES[status];
  return {
    title,
    explanation: explanation ?? message,
    code: status,
    error: { message, traceback: null, type },
  };
}

export function errorAnswer(status: ErrorStatus, explanation?: string): BodyAnswer {
  return { status, body: errorBody(status, explanation) };
}

/** The same text for every reason, so that it tells nothing. */
export function unauthorized(): BodyAnswer {
  return { status: 401, text: { contentType: "text/plain; charset=UTF-8", content: UNAUTHORIZED } };
}

export function methodNotAllowed(method: string, allow: string): BodyAnswer {
  return { ...errorAnswer(405, `The ${method} method is not allowed.`), headers: { Allow: allow } };
}

export const UNAVAILABLE = "Service temporarily unavailable";

/** A temporary failure: JSON for clients that ask for it, else the plain text that old clients retry on. */
export function unavailable(accept: string | null, explanation?: string): BodyAnswer {
  const headers = { "Retry-After": "1" };
  if (accept?.toLowerCase().includes("application/json")) {
    return { ...errorAnswer(503, explanation), headers };
  }
  return { status: 503, text: { contentType: "text/plain; charset=UTF-8", content: UNAVAILABLE }, headers };
}

/** A problem on the wire. Host names and free amounts in a refusal are for admins only. */
export function problemAnswer(
  { detail }: Problem,
  { admin, accept }: { admin: boolean; accept: string | null },
): BodyAnswer {
  if (detail.symbol === "unauthorized") return unauthorized();
  const row = PROBLEMS[detail.symbol] as Row<ProblemDetail>;
  const status = typeof row.status === "function" ? row.status(detail) : row.status;
  if (status === 503) return unavailable(accept, row.text(detail));
  const body = errorBody(status, row.text(detail));
  if (detail.symbol === "optimizer_refused") body.refusal = presentRefusal(detail.refusal, admin);
  return { status, body };
}

function presentRefusal({ message, proven, nodes }: Refusal, admin: boolean): object {
  return {
    message,
    proven,
    nodes: nodes.map(({ serverIds, name, hosts, removed, nearestMisses }) => ({
      servers: serverIds,
      name,
      hosts,
      removed,
      nearest_misses: presentMisses(nearestMisses, admin),
    })),
  };
}

/** Near misses as far as the caller may see them. */
export function presentMisses(misses: readonly NearestMiss[], admin: boolean): object[] {
  return misses.map(({ dimension, wanted, bestFree, host }) =>
    admin ? { dimension, wanted, best_free: bestFree, host } : { dimension, wanted }
  );
}
