import { isSecretName, spellsSecret } from "./secrets.ts";
import type { Findings } from "./findings.ts";

/** Finds the value of a placeholder; undefined when nothing defines it. */
export type Lookup = (name: string, use: { readonly secret: boolean }) => string | undefined;

const PLACEHOLDER = /\$(?:\$|\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))/g;
const MAX_DEPTH = 32;

/** Plain data in which placeholders are replaced, and where it spelled out secrets instead of using placeholders. */
export interface Expanded {
  readonly value: unknown;
  /** Key paths. */
  readonly spelled: readonly string[];
}

/**
 * A copy of plain data in which every `$NAME` and `${NAME}` of its strings is replaced, and `$$` is a dollar. Values
 * are not searched for further placeholders. In the user, password and host parts of a URL they are percent-encoded.
 */
export function expand(value: unknown, context: { findings: Findings; lookup: Lookup }): Expanded {
  const expansion = new Expansion(context);
  return { value: expansion.copy(value, []), spelled: expansion.spelled };
}

class Expansion {
  readonly spelled: string[] = [];
  readonly #findings: Findings;
  readonly #lookup: Lookup;

  constructor({ findings, lookup }: { findings: Findings; lookup: Lookup }) {
    this.#findings = findings;
    this.#lookup = lookup;
  }

  copy(value: unknown, path: readonly string[]): unknown {
    if (typeof value === "string") return this.#text(value, path);
    if (value === null || ["undefined", "boolean", "number"].includes(typeof value)) return value;
    if (path.length > MAX_DEPTH) return this.#refuse(path, `Wanted at most ${MAX_DEPTH} levels`);
    if (Array.isArray(value)) return value.map((item, index) => this.copy(item, [...path, String(index)]));
    if (typeof value !== "object" || !isPlain(value!)) {
      return this.#refuse(path, "Wanted text, a number, true, false, a list or a block");
    }
    return Object.fromEntries(
      Object.entries(value!).map(([key, item]) => [key, this.copy(item, [...path, key])]),
    );
  }

  #refuse(path: readonly string[], text: string): null {
    this.#findings.error(path.join("."), text);
    return null;
  }

  #text(template: string, path: readonly string[]): string {
    const name = path.findLast((key) => !/^\d+$/.test(key)) ?? "";
    if (spellsSecret(name, template)) this.spelled.push(path.join("."));
    const missing = new Set<string>();
    const expanded = template.replaceAll(PLACEHOLDER, (match, braced, bare, offset: number) => {
      if (match === "$$") return "$";
      const variable: string = braced ?? bare;
      const role = roleInUrl(template, offset);
      const value = this.#lookup(variable, { secret: isSecretName(name) || role === "credentials" });
      if (value !== undefined) return encodeFor(role, value);
      missing.add(variable);
      return match;
    });
    if (missing.size > 0) this.#findings.error(path.join("."), wantedText([...missing]));
    return expanded;
  }
}

function wantedText(variables: readonly string[]): string {
  const names = variables.map((variable) => `'${variable}'`).join(", ");
  const files = variables.length === 1
    ? `a file named by '${variables[0]}_FILE'`
    : "files named by these and '_FILE'";
  const credentials = variables.length === 1 ? "as a systemd credential" : "as systemd credentials";
  return `Wanted ${names} in the environment, in ${files} or ${credentials}`;
}

/** Objects of a module are plain, and so is the module itself, which has no prototype. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

type UrlRole = "credentials" | "host" | "other";

/** What the text at `offset` is in a URL; "other" also outside of URLs. */
function roleInUrl(template: string, offset: number): UrlRole {
  const authority = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)([^/?#]*)/.exec(template);
  if (!authority) return "other";
  const start = authority[1].length;
  if (offset < start || offset >= authority[0].length) return "other";
  const server = authority[2].slice(offset - start).split(",")[0];
  return server.includes("@") ? "credentials" : "host";
}

function encodeFor(role: UrlRole, value: string): string {
  if (role === "other") return value;
  const encoded = encodeURIComponent(value).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  // A host may be an IPv6 address in brackets and carry its port.
  return role === "host" ? encoded.replaceAll("%3A", ":").replace("%5B", "[").replace("%5D", "]") : encoded;
}
