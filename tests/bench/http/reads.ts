import { type Figure, InvalidRun, shownThroughput, type Wanted } from "../load/figures.ts";
import type { Generator } from "../load/generators.ts";
import type { BenchService } from "./bench_service.ts";
import { smallStack } from "./stacks.ts";

const GROUPS = 10;
/** Of a service by itself, on SQLite. */
const WANTED: Wanted = { perSecond: 10_000, p99Ms: 8 };

export interface ReadsOptions {
  readonly generator: Generator;
  readonly connections?: number;
  readonly seconds: number;
  /** Fewer requests make no percentile. */
  readonly leastRequests?: number;
  readonly wanted?: Wanted;
  /** Added to the name of the figures. */
  readonly where?: string;
}

/** `GET` of a list of 10 groups, and of a plan of 3 servers. */
export async function measureReads(service: BenchService, options: ReadsOptions): Promise<Figure[]> {
  const { generator, connections = 16, seconds, leastRequests = 1000, wanted = WANTED, where = "" } = options;
  await fill(service);
  const figures: Figure[] = [];
  for (
    const [what, path] of [[`${GROUPS} groups`, "/v1/groups"], ["a plan of 3 servers", "/v1/plans/read"]]
  ) {
    const load = { url: service.url + path, token: service.token, connections, seconds };
    const { requests, perSecond, p99Ms } = await generator.generate(load);
    if (requests < leastRequests) throw new InvalidRun(`GET of ${what}: ${requests} requests are too few`);
    figures.push({
      what: `GET of ${what}, ${connections} connections${where}`,
      wanted: shownThroughput(wanted),
      measured: shownThroughput({ perSecond, p99Ms }),
      met: perSecond >= wanted.perSecond && p99Ms <= wanted.p99Ms,
    });
  }
  return figures;
}

async function fill(service: BenchService): Promise<void> {
  using connection = await service.connect();
  const groups = Array.from(
    { length: GROUPS },
    (_, number) => ({ name: `group-${number}`, type: "exclusivity" }),
  );
  for (const body of groups) await connection.expect(201, { method: "POST", path: "/v1/groups", body });
  await connection.expect(201, { method: "POST", path: "/v1/plans", body: smallStack("read") });
}
