import { Problem } from "./problem.ts";

/** Longest id, name or host name that a client may send, in characters. */
export const LONGEST_TEXT = 255;

/** Longest part of a client's value that a text repeats. */
const LONGEST_ECHO = 64;

/** What `isText` wants, for texts of refusals. */
export const TEXT_RULE = `a string of 1 to ${LONGEST_TEXT} characters without control characters`;

export type JsonObject = Readonly<Record<string, unknown>>;

/** One resource of a request, with the keys of its first level in lower case. */
export interface RawResource {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: unknown;
  /** Scheduler hints or template metadata, as the client sent them. */
  readonly metadata: unknown;
  readonly locations: unknown;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === "string" && value.length > 0 && value.length <= LONGEST_TEXT &&
    !/\p{Cc}/u.test(value);
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText);
}

/** A client's value as it is repeated to it: short, and without control characters. */
export function echo(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
  const printable = text.slice(0, LONGEST_ECHO).replace(/[\p{Cc}\p{Cs}]/gu, "\uFFFD");
  return text.length > LONGEST_ECHO ? `${printable}…` : printable;
}

/** A refusal of the `Valet error: …` family. */
export function valetError(status: 400 | 404 | 409, text: string): Problem {
  return new Problem({ symbol: "valet_error", status, text });
}

/** The refusal of a resource that breaks a rule of its own. */
export function badResource(id: string, what: string): Problem {
  return valetError(400, `resource ${id}: ${what}`);
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
  if (!isText(id) || id.includes("/") || id === "." || id === "..") {
    return badResource(JSON.stringify(echo(id)), `id must be ${TEXT_RULE} or "/", and not "." or ".."`);
  }
  if (!isObject(value)) return badResource(id, "must be an object");
  const { type, name, properties, metadata, locations } = lowerCaseKeys(value);
  if (typeof type !== "string") return badResource(id, "type must be a string");
  const named = name !== undefined && name !== null && name !== "";
  if (named && !isText(name)) return badResource(id, `name must be ${TEXT_RULE}`);
  return { id, name: named ? name : id, type, properties, metadata, locations };
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
