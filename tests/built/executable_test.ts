import { assertEquals, assertMatch } from "@std/assert";
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { freePort, runValet, ServingValet } from "../support/cli_process.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

const program = [fileURLToPath(new URL("../../dist/valet", import.meta.url))];
const DEMO = fileURLToPath(new URL("../../config/demo.ts", import.meta.url));

const STACK = {
  plan_name: "pair",
  stack_id: "stack-1",
  resources: {
    one: { type: "OS::Nova::Server", properties: { flavor: "m1.small" } },
    two: { type: "OS::Nova::Server", properties: { flavor: "m1.large" } },
    apart: {
      type: "ATT::Valet::GroupAssignment",
      properties: { group_type: "diversity", level: "rack", resources: ["one", "two"] },
    },
  },
};

Deno.test("dist/valet tells what it was built from", async () => {
  const { output, exitCode } = await runValet(["version"], { program });
  assertEquals(exitCode, 0);
  assertMatch(output, /^valet \d+\.\d+\.\d+ \(commit [0-9a-f]{12}(-dirty)?, built \d{4}-\d\d-\d\d\)\n$/);
});

Deno.test("dist/valet serves the demonstration, plans a stack, and stops when it is told to", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "valet-built-" });
  const temporary = `${folder}/temporary`;
  Deno.mkdirSync(temporary);
  try {
    const variables = { XDG_STATE_HOME: folder, TMPDIR: temporary };
    await using valet = await ServingValet.start([DEMO, "--port", `${freePort()}`], {
      program,
      variables,
      folder,
    });
    const answer = await fetch(`${valet.url}/v1/plans`, {
      method: "POST",
      headers: { "x-auth-token": "demo-member" },
      body: JSON.stringify(STACK),
    });
    const { plan } = await answer.json();
    assertEquals(answer.status, 201);
    assertEquals(Object.keys(plan.placements), ["one", "two"]);
    for (const { location } of Object.values<{ location: string }>(plan.placements)) {
      assertMatch(location, /^dem01r\d\dc\d\d\d$/);
    }
    valet.signal("SIGTERM");
    assertEquals((await valet.ended()).exitCode, 0);
    // Code that is kept there could be exchanged by others.
    assertEquals([...Deno.readDirSync(temporary)], []);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("dist/valet reads a configuration with types", async () => {
  using folder = new ConfigFolder();
  folder.write("datacenter.json", JSON.stringify(dataCenterFile()));
  const config = folder.write("config.ts", `${MINIMAL_CONFIG}type Port = number;\nconst port: Port = 1;`);
  const { output, errors, exitCode } = await runValet(["check", config], { program });
  assertEquals({ output, exitCode }, { output: "Config OK\n", exitCode: 0 }, errors);
});

Deno.test("dist/valet carries nothing that it has no use for, as it would hold it in memory", () => {
  const carried = Buffer.from(Deno.readFileSync(program[0]));
  // A package of the tests alone, and the texts of a package in a language that is never asked for.
  assertEquals(["/fast-check/", "/locales/fr."].filter((part) => carried.includes(part)), []);
});

Deno.test("dist/valet does not tell where its packages were found when it was built", () => {
  const carried = Buffer.from(Deno.readFileSync(program[0]));
  assertEquals(["npm/hono/", "/npm/registry.", "/.cache/deno/"].map((part) => carried.includes(part)), [
    true,
    false,
    false,
  ]);
});
