import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { commandsOf } from "../support/readme.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/** `sudo` for those who need none: everything here belongs to whoever runs the test. */
const SUDO = `#!/bin/sh\n[ "$1" = -u ] && shift 2\nexec env "$@"\n`;
const NOTHING = "#!/bin/sh\n";

Deno.test("README installs an executable that finds nothing wrong with its configuration", async () => {
  const root = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "valet-install-" }));
  try {
    Deno.mkdirSync(`${root}/bin`);
    Deno.writeTextFileSync(`${root}/bin/sudo`, SUDO, { mode: 0o755 });
    Deno.writeTextFileSync(`${root}/bin/useradd`, NOTHING, { mode: 0o755 });
    const commands = commandsOf("install").join("")
      .replaceAll("/usr/bin", `${root}/bin`)
      .replaceAll("/etc/systemd/system", root)
      .replaceAll("/etc/valet", `${root}/etc`)
      .replaceAll("/var/lib/valet", `${root}/state`)
      .replaceAll(/-o (?:root|valet) -g valet /g, "");
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-e", "-c", commands],
      cwd: PROJECT,
      env: { PATH: `${root}/bin:${Deno.env.get("PATH")}` },
    }).output();
    const decoder = new TextDecoder();
    assertEquals(code, 0, decoder.decode(stderr));
    assertStringIncludes(decoder.decode(stdout), "Config OK");
    assertStringIncludes(Deno.readTextFileSync(`${root}/valet.service`), "ExecStart=/usr/bin/valet serve");
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});
