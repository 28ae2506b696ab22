import type { CassandraAddress } from "../../src/adapters/store/cassandra/connection.ts";
import { type DataCenterFile, dataCenterFile } from "./data_centers.ts";
import { freePort, ServingValet } from "./cli_process.ts";
import { untilReady } from "./readiness.ts";

export interface ValetProcessesOptions {
  readonly count: number;
  readonly address: CassandraAddress;
  readonly dataCenter?: DataCenterFile;
  /** Copies of each row. */
  readonly replication?: number;
  /** Further blocks of the configuration, as TypeScript. */
  readonly blocks?: string;
  /** What is run in place of the sources. */
  readonly program?: readonly string[];
}

export const TOKEN = "tests-admin";

/** Several processes of the service on one store in Cassandra. */
export class ValetProcesses implements AsyncDisposable {
  readonly #options: ValetProcessesOptions;
  readonly #folder = Deno.makeTempDirSync({ prefix: "valet-processes-" });
  readonly #ports: readonly number[];
  readonly #running: (ServingValet | null)[] = [];

  constructor(options: ValetProcessesOptions) {
    this.#options = options;
    this.#ports = Array.from({ length: options.count }, freePort);
  }

  static async start(options: ValetProcessesOptions): Promise<ValetProcesses> {
    const processes = new ValetProcesses(options);
    Deno.chmodSync(processes.#folder, 0o700);
    const dataCenter = JSON.stringify(options.dataCenter ?? dataCenterFile());
    Deno.writeTextFileSync(`${processes.#folder}/data_center.json`, dataCenter);
    for (const index of processes.#ports.keys()) await processes.restart(index);
    return processes;
  }

  /** Bases of the addresses of those that run. */
  get urls(): readonly string[] {
    return this.#ports.filter((_, index) => this.#running[index]).map(urlOf);
  }

  url(index: number): string {
    return urlOf(this.#ports[index]);
  }

  async restart(index: number): Promise<void> {
    const file = `${this.#folder}/config${index}.ts`;
    Deno.writeTextFileSync(file, this.#configuration(index), { mode: 0o600 });
    const process = await ServingValet.start([file], {
      last: "listens on",
      ...(this.#options.program ? { program: this.#options.program } : {}),
    });
    // A balancer sends nothing to it before that.
    await untilReady(this.url(index));
    this.#running[index] = process;
  }

  async kill(index: number): Promise<void> {
    await this.#running[index]![Symbol.asyncDispose]();
    this.#running[index] = null;
  }

  /** Ends as an operator would. */
  async stop(index: number): Promise<number> {
    const process = this.#running[index]!;
    // A balancer sees at once that it is not ready any more.
    this.#running[index] = null;
    process.signal("SIGTERM");
    return (await process.ended()).exitCode;
  }

  /** Which one decides, as any of them tells. */
  async decider(): Promise<number> {
    const response = await fetch(`${this.urls[0]}/v1/status`, { headers: { "x-auth-token": TOKEN } });
    const { status: { ostro: { resources: { id } } } } = await response.json();
    return id - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#running.map((process) => process?.[Symbol.asyncDispose]()));
    Deno.removeSync(this.#folder, { recursive: true });
  }

  #configuration(index: number): string {
    const { address: { hosts, keyspace }, replication = 1, blocks = "" } = this.#options;
    return `
      export const server = { port: ${this.#ports[index]}, host: "127.0.0.1" };
      export const identity = {
        driver: "static",
        tokens: [{ token: "${TOKEN}", user_id: "u", project_id: "p", project_name: "P", roles: ["admin"] }],
      };
      export const music = {
        driver: "cassandra", hosts: ${JSON.stringify(hosts)}, keyspace: "${keyspace}",
        replication_factor: ${replication},
      };
      export const inventory = { driver: "file", path: "data_center.json" };
      export const optimizer = { driver: "queue" };
      export const engine = { priority: ${index + 1} };
      ${blocks}
    `;
  }
}

function urlOf(port: number): string {
  return `http://127.0.0.1:${port}`;
}
