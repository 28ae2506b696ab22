import { assertEquals } from "@std/assert";
import { run } from "../../src/cli/program.ts";
import { Unavailable } from "../../src/ports/failures.ts";
import { NotedSurroundings } from "../support/cli_surroundings.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

async function populated(options: ConstructorParameters<typeof NotedSurroundings>[0]) {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings(options);
  const exitCode = await run(["populate", folder.write("config.ts", MINIMAL_CONFIG)], surroundings);
  const complained = surroundings.complained.filter((line) => !line.includes("Valet runs as root"));
  return { exitCode, printed: surroundings.printed, complained, calls: surroundings.calls };
}

Deno.test("populate prints a line for each object, and the sums", async () => {
  const { exitCode, printed, calls } = await populated({
    steps: [{ object: "table groups", state: "created" }, { object: "table plans", state: "exists" }],
  });
  assertEquals(exitCode, 0);
  assertEquals(printed, ["created  table groups", "exists   table plans", "1 created, 1 existed, 0 differ"]);
  assertEquals(calls, ["composeSchema", "close"]);
});

Deno.test("populate exits 3 when an object differs, and tells the remedy", async () => {
  const { exitCode, printed, complained } = await populated({
    steps: [{ object: "table groups", state: "differs", remedy: "ALTER TABLE groups ADD level TEXT" }],
  });
  assertEquals(exitCode, 3);
  assertEquals(printed, ["differs  table groups", "0 created, 0 existed, 1 differ"]);
  assertEquals(complained, ["error: table groups: ALTER TABLE groups ADD level TEXT"]);
});

Deno.test("populate exits 1 when the store can't be reached, and says why", async () => {
  const failure = new Unavailable("store", "The store's file can't be opened: '/s'");
  const { exitCode, complained } = await populated({ failure });
  assertEquals(exitCode, 1);
  assertEquals(complained, ["error: The store's file can't be opened: '/s'"]);
});
