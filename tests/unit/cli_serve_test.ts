import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { run } from "../../src/cli/program.ts";
import { Rejected, Unavailable } from "../../src/ports/failures.ts";
import { NotedSurroundings } from "../support/cli_surroundings.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

Deno.test("serve prints where it listens, and stops once after the signal", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings();
  surroundings.signal();
  assertEquals(await run(["serve", folder.write("config.ts", MINIMAL_CONFIG)], surroundings), 0);
  assertEquals(surroundings.calls, ["compose", "stop"]);
  const printed = surroundings.printed.join("\n");
  assertStringIncludes(printed, "listens on http://127.0.0.1:8090\n");
  assertStringIncludes(printed, "http://127.0.0.1:8090/docs");
  assertStringIncludes(printed, "http://127.0.0.1:8090/openapi.json");
  assertEquals(printed.includes("Try it"), false);
});

Deno.test("serve does not stop before the signal", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings();
  const running = run(["serve", folder.write("config.ts", MINIMAL_CONFIG)], surroundings);
  await surroundings.listening;
  assertEquals(surroundings.calls, ["compose"]);
  surroundings.signal();
  assertEquals(await running, 0);
  assertEquals(surroundings.calls, ["compose", "stop"]);
});

Deno.test("serve listens where the command line says", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings();
  surroundings.signal();
  const file = folder.write("config.ts", MINIMAL_CONFIG);
  await run(["serve", file, "--port", "18090", "--host", "localhost"], surroundings);
  assertEquals(surroundings.composed?.server.port, 18090);
  assertEquals(surroundings.composed?.server.host, "localhost");
});

Deno.test("serve tells how to try a demo, with the demo's own token", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings();
  surroundings.signal();
  await run(["serve", folder.write("c.ts", `${MINIMAL_CONFIG}\nexport const demo = true;`)], surroundings);
  const curl = surroundings.printed.find((line) => line.includes("/v1/plans -d"))!;
  assertStringIncludes(curl, "-H 'X-Auth-Token: t1'");
  const body = JSON.parse(curl.slice(curl.indexOf("'{") + 1, -1));
  assertEquals(Object.keys(body), ["plan_name", "stack_id", "resources"]);
});

for (
  const { name, failure, exitCode, complaint } of [
    {
      name: "a port in use",
      failure: new Deno.errors.AddrInUse("Address already in use"),
      exitCode: 1,
      complaint:
        "error: Port 8090 of '127.0.0.1' is in use; stop the other program, or choose a port with --port",
    },
    {
      name: "an address of another machine",
      failure: new Deno.errors.AddrNotAvailable("Cannot assign requested address"),
      exitCode: 1,
      complaint: "error: This machine has no address '127.0.0.1'; choose one with --host",
    },
    {
      name: "a name without an address",
      failure: new Error("failed to lookup address information: Name or service not known"),
      exitCode: 1,
      complaint: "error: The name '127.0.0.1' leads to no address; choose one with --host",
    },
    {
      name: "a store in use",
      failure: new Unavailable("store", "The store's file '/s' is in use by another process"),
      exitCode: 1,
      complaint: "error: The store's file '/s' is in use by another process",
    },
    {
      name: "a store of a newer program",
      failure: new Rejected("store", "The store's file '/s' has schema version 9, wanted 1 at most"),
      exitCode: 78,
      complaint: "error: The store's file '/s' has schema version 9, wanted 1 at most",
    },
  ]
) {
  Deno.test(`serve exits ${exitCode} for ${name}, and says so`, async () => {
    using folder = new ConfigFolder();
    const surroundings = new NotedSurroundings({ failure });
    assertEquals(await run(["serve", folder.write("config.ts", MINIMAL_CONFIG)], surroundings), exitCode);
    assertEquals(surroundings.complained.at(-1), complaint);
    assertEquals(surroundings.printed, []);
  });
}

Deno.test("serve says that a port below 1024 is for root", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings({
    failure: new Deno.errors.PermissionDenied("Permission denied"),
  });
  const file = folder.write("config.ts", MINIMAL_CONFIG);
  assertEquals(await run(["serve", file, "--port", "80"], surroundings), 1);
  assertEquals(
    surroundings.complained.at(-1),
    "error: Port 80 is for root; choose one from 1024 on with --port",
  );
});

Deno.test("serve lets a bug through", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings({ failure: new TypeError("x is not a function") });
  const file = folder.write("config.ts", MINIMAL_CONFIG);
  await assertRejects(() => run(["serve", file], surroundings), TypeError);
});
