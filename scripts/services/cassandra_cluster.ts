import cassandraDriver from "cassandra-driver";
import { cassandra, type CassandraNode } from "./cassandra.ts";
import { freeLoopback } from "./address.ts";
import type { InstanceOptions, State } from "./instance.ts";
import { pause } from "./waiting.ts";

const { Client, auth, policies, types } = cassandraDriver;

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
      for (const { address } of this.nodes) await hasMet(address, this.nodes.length - 1);
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

/** Resolves when a node sees so many others, all with its own schema. */
async function hasMet(address: string, others: number): Promise<void> {
  const deadline = performance.now() + MEETING_LIMIT_MS;
  while (!await sees(address, others)) {
    if (performance.now() > deadline) {
      throw new Error(`${address} does not see ${others} other nodes after ${MEETING_LIMIT_MS} ms`);
    }
    await pause(100);
  }
}

async function sees(address: string, others: number): Promise<boolean> {
  const only = new policies.loadBalancing.AllowListPolicy(
    new policies.loadBalancing.RoundRobinPolicy(),
    [`${address}:9042`],
  );
  const client = new Client({
    contactPoints: [address],
    localDataCenter: "datacenter1",
    policies: { loadBalancing: only },
    authProvider: new auth.PlainTextAuthProvider("cassandra", "cassandra"),
    queryOptions: { consistency: types.consistencies.localOne },
  });
  try {
    await client.connect();
    const own = await client.execute("SELECT schema_version FROM system.local");
    const { rows } = await client.execute("SELECT schema_version FROM system.peers");
    const version = String(own.first().schema_version);
    return rows.length === others && rows.every(({ schema_version }) => String(schema_version) === version);
  } catch {
    // Still busy with its start; the deadline is the caller's.
    return false;
  } finally {
    await client.shutdown();
  }
}
