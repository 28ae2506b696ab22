import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { dataCenterFile } from "../support/data_centers.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/bench.ts", import.meta.url));

async function bench(args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", SCRIPT, "--quick", ...args],
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

Deno.test("bench --quick measures every figure", async () => {
  const { code, output, errors } = await bench([]);
  assertEquals(code, 0, errors);
  for (
    const what of [
      "GET of 10 groups",
      "GET of a plan of 3 servers",
      "POST of plans of 3 servers",
      "POST of a plan of 280 servers",
      "start of the demo",
      "engine: first answer to A3",
      "engine: A6, 40 pinned servers",
      "engine: A7, 100 single servers",
      "engine: A8, migration of one",
      "engine: A8, draining a rack",
      "engine: A9, an unknown zone",
    ]
  ) {
    assertStringIncludes(output, `| ${what}`);
  }
});

Deno.test("bench exits 1 when a stack can't be planned", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "valet-bench-data-" });
  try {
    const server = { type: "OS::Nova::Server", properties: { flavor: "m1.none" } };
    Deno.writeTextFileSync(`${folder}/dc.json`, JSON.stringify(dataCenterFile()));
    Deno.writeTextFileSync(
      `${folder}/a.plan.json`,
      JSON.stringify({ plan_name: "a", stack_id: "a", resources: { server } }),
    );
    const { code, errors } = await bench(["--data", folder]);
    assertEquals(code, 1);
    assertStringIncludes(errors, "error: POST /v1/plans was answered 500 instead of 201");
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
