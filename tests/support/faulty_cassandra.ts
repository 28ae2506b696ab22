import {
  type CassandraAddress,
  CassandraConnection,
  type Row,
  type Statement,
  type Value,
} from "../../src/adapters/store/cassandra/connection.ts";
import { OutcomeUnknown, Unavailable } from "../../src/ports/failures.ts";
import { silentLogger } from "./cassandra_store.ts";

type Conditional = Awaited<ReturnType<CassandraConnection["writeIf"]>>;

/** A connection that fails on request, as a network does: before, after, or late; and counts what is read. */
export class FaultyCassandra extends CassandraConnection {
  /** How many of the next conditional writes get lost, before they arrive or on the way back. */
  lostRequests = 0;
  lostAnswers = 0;
  /** Awaited before a plain write; may throw. */
  beforeWrite: () => Promise<void> = () => Promise.resolve();
  /** Statements that read, so far. */
  reads = 0;

  static async connect(address: CassandraAddress): Promise<FaultyCassandra> {
    const connection = new FaultyCassandra(address, { logger: silentLogger() });
    await connection.begun;
    return connection;
  }

  override async read(statement: string, values?: readonly Value[]): Promise<readonly Row[]> {
    this.reads += 1;
    return await super.read(statement, values);
  }

  override async writeIf(statement: string, values: readonly Value[]): Promise<Conditional> {
    if (this.lostRequests > 0) {
      this.lostRequests -= 1;
      throw new OutcomeUnknown("store", "The request was lost");
    }
    const answer = await super.writeIf(statement, values);
    if (this.lostAnswers === 0) return answer;
    this.lostAnswers -= 1;
    throw new OutcomeUnknown("store", "The answer was lost");
  }

  override async writeAll(statements: readonly Statement[]): Promise<void> {
    await this.beforeWrite();
    await super.writeAll(statements);
  }
}

/** What `beforeWrite` may do: plain writes do not get through. */
export function cutOff(): Promise<void> {
  return Promise.reject(new Unavailable("store", "The network is cut"));
}
