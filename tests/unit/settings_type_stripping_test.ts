import { assert, assertEquals } from "@std/assert";
import { createRequire } from "node:module";
import { evaluateConfig } from "../../src/settings/config_module.ts";
import { Findings } from "../../src/settings/findings.ts";

const { cache } = createRequire(import.meta.url);

async function blocksIn(text: string): Promise<unknown> {
  const findings = new Findings();
  const blocks = await evaluateConfig({ path: "/c/config.ts", text }, findings);
  assertEquals(findings.list, []);
  return blocks;
}

function isLoaded(): boolean {
  return Object.keys(cache).some((path) => path.includes("/amaro/"));
}

// In this order: what is loaded once stays.
Deno.test("evaluateConfig loads what strips types only for a file that has some", async () => {
  for (const sample of ["valet.ts", "demo.ts"]) {
    const text = Deno.readTextFileSync(new URL(`../../config/${sample}`, import.meta.url));
    assert(Object.keys(await blocksIn(text) as object).includes("server"));
  }
  assertEquals(await blocksIn("export const server = { port: 1 };"), { server: { port: 1 } });
  assertEquals(isLoaded(), false);
  assertEquals(await blocksIn("export const server: object = { port: 2 };"), { server: { port: 2 } });
  assertEquals(isLoaded(), true);
});

Deno.test("evaluateConfig strips a type that would be a comparison in JavaScript", async () => {
  const text = "export const server = { on: new Set<Number>([1]).has(1) };";
  assertEquals(await blocksIn(text), { server: { on: true } });
});
