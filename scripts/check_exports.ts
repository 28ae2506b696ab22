/**
 * Finds exports that no other file imports, and files that nothing leads to.
 *
 * Reads import and export statements by their form, which the formatter settles: they start a line. A type that its own
 * file uses is part of what that file says to others, and may be exported without being imported anywhere.
 */
import { posix } from "node:path";
import { fileURLToPath } from "node:url";

/** What the outside imports: the runtime, an operator's command, or tests under the name of a package. */
const ENTRIES = new Set([
  "main.ts",
  "config/demo.ts",
  "config/valet.ts",
  "scripts/lint/plugin.ts",
  "tests/support/assert.ts",
]);

/** Files that are started by their path. */
const PROGRAMS = /^scripts\/([^/]+|\w+\/mod)\.ts$|_test\.ts$|_child\.ts$/;

const FOLDERS = ["src", "tests", "scripts", "config"];

/** Stands for all names that a file exports. */
const EVERYTHING = "*";

/** A dead export, or a file that nothing leads to. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

interface Use {
  readonly file: string;
  readonly names: readonly string[];
}

/** Judges a tree of sources by their paths. */
export function deadExports(sources: ReadonlyMap<string, string>): Finding[] {
  const code = new Map([...sources].map(([file, text]) => [file, withoutProse(text)]));
  const used = new Map<string, Set<string>>();
  for (const { file, names } of [...code].flatMap(([file, text]) => usesOf(file, text))) {
    used.set(file, new Set([...used.get(file) ?? [], ...names]));
  }
  return [...code].filter(([file]) => !ENTRIES.has(file)).flatMap(([file, text]) => {
    const names = used.get(file);
    if (!names && !PROGRAMS.test(file)) return [{ file, line: 1, text: "Nothing leads to this file" }];
    return exportsOf(text)
      .filter(({ name, isType }) =>
        !names?.has(name) && !names?.has(EVERYTHING) && !(isType && recurs(name, text))
      )
      .map(({ name, line }) => ({ file, line, text: `"${name}" is exported, and nothing imports it` }));
  });
}

const TOKENS = new RegExp(
  [
    /\/\/.*|\/\*[^]*?\*\//, // comments
    /`(?:\\[^]|[^`\\])*`/, // templates
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/, // texts on one line
    /(?<=[=(,:!&|?;[]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//, // regular expressions
  ].map(({ source }) => source).join("|"),
  "g",
);

/** The same lines without comments and templates, whose lines may look like statements. */
function withoutProse(text: string): string {
  return text.replace(TOKENS, (token) => /^`|^\/[/*]/.test(token) ? token.replace(/[^\n]/g, " ") : token);
}

interface Export {
  readonly name: string;
  readonly line: number;
  readonly isType: boolean;
}

function exportsOf(code: string): Export[] {
  return [...code.matchAll(/^export (?!\*)(.*)/gm)].flatMap(({ 1: rest, index }) => {
    const line = code.slice(0, index).split("\n").length;
    if (rest.startsWith("default ")) return [{ name: "default", line, isType: false }];
    const declared = /^(?:abstract |async )*(class|const|enum|function\*?|interface|let|type) (\w+)/.exec(
      rest,
    );
    if (declared) return [{ name: declared[2], line, isType: /^(interface|type)$/.test(declared[1]) }];
    const listed = /^export (?:type )?\{([^}]*)\}/.exec(code.slice(index));
    if (!listed) throw new Error(`Line ${line} exports in a form that this script can't read: "${rest}"`);
    return namesIn(listed[1], "after").map((name) => ({ name, line, isType: false }));
  });
}

function recurs(name: string, code: string): boolean {
  return [...code.matchAll(new RegExp(`\\b${name}\\b`, "g"))].length > 1;
}

/** What a file takes from others, by import, re-export, import at run time, or by the URL of a program. */
function usesOf(importer: string, code: string): Use[] {
  const statements = [...code.matchAll(/^(?:import|export) (?:type )?([^;"'=(]*?) ?from "(\.[^"]+)"/gm)]
    .map(([, clause, specifier]) => ({ specifier, names: clauseNames(clause) }));
  const places = [...code.matchAll(/(?:\bimport\(|\bresolve\(|\bnew URL\(|^import )"(\.[^"]+\.ts)"/gm)]
    .map(([, specifier]) => ({ specifier, names: [EVERYTHING] }));
  return [...statements, ...places].map(({ specifier, names }) => ({
    file: posix.join(posix.dirname(importer), specifier),
    names,
  }));
}

function clauseNames(clause: string): string[] {
  const [, before, listed] = /^([^{]*)(?:\{([^}]*)\})?$/.exec(clause) ?? [];
  if (before?.includes("*")) return [EVERYTHING];
  const names = namesIn(listed ?? "", "before");
  return before?.trim() ? ["default", ...names] : names;
}

/** The names of `a, type b as c`, before or after their renaming. */
function namesIn(list: string, side: "before" | "after"): string[] {
  return list.split(",").map((item) => item.trim().replace(/^type /, "")).filter((item) => item !== "")
    .map((item) => item.split(" as ")[side === "before" ? 0 : item.split(" as ").length - 1]);
}

function* sourcesOf(project: string): Generator<[string, string]> {
  const pending = [...FOLDERS];
  yield ["main.ts", Deno.readTextFileSync(`${project}main.ts`)];
  for (const folder of pending) {
    for (const { name, isDirectory } of Deno.readDirSync(project + folder)) {
      const path = `${folder}/${name}`;
      if (isDirectory) pending.push(path);
      else if (name.endsWith(".ts")) yield [path, Deno.readTextFileSync(project + path)];
    }
  }
}

if (import.meta.main) {
  const findings = deadExports(new Map(sourcesOf(fileURLToPath(new URL("..", import.meta.url)))));
  for (const { file, line, text } of findings) console.error(`${file}:${line}: ${text}`);
  Deno.exit(findings.length > 0 ? 1 : 0);
}
