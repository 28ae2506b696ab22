import { Problem } from "./problem.ts";

/** Longest id, name or host name that a client may send, in characters. */
export const LONGEST_TEXT = 255;

export type JsonObject = Readonly<Record<string, unknown>>;

/** One resource of a request, with the keys of its first level in lower case. */
export interface RawResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: JsonObject;
  /** Scheduler hints or template metadata, as the client sent them. */
  readonly metadata: JsonObject;
  readonly locations: unknown;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The refusal of a resource that breaks a rule of its own. */
export function badResource(id: string, what: string): Problem {
  return new Problem({ symbol: "valet_error", status: 400, text: `resource ${id}: ${what}` });
}

/** Whether a client-made id may be stored and be part of a path. */
export function isClientId(id: string): boolean {
  return id.length > 0 && id.length <= LONGEST_TEXT && !/[/\p{Cc}]/u.test(id);
}

/** The resources of a request in its order; the first one that is malformed refuses all. */
export function rawResources(resources: JsonObject): RawResource[] | Problem {
  const read: RawResource[] = [];
  for (const [id, value] of Object.entries(resources)) {
    const resource = rawResource(id, value);
    if (resource instanceof Problem) return resource;
    read.push(resource);
  }
  return read;
}

function rawResource(id: string, value: unknown): RawResource | Problem {
  if (!isClientId(id)) {
    return badResource(
      JSON.stringify(id.slice(0, 64)),
      `id must be 1 to ${LONGEST_TEXT} characters without "/" or control characters`,
    );
  }
  if (!isObject(value)) return badResource(id, "must be an object");
  const fields = lowerCaseKeys(value);
  const { type, properties = {}, metadata } = fields;
  const name = fields.name ?? id;
  if (typeof type !== "string" || type === "") return badResource(id, "type must be a string");
  if (typeof name !== "string" || name.length > LONGEST_TEXT) {
    return badResource(id, `name must be a string of at most ${LONGEST_TEXT} characters`);
  }
  if (!isObject(properties)) return badResource(id, "properties must be an object");
  return {
    id,
    name: name || id,
    type,
    properties,
    metadata: isObject(metadata) ? metadata : {},
    locations: fields.locations,
  };
}

/** First-level keys in lower case; a key that already is wins over another spelling of it. */
function lowerCaseKeys(value: JsonObject): JsonObject {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [key, content] of Object.entries(value)) {
    const lower = key.toLowerCase();
    if (lower === key || !Object.hasOwn(value, lower)) fields[lower] = content;
  }
  return fields;
}
