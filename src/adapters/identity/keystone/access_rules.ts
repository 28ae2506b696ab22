import type { AccessRule } from "./answers.ts";

/** A call that a token with access rules is good for. */
export type CallRule = Pick<AccessRule, "method" | "path">;

/** Types under which clouds register Valet. */
const SERVICE_TYPES = ["valet", "placement"];

/** Further rules for Valet allow nothing. */
const MOST_RULES = 50;

/** A path that is longer leads nowhere. */
const LONGEST_PATH = 2048;

/** Of a token's access rules those about Valet; null for a token that may call everything. */
export function callRules(rules: readonly AccessRule[] | null | undefined): readonly CallRule[] | null {
  if (!rules) return null;
  return rules.filter(({ service }) => SERVICE_TYPES.includes(service)).slice(0, MOST_RULES)
    .map(({ method, path }) => ({ method, path }));
}

/** Whether a token with these rules is good for a call. */
export function permits(
  rules: readonly CallRule[] | null,
  { method, path }: { method: string; path: string },
): boolean {
  if (rules === null) return true;
  return path.length <= LONGEST_PATH &&
    rules.some((rule) => rule.method === method && matches(path, rule.path));
}

/** `*` and `{name}` stand for one segment, `**` for anything; all else for itself. */
const TOKENS = /\*\*|\*|\{[^}]*\}|[^]/g;

/**
 * Whether a path has the form of a rule, as in keystonemiddleware 13 (`_path_matches`). Users write the rules: unlike a
 * regular expression this takes time in proportion to both lengths, whatever they are.
 */
function matches(path: string, pattern: string): boolean {
  // Whether the pattern's tokens so far can reach up to each position of the path.
  let reached = new Uint8Array(path.length + 1);
  reached[0] = 1;
  for (const [token] of pattern.matchAll(TOKENS)) {
    if (token === "**") extendToEnd(reached);
    else if (token === "*" || token.length > 1) reached = overSegment(reached, path);
    else reached = overCharacter(reached, { path, character: token });
    if (!reached.includes(1)) return false;
  }
  return reached[path.length] === 1;
}

function extendToEnd(reached: Uint8Array): void {
  reached.fill(1, reached.indexOf(1));
}

/** One character or more, none of them a slash. */
function overSegment(reached: Uint8Array, path: string): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(reached.length);
  for (let at = 0; at < path.length; at++) {
    if (path[at] !== "/" && (reached[at] || next[at])) next[at + 1] = 1;
  }
  return next;
}

function overCharacter(
  reached: Uint8Array,
  { path, character }: { path: string; character: string },
): Uint8Array<ArrayBuffer> {
  const next = new Uint8Array(reached.length);
  for (let at = 0; at < path.length; at++) {
    if (reached[at] && path[at] === character) next[at + 1] = 1;
  }
  return next;
}
