import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { CERTIFICATE, KEY } from "../support/certificates.ts";
import { freePort, ServingValet } from "../support/cli_process.ts";
import { output, programPath, testOn } from "../support/machine.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

const program = [fileURLToPath(new URL("../../dist/valet", import.meta.url))];
const SITE = new URL("../../config/valet.nginx", import.meta.url);
const DATA_CENTER = new URL("../../config/demo_datacenter.json", import.meta.url);

/** A configuration of nginx with everything of its own in the folder, and the sample site in it. */
function nginxConfig(folder: ConfigFolder, ports: { tls: number; valet: number }): string {
  folder.write("valet.crt", CERTIFICATE);
  folder.write("valet.key", KEY);
  const site = Deno.readTextFileSync(SITE)
    .replaceAll("/etc/nginx/", `${folder.path}/`)
    .replaceAll("listen 8090", `listen 127.0.0.1:${ports.tls}`)
    .replaceAll("listen [::]:8090", `listen [::1]:${ports.tls}`)
    .replaceAll("127.0.0.1:8091", `127.0.0.1:${ports.valet}`);
  folder.write("site", site);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${folder.path}/${kind};`).join("\n");
  return folder.write(
    "nginx.conf",
    `daemon off;
pid ${folder.path}/nginx.pid;
error_log ${folder.path}/error.log;
events {}
http {
access_log off;
${temporary}
include ${folder.path}/site;
}
`,
  );
}

/** nginx in the foreground, from the moment on at which it has its configuration. */
class Nginx implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;

  constructor(config: string) {
    const args = ["-c", config];
    this.#process = new Deno.Command(programPath("nginx")!, { args, stdout: "null", stderr: "null" }).spawn();
  }

  async listening(url: string, client: Deno.HttpClient): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      try {
        return await (await fetch(url, { client })).body?.cancel();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    throw new Error("nginx does not listen");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.status;
  }
}

testOn({ programs: ["nginx"] }, {
  name: "config/valet.nginx serves TLS before a Valet on loopback",
  fn: async () => {
    using folder = new ConfigFolder();
    const ports = { tls: freePort(), valet: freePort() };
    const url = `https://localhost:${ports.tls}`;
    folder.write("datacenter.json", Deno.readTextFileSync(DATA_CENTER));
    const config = folder.write("config.ts", MINIMAL_CONFIG.replace("host:", `public_url: "${url}", host:`));
    const nginx = nginxConfig(folder, ports);
    assertStringIncludes(await output(["nginx", "-t", "-c", nginx]), "test is successful");
    await using _valet = await ServingValet.start([config, "--port", `${ports.valet}`], { program });
    await using proxy = new Nginx(nginx);
    using client = Deno.createHttpClient({ caCerts: [CERTIFICATE] });
    await proxy.listening(url, client);
    const call = async (path: string, init: RequestInit = {}) => {
      const answer = await fetch(url + path, { client, headers: { "x-auth-token": "t1" }, ...init });
      return { status: answer.status, text: await answer.text() };
    };

    const versions = await call("/");
    assertEquals(JSON.parse(versions.text).versions[0].links[0].href, `${url}/v1/`);
    const body = JSON.stringify({
      plan_name: "one",
      stack_id: "stack-1",
      resources: { solo: { type: "OS::Nova::Server", properties: { flavor: "m1.small" } } },
    });
    assertEquals((await call("/v1/plans", { method: "POST", body })).status, 201);
    assertEquals((await call("/v1/plans/stack-1")).status, 200);
    assertEquals((await call("/v1/plans", { headers: {} })).status, 401);
    assertEquals((await call("/metrics")).status, 403);
    assertEquals(
      (await call("/v1/plans", { method: "POST", body: "x".repeat(9 * 1024 * 1024) })).status,
      413,
    );
  },
});
