import { cassandra, type CassandraNode } from "./cassandra.ts";
import { freeLoopback } from "./address.ts";
import type { InstanceOptions, State } from "./instance.ts";
import { schemaVersions } from "./cassandra_login.ts";
import { until } from "./waiting.ts";

/** Of the three nodes, each with a third of the ring. */
const TOKENS = ["-9223372036854775808", "-3074457345618258603", "3074457345618258602"];

const MEETING_LIMIT_MS = 120_000;

export interface CassandraClusterOptions extends InstanceOptions {
  /** Of the first node; the others have the next two. Any free ones when left out. */
  readonly address?: string;
  /** Further lines of every node's cassandra.yaml. */
  readonly settings?: readonly string[];
}

/** Three nodes of one ring. It is disposed of by `stop`. */
export class CassandraCluster implements AsyncDisposable {
  readonly nodes: readonly CassandraNode[];

  constructor(nodes: readonly CassandraNode[]) {
    this.nodes = nodes;
  }

  get addresses(): string[] {
    return this.nodes.map(({ address }) => address);
  }

  /** Starts what does not run, and resolves when each node sees the others with the same schema. */
  async start(): Promise<this> {
    try {
      await Promise.all(this.nodes.map((node) => node.start()));
      for (const { address } of this.nodes) {
        const wanted = `${address} sees all ${this.nodes.length} nodes with one schema`;
        await until(() => this.#hasMet(address), { limitMs: MEETING_LIMIT_MS, wanted });
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
    return this;
  }

  /** "up" when all nodes are; "not answering" as soon as one of them runs. */
  async state(): Promise<State> {
    const states = await Promise.all(this.nodes.map((node) => node.state()));
    if (states.every((state) => state === "up")) return "up";
    if (this.nodes.some(({ pid }) => pid !== null)) return "not answering";
    return states.includes("taken") ? "taken" : "down";
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Whether a node sees all others, each with its own schema. */
  async #hasMet(address: string): Promise<boolean> {
    const versions = await schemaVersions(address) ?? [];
    return versions.length === this.nodes.length && new Set(versions).size === 1;
  }
}

/** Three nodes that answer and have met. */
export async function startCassandraCluster(
  options: CassandraClusterOptions = {},
): Promise<CassandraCluster> {
  return await cassandraCluster(options).start();
}

/** Three nodes that are not started yet. */
export function cassandraCluster(
  { address = freeLoopback([9042, 7000]), settings = [], name = "cassandra", lasting }:
    CassandraClusterOptions = {},
): CassandraCluster {
  const bytes = address.split(".");
  const seeds = TOKENS.map((_, index) => [...bytes.slice(0, 3), Number(bytes[3]) + index].join("."));
  return new CassandraCluster(TOKENS.map((token, index) =>
    cassandra(
      { name: `${name}-${index + 1}`, lasting, address: seeds[index], settings },
      { cluster: "valet-three", seeds, token, timeoutMs: 2000 },
    )
  ));
}
