import type { Connection } from "../load/connection.ts";
import { type Figure, InvalidRun, percentile, shownThroughput, type Wanted } from "../load/figures.ts";
import type { BenchService } from "./bench_service.ts";
import { smallStack } from "./stacks.ts";

/** Of a service by itself, on SQLite. */
const WANTED: Wanted = { perSecond: 1500, p99Ms: 30 };

export interface CreatesOptions {
  readonly connections?: number;
  readonly seconds: number;
  /** For the name of the figure. */
  readonly site: string;
  /** Plans that exist at the same time; beyond them each create is followed by the delete of the oldest. */
  readonly livePlans: number;
  readonly mostPlans?: number;
  /** Fewer creates make no percentile. */
  readonly leastRequests?: number;
  readonly wanted?: Wanted;
}

/** A stock of plans that is being renewed. */
class Stock {
  readonly #livePlans: number;
  /** Stack ids, the oldest first. */
  readonly live: string[] = [];
  created = 0;

  constructor(livePlans: number) {
    this.#livePlans = livePlans;
  }

  /** Creates a plan of a stack that never was, and tells the milliseconds from request to answer. */
  async renew(connection: Connection): Promise<number> {
    const stackId = `stack-${this.created++}`;
    const body = smallStack(stackId);
    const sentMs = performance.now();
    await connection.expect(201, { method: "POST", path: "/v1/plans", body });
    const tookMs = performance.now() - sentMs;
    this.live.push(stackId);
    if (this.live.length > this.#livePlans) await this.#deleteOldest(connection);
    return tookMs;
  }

  async #deleteOldest(connection: Connection): Promise<void> {
    await connection.expect(204, { method: "DELETE", path: `/v1/plans/${this.live.shift()}` });
  }
}

/** `POST` of plans of 3 servers, each for a new stack, while the oldest are deleted. */
export async function measureCreates(service: BenchService, options: CreatesOptions): Promise<Figure[]> {
  const { connections: count = 16, seconds, livePlans, mostPlans = 200_000, leastRequests = 1000 } = options;
  const { site, wanted = WANTED } = options;
  const stock = new Stock(livePlans);
  const connections = await Promise.all(Array.from({ length: count }, () => service.connect()));
  try {
    const everyConnection = (work: (connection: Connection) => Promise<void>) =>
      Promise.all(connections.map(work));
    await everyConnection(async (connection) => {
      while (stock.created < livePlans) await stock.renew(connection);
    });
    const durations: number[] = [];
    const startMs = performance.now();
    await everyConnection(async (connection) => {
      while (performance.now() - startMs < seconds * 1000 && stock.created < mostPlans) {
        durations.push(await stock.renew(connection));
      }
    });
    const perSecond = durations.length * 1000 / (performance.now() - startMs);
    if (durations.length < leastRequests) throw new InvalidRun(`${durations.length} plans are too few`);
    await expectStored(service, stock.live);
    return [figureOf({ site, count, wanted, perSecond, p99Ms: percentile(durations, 0.99) })];
  } finally {
    for (const connection of connections) connection[Symbol.dispose]();
  }
}

function figureOf(
  { site, count, wanted, perSecond, p99Ms }: Wanted & { site: string; count: number; wanted: Wanted },
): Figure {
  return {
    what: `POST of plans of 3 servers, ${count} connections, ${site}`,
    wanted: shownThroughput(wanted),
    measured: shownThroughput({ perSecond, p99Ms }),
    met: perSecond >= wanted.perSecond && p99Ms <= wanted.p99Ms,
  };
}

/** What was answered 201 has to be there, and nothing else. Long lists come in chunks, hence `fetch`. */
async function expectStored({ url, token }: BenchService, stackIds: readonly string[]): Promise<void> {
  const answer = await fetch(`${url}/v1/plans`, { headers: { "x-auth-token": token } });
  const { plans }: { plans: { stack_id: string }[] } = await answer.json();
  const stored = new Set(plans.map(({ stack_id }) => stack_id));
  const lost = stackIds.filter((stackId) => !stored.has(stackId));
  if (lost.length > 0 || plans.length !== stackIds.length) {
    throw new InvalidRun(`${plans.length} plans are stored instead of ${stackIds.length}; lost: ${lost}`);
  }
}
