import type { Caller } from "../domain/caller.ts";
import type { Notification } from "../ports/notifier.ts";

const MASK = "***";
const SECRET_KEYS = new Set(["user_data", "admin_pass", "password", "personality"]);
const SECRET_PARTS = /password|secret|token/i;

export interface Observed {
  readonly caller: Caller | null;
  readonly method: string;
  readonly path: string;
  /** The parsed request body, or null. */
  readonly requestBody: unknown;
  readonly status: number;
  readonly responseBody: unknown;
}

/** What the message bus is told of one call, with secrets masked. */
export function notificationOf(call: Observed): Notification {
  return {
    eventType: ["api", ...call.path.split("/").filter((segment) => segment !== "").slice(0, 2)].join("."),
    priority: call.status >= 200 && call.status < 300 ? "info" : "error",
    payload: {
      context: { tenant_id: call.caller?.projectId ?? null, user_id: call.caller?.userId ?? null },
      request: { method: call.method, path: call.path, body: masked(call.requestBody) },
      response: { status_code: call.status, body: masked(call.responseBody) },
    },
  };
}

/** A copy with the values of secret keys replaced, at any depth. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, isSecret(key) ? MASK : masked(each)]),
  );
}

function isSecret(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase()) || SECRET_PARTS.test(key);
}
