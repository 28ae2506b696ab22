import { type Figure, InvalidRun, percentile, shown } from "../load/figures.ts";
import type { Connection } from "../load/connection.ts";
import type { BenchService } from "./bench_service.ts";
import { smallStack, threeTierStack } from "./stacks.ts";

const WANTED_P99_MS = 20;
const PER_SECOND = 100;

export interface ReadsWhileSolvingOptions {
  /** For the name of the figure. */
  readonly site: string;
  readonly seconds: number;
}

/** `GET` of a plan at a steady pace, while large stacks are planned one after another on the same service. */
export async function measureReadsWhileSolving(
  service: BenchService,
  { site, seconds }: ReadsWhileSolvingOptions,
): Promise<Figure[]> {
  using reader = await service.connect();
  using writer = await service.connect();
  const { stack_id: stackId } = await create(reader);
  const untilMs = performance.now() + seconds * 1000;
  const [solved, durations] = await Promise.all([
    solveUntil(writer, untilMs),
    readUntil(reader, { path: `/v1/plans/${stackId}`, untilMs }),
  ]);
  if (solved === 0) throw new InvalidRun("No stack was planned while plans were read");
  const slow = percentile(durations, 0.99);
  return [{
    what: `GET of a plan at ${PER_SECOND} req/s while 280 servers are planned over and over, ${site}`,
    wanted: `p99 ${WANTED_P99_MS} ms`,
    measured: `p99 ${shown(slow, 1)} ms, ${solved} stacks planned meanwhile`,
    met: slow <= WANTED_P99_MS,
  }];
}

async function create(connection: Connection) {
  const body = smallStack("read");
  await connection.expect(201, { method: "POST", path: "/v1/plans", body });
  return body;
}

/** How many stacks were planned; dry runs, so that each has the same site. */
async function solveUntil(connection: Connection, untilMs: number): Promise<number> {
  let solved = 0;
  for (; performance.now() < untilMs; solved++) {
    const body = threeTierStack(`stack-${solved}`);
    await connection.expect(201, { method: "POST", path: "/v1/plans?dry_run=true", body });
  }
  return solved;
}

/** Milliseconds of each read; one that is late does not hold back the pace of those after it. */
async function readUntil(
  connection: Connection,
  { path, untilMs }: { path: string; untilMs: number },
): Promise<number[]> {
  const durations: number[] = [];
  for (let dueMs = performance.now(); dueMs < untilMs; dueMs += 1000 / PER_SECOND) {
    const waitMs = dueMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const sentMs = performance.now();
    await connection.expect(200, { method: "GET", path });
    durations.push(performance.now() - sentMs);
  }
  return durations;
}
