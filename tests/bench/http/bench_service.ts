import { freePort, ServingValet } from "../../support/cli_process.ts";
import { Connection } from "../load/connection.ts";
import { InvalidRun } from "../load/figures.ts";

const TOKEN = "bench-admin";

/** The project of the token. */
export const PROJECT = "bench";

/** What the service writes into its log during a benchmark. */
export const LOG_SETTING = "info, text, into a file";

/** What a service works with in place of SQLite and a token of its own. */
export interface Backing {
  /** Blocks of the configuration. */
  readonly blocks: Readonly<Record<string, unknown>>;
  readonly token: string;
  /** What is run in place of the sources. */
  readonly program?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** A `valet serve` in a process of its own, run from source, with SQLite and its log in a folder of its own. */
export class BenchService implements AsyncDisposable {
  readonly #valet: ServingValet;
  readonly #folder: string;
  readonly token: string;

  private constructor(valet: ServingValet, { folder, token }: { folder: string; token: string }) {
    this.#valet = valet;
    this.#folder = folder;
    this.token = token;
  }

  /** `dataCenter` is the text of a data-centre file. Throws `InvalidRun` when the service does not start. */
  static async start(
    dataCenter: string,
    { blocks = {}, token = TOKEN, ...options }: Partial<Backing> = {},
  ): Promise<BenchService> {
    const folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "valet-bench-" }));
    Deno.writeTextFileSync(`${folder}/datacenter.json`, dataCenter);
    Deno.writeTextFileSync(`${folder}/config.ts`, configuration(freePort(), blocks), { mode: 0o600 });
    try {
      const valet = await ServingValet.start([`${folder}/config.ts`], {
        folder,
        last: "listens on",
        ...options,
      });
      return new BenchService(valet, { folder, token });
    } catch (error) {
      Deno.removeSync(folder, { recursive: true });
      throw new InvalidRun(`The service did not start: ${(error as Error).message}`);
    }
  }

  get url(): string {
    return this.#valet.url;
  }

  connect(): Promise<Connection> {
    return Connection.open(this.url, this.token);
  }

  /** Of the process, in bytes (VmRSS). */
  get memoryBytes(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#valet.pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) * 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#valet.signal("SIGTERM");
    await this.#valet.ended();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function configuration(port: number, changed: Readonly<Record<string, unknown>>): string {
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
    ...changed,
  };
  return Object.entries(blocks).map(([name, block]) => `export const ${name} = ${JSON.stringify(block)};\n`)
    .join("");
}
