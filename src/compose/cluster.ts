import type { EmbeddedOptimizer } from "../adapters/optimizer/embedded/optimizer.ts";
import { Desk } from "../adapters/optimizer/queue/desk.ts";
import { Leadership } from "../adapters/optimizer/queue/leadership.ts";
import { MailRelay } from "../adapters/optimizer/queue/relay.ts";
import { type CassandraAddress, CassandraConnection } from "../adapters/store/cassandra/connection.ts";
import { CassandraLease } from "../adapters/store/cassandra/lease.ts";
import { CassandraMail } from "../adapters/store/cassandra/mail.ts";
import { CassandraSchemaAdmin } from "../adapters/store/cassandra/schema_admin.ts";
import { CassandraStore } from "../adapters/store/cassandra/store.ts";
import type { App } from "../http/app.ts";
import type { Clock } from "../ports/clock.ts";
import { Unavailable } from "../ports/failures.ts";
import type { Candidate } from "../ports/lease.ts";
import type { Logger } from "../ports/logger.ts";
import type { Relay } from "../ports/relay.ts";
import type { SchemaAdmin } from "../ports/store.ts";
import type { CassandraSettings, Settings } from "../settings/settings.ts";

export interface ClusterOptions {
  readonly settings: Settings;
  readonly music: CassandraSettings;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A name that this process shares with none. */
  readonly process: string;
}

/** What a process needs beside others on one store: of all of them one decides. */
export class Cluster {
  readonly store: CassandraStore;
  readonly leadership: Leadership;
  /** Null where calls are not given away. */
  readonly relay: Relay & { close(): Promise<void> } | null;
  readonly #options: ClusterOptions;
  readonly #mail: CassandraMail;
  #optimizer: EmbeddedOptimizer | null = null;
  #desk: Desk | null = null;

  constructor(options: ClusterOptions) {
    const { settings: { engine, optimizer, ostro, limits, server }, music, clock, logger, process } = options;
    const connection = new CassandraConnection(addressOf(music), { logger });
    const site = engine.datacenterName;
    const self: Candidate = { process, address: engine.ip, priority: engine.priority };
    this.#options = options;
    this.store = new CassandraStore({ connection, site });
    this.#mail = new CassandraMail({ connection, site, process });
    this.leadership = new Leadership({
      lease: new CassandraLease({ connection, site, candidate: self, seconds: optimizer.leaseMs / 1000 }),
      store: this.store,
      clock,
      logger,
      self,
      eligible: server.roles.includes("engine"),
      leaseMs: optimizer.leaseMs,
      ended: () => this.#optimizer?.restart("The process decides no longer"),
    });
    this.relay = optimizer.driver === "embedded" ? null : new MailRelay({
      mail: this.#mail,
      leadership: this.leadership,
      process,
      timeoutMs: ostro.decisionMs,
      maxOpen: limits.openDecisions,
    });
  }

  /** The engine of this process, which decides while it has the lease. */
  drive(optimizer: EmbeddedOptimizer): void {
    this.#optimizer = optimizer;
  }

  /** Begins to look who decides, and to work on the calls of other processes if it is this one. */
  async start(app: App): Promise<void> {
    const { logger, process, settings: { server: { limits } } } = this.#options;
    if (this.relay !== null) {
      this.#desk = new Desk({
        mail: this.#mail,
        leadership: this.leadership,
        logger,
        process,
        work: (call) => app.work(call),
        maxOpen: limits.inFlight,
      });
      this.#desk.start();
    }
    await this.leadership.start();
  }

  /** Resolves while some process decides; throws `Unavailable`. */
  checkDecider(): Promise<void> {
    if (this.leadership.serving !== null) return Promise.resolve();
    return Promise.reject(new Unavailable("optimizer", "No process decides at the moment"));
  }

  /** Ends what was taken from others, then gives the lease away. */
  async close(): Promise<void> {
    await this.relay?.close();
    await this.#desk?.close();
    await this.leadership.close();
  }
}

/** Whoever makes the tables of a keyspace. */
export function cassandraSchema(music: CassandraSettings): SchemaAdmin {
  const connection = new CassandraConnection(addressOf(music));
  return new CassandraSchemaAdmin({ connection, replication: music.replication });
}

function addressOf(
  { driver: _driver, replication: _replication, ...address }: CassandraSettings,
): CassandraAddress {
  return address;
}
