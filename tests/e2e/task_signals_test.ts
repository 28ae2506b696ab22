import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { freePort, runValet, ServingValet } from "../support/cli_process.ts";

const folder = fileURLToPath(new URL("../../", import.meta.url));
const program = [`${folder}scripts/deno`, "task"];

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`deno task serve passes ${signal} on, and ends when Valet has stopped`, async () => {
    const state = Deno.makeTempDirSync({ prefix: "valet-task-" });
    try {
      const args = ["config/demo.ts", "--port", `${freePort()}`];
      const variables = { XDG_STATE_HOME: state };
      await using valet = await ServingValet.start(args, { program, folder, variables });
      valet.signal(signal);
      const { exitCode, output } = await valet.ended();
      assertEquals(exitCode, 0);
      assertStringIncludes(output, "Stopping");
    } finally {
      Deno.removeSync(state, { recursive: true });
    }
  });
}

Deno.test("deno task check passes the exit status on", async () => {
  const { exitCode } = await runValet(["check", "/nowhere/config.ts"], { program, folder });
  assertEquals(exitCode, 78);
});
