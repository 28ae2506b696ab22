import { assertEquals, assertThrows } from "@std/assert";
import { deadExports } from "../../scripts/check_exports.ts";

/** The findings in a made-up tree, as lines. */
function findings(tree: Record<string, string>): string[] {
  return deadExports(new Map(Object.entries(tree))).map(({ file, line, text }) => `${file}:${line}: ${text}`);
}

/** A tree in which `main.ts` consists of `text` and `src/a.ts` exports `taken`. */
function taking(text: string): Record<string, string> {
  return { "main.ts": text, "src/a.ts": "export const taken = 1;\n" };
}

const WAYS = [
  { name: "an import", text: `import { taken } from "./src/a.ts";` },
  { name: "an import on several lines", text: `import {\n  other,\n  taken,\n} from "./src/a.ts";` },
  { name: "an import under another name", text: `import { taken as mine } from "./src/a.ts";` },
  { name: "an import of its type", text: `import { type taken } from "./src/a.ts";` },
  { name: "an import of the whole file", text: `import * as a from "./src/a.ts";` },
  { name: "an import at run time", text: `const { taken } = await import("./src/a.ts");` },
  { name: "a re-export", text: `export { taken } from "./src/a.ts";` },
  { name: "a re-export of everything", text: `export * from "./src/a.ts";` },
  { name: "its URL", text: `new Worker(new URL("./src/a.ts", import.meta.url));` },
];

for (const { name, text } of WAYS) {
  Deno.test(`deadExports counts ${name} as a use`, () => assertEquals(findings(taking(text)), []));
}

const FORMS = [
  "export const a = 1;",
  "export let a = 1;",
  "export function a() {}",
  "export async function a() {}",
  "export async function* a() {}",
  "export abstract class a {}",
  "export interface a {}",
  "export type a = string;",
  "export enum a {}",
  "const b = 1;\nexport { b as a };",
];

for (const form of FORMS) {
  Deno.test(`deadExports sees that nothing imports \`${form}\``, () => {
    const tree = {
      "main.ts": `import { b } from "./src/a.ts";`,
      "src/a.ts": `export const b = 1;\n${form}\n`,
    };
    const line = form.split("\n").length + 1;
    assertEquals(findings(tree), [`src/a.ts:${line}: "a" is exported, and nothing imports it`]);
  });
}

Deno.test("deadExports sees a default export that nothing imports", () => {
  const tree = {
    "main.ts": `import { b } from "./src/a.ts";`,
    "src/a.ts": "export const b = 1;\nexport default b;\n",
  };
  assertEquals(findings(tree), [`src/a.ts:2: "default" is exported, and nothing imports it`]);
});

Deno.test("deadExports counts a default import as a use", () => {
  assertEquals(findings({ "main.ts": `import a from "./src/a.ts";`, "src/a.ts": "export default 1;\n" }), []);
});

Deno.test("deadExports lets types be exported for the functions that take them", () => {
  const source = "export interface Options {}\nexport function taken(options: Options) {}\n";
  assertEquals(findings({ "main.ts": `import { taken } from "./src/a.ts";`, "src/a.ts": source }), []);
});

Deno.test("deadExports takes no statement from comments and templates", () => {
  const text = [
    "/*",
    `import { taken } from "./src/a.ts";`,
    "*/",
    "const it = /[`'\"]/;",
    "const other = `",
    `import { taken } from "./src/a.ts";`,
    "`;",
    `import { other } from "./src/a.ts";`,
  ].join("\n");
  assertEquals(findings(taking(text)), [`src/a.ts:1: "taken" is exported, and nothing imports it`]);
});

Deno.test("deadExports finds files that nothing leads to", () => {
  const tree = { "main.ts": "", "src/a.ts": "export const a = 1;\n" };
  assertEquals(findings(tree), ["src/a.ts:1: Nothing leads to this file"]);
});

Deno.test("deadExports expects nobody to import tests, scripts and configurations", () => {
  const tree = {
    "tests/unit/a_test.ts": "",
    "scripts/a.ts": "",
    "config/valet.ts": "export const server = {};\n",
  };
  assertEquals(findings(tree), []);
});

Deno.test("deadExports refuses a form that it can't read", () => {
  assertThrows(() => findings({ "scripts/a.ts": "export const { a } = b;\n" }), Error, "export");
});
