import tls from "node:tls";
import cassandra from "cassandra-driver";
import type { Logger } from "../../../ports/logger.ts";
import {
  conditionalFailure,
  notConnected,
  readFailure,
  reasonOf,
  storeClosed,
  writeFailure,
} from "./failures.ts";

const { policies, types: { consistencies } } = cassandra;

export type Value = string | number | boolean | null | readonly string[];
export type Row = cassandra.types.Row;

/** A statement with its values. */
export interface Statement {
  readonly text: string;
  readonly values: readonly Value[];
}

export interface CassandraAddress {
  /** Hosts to begin with, each perhaps with a port of its own. */
  readonly hosts: readonly string[];
  readonly port: number;
  /** As Cassandra spells it; in lower case unless it was made with quotes. */
  readonly keyspace: string;
  /** Null takes that of the first host that answers. */
  readonly localDatacenter: string | null;
  readonly user: { readonly name: string; readonly password: string } | null;
  /** Null for no TLS; `ca` is PEM, null for the system's authorities. */
  readonly tls: { readonly ca: string | null } | null;
  /** How often a statement that may be repeated is, on the next host. */
  readonly retries: number;
  /** How long one statement may take. */
  readonly timeoutMs: number;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** A host that has not answered for so long gets company: another one is asked the same. */
const SPECULATION_MS = 150;

/** A connection that makes itself, and makes itself anew; until it stands every statement is `Unavailable`. */
export class CassandraConnection {
  readonly #address: CassandraAddress;
  readonly #logger: Logger | null;
  #client: cassandra.Client | null = null;
  #reason = "not tried yet";
  #closed = false;
  readonly #life: Promise<void>;
  #wake = () => {};

  constructor(address: CassandraAddress, { logger = null }: { readonly logger?: Logger | null } = {}) {
    this.#address = address;
    this.#logger = logger;
    this.#life = this.#connect();
  }

  get keyspace(): string {
    return this.#address.keyspace;
  }

  /** A table's name with that of its keyspace. */
  table({ name }: { readonly name: string }): string {
    return `${this.#address.keyspace}.${name}`;
  }

  /** Resolves when the first connection stands, or was given up with `close`. */
  get begun(): Promise<void> {
    return this.#life;
  }

  /** Rows of a statement that changes nothing. */
  async read(statement: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    try {
      const result = await this.#ready().execute(statement, [...values], {
        isIdempotent: true,
        prepare: true,
      });
      return result.rows;
    } catch (error) {
      throw readFailure(error);
    }
  }

  /** The same as of the last change that anybody has been told of, at the price of a round among the replicas. */
  async readSerial(statement: string, values: readonly Value[] = []): Promise<readonly Row[]> {
    const options = { prepare: true, isIdempotent: true, consistency: consistencies.localSerial };
    try {
      return (await this.#ready().execute(statement, [...values], options)).rows;
    } catch (error) {
      throw readFailure(error);
    }
  }

  /** A write that has the same effect when it is repeated. */
  async write(statement: string, values: readonly Value[]): Promise<void> {
    try {
      await this.#ready().execute(statement, [...values], { isIdempotent: true, prepare: true });
    } catch (error) {
      throw writeFailure(error);
    }
  }

  /** Several such writes in one message; others may see some of them before the rest. */
  async writeAll(statements: readonly Statement[]): Promise<void> {
    if (statements.length === 1) return await this.write(statements[0].text, statements[0].values);
    const queries = statements.map(({ text, values }) => ({ query: text, params: [...values] }));
    try {
      await this.#ready().batch(queries, { isIdempotent: true, prepare: true, logged: false });
    } catch (error) {
      throw writeFailure(error);
    }
  }

  /** A write with a condition: whether it was done, and what stood in its way. */
  async writeIf(statement: string, values: readonly Value[]): Promise<{ done: boolean; found: Row | null }> {
    try {
      const result = await this.#ready().execute(statement, [...values], {
        isIdempotent: false,
        prepare: true,
      });
      return { done: result.wasApplied(), found: result.first() };
    } catch (error) {
      throw conditionalFailure(error);
    }
  }

  /** The driver's own client, for schemas. */
  get client(): cassandra.Client {
    return this.#ready();
  }

  async close(): Promise<void> {
    if (this.#closed) return await this.#life;
    this.#closed = true;
    this.#wake();
    await this.#life;
    if (this.#client !== null) await shutDown(this.#client);
  }

  #ready(): cassandra.Client {
    if (this.#closed) throw storeClosed();
    if (this.#client === null) throw notConnected(this.#reason);
    return this.#client;
  }

  async #connect(): Promise<void> {
    for (let pauseMs = FIRST_PAUSE_MS; !this.#closed; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        this.#client = await openClient(this.#address);
        this.#logger?.info("Cassandra is connected", { hosts: this.#address.hosts });
        return;
      } catch (error) {
        const reason = reasonOf(error);
        if (reason !== this.#reason) {
          this.#logger?.warn("Cassandra can't be reached, it is tried again", { reason });
        }
        this.#reason = reason;
        await this.#pause(pauseMs);
      }
    }
  }

  #pause(ms: number): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = () => {
      clearTimeout(timer);
      resolve();
    };
    return promise;
  }
}

/** A client that is connected. Throws errors of the driver. */
async function openClient(address: CassandraAddress): Promise<cassandra.Client> {
  const localDataCenter = address.localDatacenter ?? await askForDatacenter(address);
  const client = new cassandra.Client({
    ...commonOptions(address),
    localDataCenter,
    policies: {
      reconnection: new policies.reconnection.ExponentialReconnectionPolicy(200, LONGEST_PAUSE_MS, true),
      retry: new RepeatableOnly(address.retries),
      speculativeExecution: new policies.speculativeExecution.ConstantSpeculativeExecutionPolicy(
        SPECULATION_MS,
        2,
      ),
    },
    profiles: [
      new cassandra.ExecutionProfile("default", {
        consistency: consistencies.localQuorum,
        serialConsistency: consistencies.localSerial,
        readTimeout: address.timeoutMs,
      }),
    ],
  });
  await connected(client);
  return client;
}

/** Of the first host that answers. */
async function askForDatacenter(address: CassandraAddress): Promise<string> {
  const client = new cassandra.Client({
    ...commonOptions(address),
    policies: { loadBalancing: new policies.loadBalancing.RoundRobinPolicy() },
  });
  await connected(client);
  try {
    const options = { consistency: consistencies.localOne };
    return (await client.execute("SELECT data_center FROM system.local", [], options)).first().data_center;
  } finally {
    await shutDown(client);
  }
}

function commonOptions(
  { hosts, port, user, tls: secure, timeoutMs }: CassandraAddress,
): cassandra.ClientOptions {
  // Without it the driver waits for an answer that never comes: it asks for what the runtime's sockets do not have.
  (tls.TLSSocket.prototype as { getProtocol?: () => string | null }).getProtocol ??= () => null;
  return {
    contactPoints: [...hosts],
    protocolOptions: { port, maxSchemaAgreementWaitSeconds: 0 },
    socketOptions: { connectTimeout: timeoutMs, readTimeout: timeoutMs },
    ...(user ? { authProvider: new cassandra.auth.PlainTextAuthProvider(user.name, user.password) } : {}),
    ...(secure
      ? { sslOptions: { rejectUnauthorized: true, ...(secure.ca ? { ca: [secure.ca] } : {}) } }
      : {}),
  };
}

async function connected(client: cassandra.Client): Promise<void> {
  rememberHosts(client);
  try {
    await client.connect();
    client.hosts.forEach((host: unknown) => HOSTS.get(client)!.add(host as Stoppable));
  } catch (error) {
    await shutDown(client).catch(() => {});
    throw error;
  }
}

interface Stoppable {
  shutdown(waitForPending: boolean): Promise<void>;
}

const HOSTS = new WeakMap<cassandra.Client, Set<Stoppable>>();

/** After an outage of all hosts the driver forgets some of theirs, whose sockets would keep the process alive. */
function rememberHosts(client: cassandra.Client): void {
  const seen = new Set<Stoppable>();
  HOSTS.set(client, seen);
  client.on("hostAdd", (host: unknown) => seen.add(host as Stoppable));
}

async function shutDown(client: cassandra.Client): Promise<void> {
  const current = new Set<unknown>(client.hosts.values());
  for (const host of HOSTS.get(client) ?? []) if (!current.has(host)) await host.shutdown(false);
  await client.shutdown();
}

/** Repeats on the next host what has the same effect when it is repeated, and nothing else. */
class RepeatableOnly extends policies.retry.RetryPolicy {
  readonly #limit: number;

  constructor(limit: number) {
    super();
    this.#limit = limit;
  }

  override onReadTimeout(info: cassandra.policies.retry.OperationInfo) {
    return this.#decision(info);
  }

  override onWriteTimeout(info: cassandra.policies.retry.OperationInfo) {
    return this.#decision(info);
  }

  override onUnavailable(info: cassandra.policies.retry.OperationInfo) {
    return this.#decision(info);
  }

  override onRequestError(info: cassandra.policies.retry.OperationInfo) {
    return this.#decision(info);
  }

  #decision({ executionOptions, nbRetry }: cassandra.policies.retry.OperationInfo) {
    const again = executionOptions.isIdempotent() && nbRetry < this.#limit;
    return again ? this.retryResult(executionOptions.getConsistency(), false) : this.rethrowResult();
  }
}
