import { CERTIFICATE, KEY } from "./certificates.ts";
import { freePort } from "./cli_process.ts";
import { output, programPath } from "./machine.ts";
import { ConfigFolder } from "./settings_files.ts";

const SITE = new URL("../../config/valet.nginx", import.meta.url);

/** The server of the sample site's upstream. */
const SERVER = /server 127\.0\.0\.1:8091/;

/** nginx with the sample site before instances of Valet on this machine, by their ports. */
export class Nginx implements AsyncDisposable {
  /** What trusts the site's certificate. */
  readonly client = Deno.createHttpClient({ caCerts: [CERTIFICATE] });
  readonly url: string;
  readonly #folder = new ConfigFolder();
  #process: Deno.ChildProcess | null = null;

  private constructor(port: number) {
    this.url = `https://localhost:${port}`;
  }

  /** Resolves as soon as it answers, whether or not an instance does. */
  static async start(
    instances: readonly number[],
    { port = freePort() }: { readonly port?: number } = {},
  ): Promise<Nginx> {
    const nginx = new Nginx(port);
    try {
      const config = nginx.#configuration(instances);
      await output(["nginx", "-t", "-c", config]);
      const args = ["-c", config];
      nginx.#process = new Deno.Command(programPath("nginx")!, { args, stdout: "null", stderr: "null" })
        .spawn();
      await nginx.#answers();
      return nginx;
    } catch (error) {
      await nginx[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process?.kill("SIGTERM");
    await this.#process?.status;
    this.client.close();
    this.#folder[Symbol.dispose]();
  }

  async #answers(): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      try {
        return await (await fetch(`${this.url}/metrics`, { client: this.client })).body?.cancel();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    throw new Error("nginx does not listen");
  }

  /** A configuration with everything of its own in the folder, and the sample site in it. */
  #configuration(instances: readonly number[]): string {
    const { path } = this.#folder;
    const port = new URL(this.url).port;
    this.#folder.write("valet.crt", CERTIFICATE);
    this.#folder.write("valet.key", KEY);
    const site = Deno.readTextFileSync(SITE);
    const [line] = site.split("\n").filter((each) => SERVER.test(each));
    const servers = instances.map((each) => line.replace(SERVER, `server 127.0.0.1:${each}`));
    this.#folder.write(
      "site",
      site.replace(line, servers.join("\n"))
        .replaceAll("/etc/nginx/", `${path}/`)
        .replaceAll("listen 8090", `listen 127.0.0.1:${port}`)
        .replaceAll("listen [::]:8090", `listen [::1]:${port}`),
    );
    // The folder is closed to others, and large bodies go through it.
    const user = Deno.uid() === 0 ? "user root;" : "";
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
      .map((kind) => `${kind}_temp_path ${path}/${kind};`).join("\n");
    return this.#folder.write(
      "nginx.conf",
      `daemon off;
${user}
pid ${path}/nginx.pid;
error_log ${path}/error.log;
events {}
http {
access_log off;
${temporary}
include ${path}/site;
}
`,
    );
  }
}
