import { extname } from "node:path";
import type { Findings } from "./findings.ts";

const LANGUAGES: ReadonlyMap<string, "typescript" | "javascript" | "json"> = new Map([
  [".ts", "typescript"],
  [".mts", "typescript"],
  [".js", "javascript"],
  [".mjs", "javascript"],
  [".json", "json"],
]);

/** How the runtime begins the text of a syntax error that it finds before V8 does. */
const UNPARSED = "The module's source code could not be parsed";

/**
 * The values that a config file exports, by name: its named exports, or the keys of its default export. Null after a
 * finding. A module is run from its text and stands alone: it can't import its neighbours.
 *
 * No text of the file gets into a finding, as it may be part of a secret.
 */
export async function evaluateConfig(
  { path, text }: { path: string; text: string },
  findings: Findings,
): Promise<Readonly<Record<string, unknown>> | null> {
  const language = LANGUAGES.get(extname(path));
  try {
    if (language === undefined) {
      findings.error(path, `Wanted a name that ends in ${[...LANGUAGES.keys()].join(", ")}`);
      return null;
    }
    if (language === "json") return blocksOf({ default: JSON.parse(text) }, { path, findings });
    const exported = language === "typescript" ? await runTypeScript(text) : await run(text);
    return blocksOf(exported, { path, findings });
  } catch (error) {
    findings.error(path, failureOf(error));
    return null;
  }
}

/** The exports of a module of JavaScript. */
function run(text: string): Promise<Record<string, unknown>> {
  return import(`data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`);
}

/**
 * The exports of a module of TypeScript. An executable made by `deno compile` does not strip types off modules outside
 * itself (Deno 2.7), and what strips them here stays in memory for good, with some 14 MiB: it is loaded only for a file
 * that has types. Whatever parses as JavaScript has none, provided there is no `<`: `f<a>(b)` is a call in TypeScript,
 * and two comparisons in JavaScript.
 */
async function runTypeScript(text: string): Promise<Record<string, unknown>> {
  if (!text.includes("<")) {
    try {
      return await run(text);
    } catch (error) {
      if (!isUnparsed(error)) throw error;
    }
  }
  const { default: amaro } = await import("amaro");
  return await run(amaro.transformSync(text, { mode: "strip-only" }).code);
}

/** A module that throws such an error by itself looks the same. */
function isUnparsed(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof Error && error.message.startsWith(UNPARSED));
}

function blocksOf(
  exported: Readonly<Record<string, unknown>>,
  { path, findings }: { path: string; findings: Findings },
): Readonly<Record<string, unknown>> | null {
  const { default: whole, ...named } = exported;
  if (whole === undefined) return named;
  if (Object.keys(named).length > 0) {
    findings.error(path, "Wanted either named exports or a default export, not both");
    return null;
  }
  if (typeof whole !== "object" || whole === null || Array.isArray(whole)) {
    findings.error(path, "Wanted an object of blocks");
    return null;
  }
  return whole as Record<string, unknown>;
}

function failureOf(error: unknown): string {
  const { code, message = "", stack = "", startLine, startColumn = 0 } = Object(error) as Partial<
    { code: string; message: string; stack: string; startLine: number; startColumn: number }
  >;
  if (startLine !== undefined) {
    const reason = code === "UnsupportedSyntax"
      ? "TypeScript that is more than types"
      : "Not valid TypeScript";
    return `${reason} at line ${startLine}, column ${startColumn + 1}`;
  }
  const place = placeOf(stack, message);
  if (isUnparsed(error)) return `Not valid${place}`;
  if (code === "ERR_MODULE_NOT_FOUND") {
    const imported = /^(?:Import ["']|Module not found: )([^"'\s]{1,200})/.exec(message)?.[1] ?? "a module";
    return `Can't import '${imported}', a configuration stands alone and may import types only`;
  }
  if (!(error instanceof Error)) return "Throws a value that is no error";
  return error.name === "Error" ? `Says '${message}'${place}` : `Throws ${error.name}${place}`;
}

/** Where it went wrong; the stack quotes the module's whole text as its URL, of which nothing is kept. */
function placeOf(stack: string, message: string): string {
  const [, line, column] = /data:text\/javascript\S*?:(\d+):(\d+)/.exec(stack) ??
    /\(line (\d+) column (\d+)\)/.exec(message) ?? [];
  return line === undefined ? "" : ` at line ${line}, column ${column}`;
}
