import type { z } from "zod";
import { masked } from "./secrets.ts";

/**
 * - `error`: the configuration is wrong;
 * - `permission`: somebody else may change or read what should be the service's own;
 * - `unavailable`: right, but this build has no such driver;
 * - `warning`: probably not what was meant.
 */
export type FindingKind = "error" | "permission" | "unavailable" | "warning";

/** One remark about a configuration. `path` is a key path such as `server.port`, or a file name. */
export interface Finding {
  readonly kind: FindingKind;
  readonly path: string;
  readonly text: string;
}

const MAX_SHOWN = 80;

/** Collects all that is to be said about a configuration. No secret gets into a text. */
export class Findings {
  readonly #list: Finding[] = [];
  readonly #tolerant: boolean;

  /** `tolerant` makes warnings of what is found about permissions. */
  constructor({ tolerant = false }: { tolerant?: boolean } = {}) {
    this.#tolerant = tolerant;
  }

  get list(): readonly Finding[] {
    return this.#list;
  }

  error(path: string, text: string): void {
    this.#add({ kind: "error", path, text });
  }

  permission(path: string, text: string): void {
    this.#add({ kind: this.#tolerant ? "warning" : "permission", path, text });
  }

  unavailable(path: string, text: string): void {
    this.#add({ kind: "unavailable", path, text });
  }

  warning(path: string, text: string): void {
    this.#add({ kind: "warning", path, text });
  }

  has(...kinds: readonly FindingKind[]): boolean {
    return this.#list.some(({ kind }) => kinds.includes(kind));
  }

  /** What `schema` makes of the value at `path`; null after an error for each thing that is wrong in it. */
  parse<T>(schema: z.ZodType<T>, { value, path }: { value: unknown; path: string }): T | null {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.#addIssue(issue, { value, root: path });
    return null;
  }

  /** Nothing is said twice, and the first error of a path hides later ones, which only follow from it. */
  #add({ kind, path, text }: Finding): void {
    const known = this.#list.some((other) =>
      other.kind === kind && other.path === path && (kind === "error" || other.text === text)
    );
    if (!known) this.#list.push({ kind, path, text });
  }

  #addIssue(issue: z.core.$ZodIssue, { value, root }: { value: unknown; root: string }): void {
    const path = [root, ...issue.path.map(String)].join(".");
    if (issue.code === "unrecognized_keys") {
      const texts = issue.message.split("\n");
      issue.keys.forEach((key, index) => this.error(`${path}.${key}`, texts[index]));
      return;
    }
    const name = path.split(".").findLast((key) => !/^\d+$/.test(key))!;
    const found = valueAt(value, issue.path);
    // A text in the place of a block or a list may be a placeholder's value, and so a secret of any name.
    const strange = isBareUrl(name, found) || typeof found === "string" && issue.code === "invalid_type" &&
        ["object", "array", "record"].includes(issue.expected);
    this.error(path, `${issue.message}, got ${strange ? "a text" : shown(found, name)}`);
  }
}

/** What stands in the place of a URL and is none may be the secret that belongs into one. */
function isBareUrl(name: string, value: unknown): boolean {
  return /(?:transport|auth)_url$/.test(name) && typeof value === "string" && value !== "" &&
    !value.includes("://");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key], value);
}

function shown(value: unknown, name: string): string {
  if (value === undefined) return "nothing";
  if (value === "") return "an empty string";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "a block";
  const text = String(masked(value, name));
  return `'${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}'`;
}
