import { join } from "node:path";
import { answerTo, freeLoopback } from "./address.ts";
import { schemaVersions } from "./cassandra_login.ts";
import { classArchive, javaOptions } from "./cassandra_home.ts";
import { type Design, Instance, instanceFolder, type InstanceOptions, ownerOf } from "./instance.ts";
import { Program } from "./program.ts";
import { pause, until } from "./waiting.ts";

/** Of CQL and of the talk between nodes. Drivers find nodes by their addresses alone, so all have the same ports. */
const CQL_PORT = 9042;
const STORAGE_PORT = 7000;

/** An OPTIONS frame without a body (CQL native protocol v4, 2); the answer is SUPPORTED, opcode 6. */
const OPTIONS_FRAME = [4, 0, 0, 0, 5, 0, 0, 0, 0];
const SUPPORTED = 6;

/** A node that has just begun to answer has not yet loaded all that it will. */
const RECORDING_MS = 2000;

const LOGIN_LIMIT_MS = 120_000;

const COMMIT_LOG = {
  batch: ["commitlog_sync: batch"],
  periodic: ["commitlog_sync: periodic", "commitlog_sync_period: 10s"],
};

export interface CassandraOptions extends InstanceOptions {
  /**
   * When writes are on disk. "batch" (default): before they are acknowledged, so that a killed node loses none.
   * "periodic": within ten seconds, as Cassandra is delivered; other nodes have them meanwhile.
   */
  readonly commitLog?: keyof typeof COMMIT_LOG;
  /** Of 127.0.0.0/8, with the ports 9042 and 7000 free; any such one when left out. */
  readonly address?: string;
  /**
   * Further lines of cassandra.yaml, such as `authenticator: PasswordAuthenticator`, whose first user is "cassandra"
   * with the password "cassandra"; no other kind of login. With TLS, plain connections have to stay allowed (`optional: true`).
   */
  readonly settings?: readonly string[];
}

/** What a node needs to know as a member of a ring. */
export interface Membership {
  readonly cluster: string;
  readonly seeds: readonly string[];
  readonly token: string;
  /** Of reads, writes and conditions on the server; clients have to wait longer than this. */
  readonly timeoutMs: number;
}

/** One node, whose data centre is "datacenter1". */
export class CassandraNode extends Instance {
  readonly address: string;
  readonly port = CQL_PORT;

  constructor(design: Design, address: string) {
    super(design);
    this.address = address;
  }
}

/** A node that answers, alone in its ring. */
export async function startCassandra(options: CassandraOptions = {}): Promise<CassandraNode> {
  return await cassandra(options).start();
}

/** A node that is not started yet, alone in its ring unless it is a member of one. */
export function cassandra(
  { address = freeLoopback([CQL_PORT, STORAGE_PORT]), settings = [], commitLog = "batch", ...options }:
    CassandraOptions = {},
  membership: Membership = { cluster: "valet", seeds: [address], token: "0", timeoutMs: 5000 },
): CassandraNode {
  const lines = nodeSettings({ address, membership, settings: [...COMMIT_LOG[commitLog], ...settings] });
  return node({
    address,
    lines,
    options,
    archiveOption: async () => `-XX:SharedArchiveFile=${await archive()}`,
  });
}

function node({ address, lines, options, archiveOption }: {
  address: string;
  lines: readonly string[];
  options: InstanceOptions;
  archiveOption: () => Promise<string>;
}): CassandraNode {
  const folder = instanceFolder("cassandra", options);
  const file = join(folder, "cassandra.yaml");
  const server = new Program({
    folder,
    ownerPid: ownerOf(options),
    name: "cassandra",
    launch: async () => {
      const places = [`-Dcassandra.config=file://${file}`, `-Dcassandra.storagedir=${join(folder, "data")}`];
      const options = [...await javaOptions(), await archiveOption(), ...places];
      return { command: ["java", ...options, "org.apache.cassandra.service.CassandraDaemon"] };
    },
  });
  return new CassandraNode({
    folder,
    programs: [server],
    listens: [CQL_PORT, STORAGE_PORT].map((port) => ({ hostname: address, port })),
    prepare: () => Deno.writeTextFileSync(file, `${lines.join("\n")}\n`),
    answers: () => answersAt(address),
    fill: async () => {
      const letsIn = async () => await schemaVersions(address) !== null;
      await until(letsIn, { limitMs: LOGIN_LIMIT_MS, wanted: `${address} lets its first user in` });
    },
  }, address);
}

/** Made by the first node of a machine. */
function archive(): Promise<string> {
  return classArchive(async (option) => {
    const address = freeLoopback([CQL_PORT, STORAGE_PORT]);
    const membership = { cluster: "recording", seeds: [address], token: "0", timeoutMs: 5000 };
    await using recorded = node({
      address,
      lines: nodeSettings({ address, membership, settings: COMMIT_LOG.batch }),
      options: { name: "cassandra-recording" },
      archiveOption: () => Promise.resolve(option),
    });
    await recorded.start();
    await pause(RECORDING_MS);
    await recorded.kill("SIGTERM");
  });
}

async function answersAt(hostname: string): Promise<boolean> {
  const answer = await answerTo({ hostname, port: CQL_PORT }, { bytes: OPTIONS_FRAME, length: 9 });
  return answer?.[4] === SUPPORTED;
}

/** `cassandra.yaml`. Nobody waits for anybody at the start: tokens are given, and nothing is taken over from others. */
function nodeSettings({ address, membership, settings }: {
  address: string;
  membership: Membership;
  settings: readonly string[];
}): string[] {
  const { cluster, seeds, token, timeoutMs } = membership;
  return [
    `cluster_name: ${cluster}`,
    "partitioner: org.apache.cassandra.dht.Murmur3Partitioner",
    "num_tokens: 1",
    `initial_token: "${token}"`,
    "auto_bootstrap: false",
    `listen_address: ${address}`,
    `rpc_address: ${address}`,
    "endpoint_snitch: SimpleSnitch",
    "dynamic_snitch: false",
    "seed_provider:",
    "  - class_name: org.apache.cassandra.locator.SimpleSeedProvider",
    "    parameters:",
    `      - seeds: "${seeds.join()}"`,
    "auto_snapshot: false",
    // The least that it takes: a dead node is noticed after 10 to 12 seconds.
    "phi_convict_threshold: 5",
    ...["read_request", "write_request", "cas_contention"].map((what) => `${what}_timeout: ${timeoutMs}ms`),
    ...settings,
  ];
}
