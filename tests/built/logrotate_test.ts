import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { freePort, ServingValet } from "../support/cli_process.ts";
import { output, testOn } from "../support/machine.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

const program = [fileURLToPath(new URL("../../dist/valet", import.meta.url))];
const ROTATION = new URL("../../config/valet.logrotate", import.meta.url);
const DATA_CENTER = new URL("../../config/demo_datacenter.json", import.meta.url);

/** Resolves when the file holds `text`; its content. */
async function written(path: string, text: string): Promise<string> {
  for (;;) {
    const content = Deno.readTextFileSync(path);
    if (content.includes(text)) return content;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

testOn({ programs: ["logrotate"], root: true }, {
  name: "config/valet.logrotate rotates the log of a service that goes on writing",
  fn: async () => {
    using folder = new ConfigFolder();
    folder.write("datacenter.json", Deno.readTextFileSync(DATA_CENTER));
    const config = folder.write("config.ts", `${MINIMAL_CONFIG}export const logging = { dir: "log" };`);
    const rotation = folder.write(
      "rotation",
      Deno.readTextFileSync(ROTATION).replace("/var/log/valet", `${folder.path}/log`)
        .replace("su valet valet", "su root root"),
    );
    const log = `${folder.path}/log/valet.log`;
    const rotate = ["logrotate", "--force", "--state", `${folder.path}/state`, rotation];
    await using valet = await ServingValet.start([config, "--port", `${freePort()}`], { program });
    assertStringIncludes(await output([...rotate, "--debug"]), "rotating pattern");
    await (await fetch(`${valet.url}/before`)).body?.cancel();
    await written(log, "path=/before");
    assertEquals(await output(rotate), "");
    await (await fetch(`${valet.url}/after`)).body?.cancel();
    const fresh = await written(log, "path=/after");
    assertMatch(fresh, /^\d{4}-/);
    assertEquals(fresh.includes("path=/before"), false);
    assertStringIncludes(Deno.readTextFileSync(`${log}.1`), "path=/before");
    valet.signal("SIGTERM");
    assertEquals((await valet.ended()).exitCode, 0);
  },
});
