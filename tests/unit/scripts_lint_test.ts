import { assertEquals } from "@std/assert";
import plugin from "../../scripts/lint/plugin.ts";

/** The messages about a made-up file. */
function messages(file: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, file, source).map(({ message }) => message);
}

const ALLOWED = [
  { name: "a neighbour", file: "src/domain/plan.ts", source: `import { a } from "./group.ts";` },
  { name: "a room of the row", file: "src/ports/store.ts", source: `import { a } from "../domain/plan.ts";` },
  { name: "a package of the row", file: "src/http/app.ts", source: `import { Hono } from "hono/tiny";` },
  {
    name: "types of the engine",
    file: "src/usecases/a.ts",
    source: `import type { A } from "../engine/mod.ts";`,
  },
  {
    name: "inline types of the engine",
    file: "src/usecases/a.ts",
    source: `import { type A, type B } from "../engine/mod.ts";`,
  },
  {
    name: "part of a room",
    file: "src/cli/check.ts",
    source: `import { a } from "../http/schemas/plans.ts";`,
  },
  {
    name: "the engine under its adapter",
    file: "src/adapters/optimizer/embedded/worker.ts",
    source: `import { Engine } from "../../../engine/mod.ts";`,
  },
  {
    name: "an adapter in the joint",
    file: "src/compose/mod.ts",
    source: `import { SqliteStore } from "../adapters/store/sqlite/store.ts";`,
  },
  {
    name: "the manifest",
    file: "src/compose/mod.ts",
    source: `import manifest from "../../deno.json" with { type: "json" };`,
  },
  {
    name: "anything in a test",
    file: "tests/unit/a_test.ts",
    source: `import { a } from "../../src/http/app.ts";`,
  },
  { name: "anything in a script", file: "scripts/a.ts", source: `import { a } from "../src/http/app.ts";` },
];

for (const { name, file, source } of ALLOWED) {
  Deno.test(`rooms allows ${name}`, () => assertEquals(messages(file, source), []));
}

const REFUSED = [
  {
    name: "a package in domain",
    file: "src/domain/plan.ts",
    source: `import { z } from "zod";`,
    message: `"domain" may not import "zod", only nothing`,
  },
  {
    name: "a room that the row lacks",
    file: "src/usecases/plans.ts",
    source: `import { app } from "../http/app.ts";`,
    message: `"usecases" may not import "src/http/app.ts", only "domain", "ports", "engine"`,
  },
  {
    name: "values where types are allowed",
    file: "src/usecases/plans.ts",
    source: `import { Engine, type Decision } from "../engine/mod.ts";`,
    message: `"usecases" may import nothing but types from "src/engine/mod.ts"`,
  },
  {
    name: "another adapter",
    file: "src/adapters/store/memory/store.ts",
    source: `import { a } from "../sqlite/store.ts";`,
    message:
      `"adapters/store/memory" may not import "src/adapters/store/sqlite/store.ts", only "domain", "ports"`,
  },
  {
    name: "another adapter's driver",
    file: "src/adapters/store/memory/store.ts",
    source: `import { DatabaseSync } from "node:sqlite";`,
    message: `"adapters/store/memory" may not import "node:sqlite", only nothing`,
  },
  {
    name: "the search in the checker",
    file: "src/engine/checker/check.ts",
    source: `import { solve } from "../search/solve.ts";`,
    message: `"engine/checker" may not import "src/engine/search/solve.ts", only "domain"`,
  },
  {
    name: "the checker in the search",
    file: "src/engine/search/solve.ts",
    source: `import { check } from "../checker/check.ts";`,
    message: `"engine" may not import "src/engine/checker/check.ts", only "domain"`,
  },
  {
    name: "the rest of a room that is open in part",
    file: "src/cli/check.ts",
    source: `import { app } from "../http/app.ts";`,
    message: `"cli" may not import "src/http/app.ts", only "settings", "compose", "http/schemas"`,
  },
  {
    name: "the joint in a room below it",
    file: "src/http/app.ts",
    source: `import { compose } from "../compose/mod.ts";`,
    message: `"http" may not import "src/compose/mod.ts", only "usecases", "domain", "ports"`,
  },
  {
    name: "a test in the program",
    file: "src/http/app.ts",
    source: `import { a } from "../../tests/support/service.ts";`,
    message: `"http" may not import "tests/support/service.ts", which is outside of src`,
  },
  {
    name: "a re-export",
    file: "src/ports/store.ts",
    source: `export { a } from "../usecases/plans.ts";`,
    message: `"ports" may not import "src/usecases/plans.ts", only "domain"`,
  },
  {
    name: "a re-export of everything",
    file: "src/ports/store.ts",
    source: `export * from "../usecases/plans.ts";`,
    message: `"ports" may not import "src/usecases/plans.ts", only "domain"`,
  },
  {
    name: "an import at run time",
    file: "src/ports/store.ts",
    source: `const plans = await import("../usecases/plans.ts");`,
    message: `"ports" may not import "src/usecases/plans.ts", only "domain"`,
  },
  {
    name: "a room without a row",
    file: "src/cellar/wine.ts",
    source: `import { a } from "./cheese.ts";`,
    message: `"src/cellar/wine.ts" is in no room of scripts/lint/rooms.ts`,
  },
];

for (const { name, file, source, message } of REFUSED) {
  Deno.test(`rooms refuses ${name}`, () => assertEquals(messages(file, source), [message]));
}

for (
  const source of ["Date.now();", "const now = new Date();", "Math.random();", "fetch('x');", "Deno.args;"]
) {
  Deno.test(`pure refuses \`${source}\` in the engine`, () => {
    assertEquals(messages("src/engine/search/solve.ts", source).length, 1);
  });
}

Deno.test("pure allows what only bears the name of something impure", () => {
  const source = "limits.fetch = { performance: 1 }; Math.max(1, 2);";
  assertEquals(messages("src/engine/search/solve.ts", source), []);
});

Deno.test("pure leaves other rooms alone", () => {
  assertEquals(messages("src/adapters/system/clock.ts", "Date.now();"), []);
});
