import { assertEquals } from "@std/assert";
import { evaluateConfig } from "../../src/settings/config_module.ts";
import { Findings } from "../../src/settings/findings.ts";

async function evaluate(text: string, path = "/c/config.ts") {
  const findings = new Findings();
  const blocks = await evaluateConfig({ path, text }, findings);
  return { blocks, said: findings.list.map(({ text }) => text) };
}

const ALONE = "a configuration stands alone and may import types only";

for (
  const { name, text, path, expected } of [
    {
      name: "an import of a neighbour",
      text: 'import { port } from "./port.ts";\nexport const server = { port };',
      expected: `Can't import './port.ts', ${ALONE}`,
    },
    {
      name: "an export from a neighbour",
      text: 'export { server } from "../server.ts";',
      expected: `Can't import '../server.ts', ${ALONE}`,
    },
    {
      name: "an import of a neighbour while it runs",
      text: 'export const server = await import("./server.ts");',
      expected: `Can't import './server.ts', ${ALONE}`,
    },
    {
      name: "an import of a neighbour in JavaScript",
      path: "/c/config.mjs",
      text: 'import "./secrets.mjs";',
      expected: `Can't import './secrets.mjs', ${ALONE}`,
    },
    {
      name: "TypeScript that does not parse",
      text: 'export const server = {};\nexport const x = "hunter2" "hunter3";',
      expected: "Not valid TypeScript at line 2, column 28",
    },
    {
      name: "TypeScript that needs more than stripping",
      text: "enum Level { host }",
      expected: "TypeScript that is more than types at line 1, column 1",
    },
    {
      name: "JavaScript that does not parse",
      path: "/c/config.js",
      text: "export const x = 1;\nexport const y = 'hunter2;",
      expected: "Not valid at line 2, column 18",
    },
    {
      name: "types in JavaScript",
      path: "/c/config.js",
      text: "export const hunter2: string = 1;",
      expected: "Not valid at line 1, column 14",
    },
    {
      name: "JSON that does not parse",
      path: "/c/config.json",
      text: '{\n  "password": hunter2\n}',
      expected: "Not valid",
    },
    {
      name: "JSON that ends early",
      path: "/c/config.json",
      text: '{\n  "password": "hunter2"',
      expected: "Not valid at line 2, column 24",
    },
    {
      name: "an unknown name, which may be a secret without quotes",
      text: "export const password = hunter2;",
      expected: "Throws ReferenceError at line 1, column 25",
    },
    {
      name: "an error that the module throws on purpose",
      text: 'throw new Error("Set HOME");',
      expected: "Says 'Set HOME' at line 1, column 7",
    },
    {
      name: "a value that the module throws",
      text: 'throw "hunter2";',
      expected: "Throws a value that is no error",
    },
    {
      name: "named exports beside a default export",
      text: "export const server = {};\nexport default {};",
      expected: "Wanted either named exports or a default export, not both",
    },
    {
      name: "a default export that is a list",
      text: "export default [];",
      expected: "Wanted an object of blocks",
    },
    {
      name: "JSON that is text",
      path: "/c/config.json",
      text: '"x"',
      expected: "Wanted an object of blocks",
    },
    {
      name: "a file of another language",
      path: "/c/config.py",
      text: "server = {}",
      expected: "Wanted a name that ends in .ts, .mts, .js, .mjs, .json",
    },
  ] as { name: string; text: string; path?: string; expected: string }[]
) {
  Deno.test(`evaluateConfig refuses ${name}`, async () => {
    const { blocks, said } = await evaluate(text, path);
    assertEquals(said, [expected]);
    assertEquals(blocks, null);
  });
}

Deno.test("evaluateConfig keeps characters outside of ASCII", async () => {
  const { blocks } = await evaluate('export const engine = { datacenter_name: "Überlingen 🏰 #100%" };');
  assertEquals(blocks, { engine: { datacenter_name: "Überlingen 🏰 #100%" } });
});
