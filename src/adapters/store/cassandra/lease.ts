import type { Candidate, Lease, LeaseHolder } from "../../../ports/lease.ts";
import type { CassandraConnection } from "./connection.ts";
import { EPOCHS, LEASES } from "./tables.ts";

export interface CassandraLeaseOptions {
  readonly connection: CassandraConnection;
  readonly site: string;
  readonly candidate: Candidate;
  /** How long it is held after it was renewed last; whole seconds, as Cassandra counts them. */
  readonly seconds: number;
}

/** A row that goes away by itself, and a count that stays. */
export class CassandraLease implements Lease {
  readonly #options: CassandraLeaseOptions;

  constructor(options: CassandraLeaseOptions) {
    this.#options = options;
  }

  async holder(): Promise<LeaseHolder | null> {
    const { connection, site } = this.#options;
    const [row] = await connection.read(
      `SELECT owner, epoch, serving, address, priority FROM ${connection.table(LEASES)} WHERE site = ?`,
      [site],
    );
    if (!row?.owner) return null;
    const { owner: process, serving, address, priority } = row;
    return { process, epoch: Number(row.epoch), serving: serving === true, address, priority };
  }

  async acquire(): Promise<number | null> {
    const { connection, site, candidate: { process, address, priority }, seconds } = this.#options;
    const epoch = await this.#nextEpoch();
    if (epoch === null) return null;
    const { done } = await connection.writeIf(
      `INSERT INTO ${connection.table(LEASES)} (site, owner, epoch, serving, address, priority) ` +
        "VALUES (?, ?, ?, false, ?, ?) IF NOT EXISTS USING TTL ?",
      [site, process, epoch, address, priority, seconds],
    );
    return done ? epoch : null;
  }

  async renew(epoch: number, { serving }: { readonly serving: boolean }): Promise<boolean> {
    const { connection, site, candidate: { process, address, priority }, seconds } = this.#options;
    const { done } = await connection.writeIf(
      `UPDATE ${
        connection.table(LEASES)
      } USING TTL ? SET owner = ?, epoch = ?, serving = ?, address = ?, priority = ? ` +
        "WHERE site = ? IF owner = ? AND epoch = ?",
      [seconds, process, epoch, serving, address, priority, site, process, epoch],
    );
    return done;
  }

  async release(): Promise<void> {
    const { connection, site, candidate: { process } } = this.#options;
    await connection.writeIf(`DELETE FROM ${connection.table(LEASES)} WHERE site = ? IF owner = ?`, [
      site,
      process,
    ]);
  }

  /** Null when somebody else counts at the same time. */
  async #nextEpoch(): Promise<number | null> {
    const { connection, site, candidate: { process } } = this.#options;
    const [row] = await connection.readSerial(
      `SELECT epoch FROM ${connection.table(EPOCHS)} WHERE site = ?`,
      [site],
    );
    const before = row?.epoch === undefined || row.epoch === null ? null : Number(row.epoch);
    const next = (before ?? 0) + 1;
    const { done } = await connection.writeIf(
      `UPDATE ${connection.table(EPOCHS)} SET epoch = ?, owner = ? WHERE site = ? IF epoch = ?`,
      [next, process, site, before],
    );
    return done ? next : null;
  }
}
