import { freePort, ServingValet } from "../../support/cli_process.ts";
import { Connection } from "../load/connection.ts";
import { InvalidRun } from "../load/figures.ts";

export const TOKEN = "bench-admin";

/** The project of the token. */
export const PROJECT = "bench";

/** What the service writes into its log during a benchmark. */
export const LOG_SETTING = "info, text, into a file";

/** A `valet serve` in a process of its own, run from source, with SQLite and its log in a folder of its own. */
export class BenchService implements AsyncDisposable {
  readonly #valet: ServingValet;
  readonly #folder: string;

  private constructor(valet: ServingValet, folder: string) {
    this.#valet = valet;
    this.#folder = folder;
  }

  /** `dataCenter` is the text of a data-centre file. Throws `InvalidRun` when the service does not start. */
  static async start(dataCenter: string): Promise<BenchService> {
    const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "valet-bench-" }));
    Deno.writeTextFileSync(`${folder}/datacenter.json`, dataCenter);
    Deno.writeTextFileSync(`${folder}/config.ts`, configuration(freePort()), { mode: 0o600 });
    try {
      return new BenchService(await ServingValet.start([`${folder}/config.ts`], { folder }), folder);
    } catch (error) {
      Deno.removeSync(folder, { recursive: true });
      throw new InvalidRun(`The service did not start: ${(error as Error).message}`);
    }
  }

  get url(): string {
    return this.#valet.url;
  }

  connect(): Promise<Connection> {
    return Connection.open(this.url, TOKEN);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#valet.signal("SIGTERM");
    await this.#valet.ended();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function configuration(port: number): string {
  const token = {
    token: TOKEN,
    user_id: "bench",
    project_id: PROJECT,
    project_name: PROJECT,
    roles: ["admin"],
  };
  const blocks = {
    server: { host: "127.0.0.1", port },
    identity: { driver: "static", tokens: [token] },
    music: { driver: "sqlite", path: "valet.db" },
    inventory: { driver: "file", path: "datacenter.json" },
    logging: { level: "info", format: "text", dir: "log" },
  };
  return Object.entries(blocks).map(([name, block]) => `export const ${name} = ${JSON.stringify(block)};\n`)
    .join("");
}
