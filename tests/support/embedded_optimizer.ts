import {
  EmbeddedOptimizer,
  type EmbeddedOptimizerOptions,
  type Model,
} from "../../src/adapters/optimizer/embedded/optimizer.ts";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Holding } from "../../src/domain/holding.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { InlineWorker } from "./inline_worker.ts";
import { MemorySink } from "./memory_sink.ts";

export interface EmbeddedUnderTest extends AsyncDisposable {
  readonly optimizer: EmbeddedOptimizer;
  readonly log: MemorySink;
  /** Threads that were started, the last one at the end. */
  readonly workers: readonly InlineWorker[];
  /** Resolves when the engine answers pings. */
  answers(): Promise<void>;
}

/** A model of pages that are there at once. */
export function modelOf(dataCenter: DataCenter, holdings: readonly Holding[] = []): Model {
  return {
    dataCenter,
    holdings: (async function* () {
      if (holdings.length > 0) yield holdings;
    })(),
  };
}

/** An optimizer whose threads are `InlineWorker`s; not started yet. */
export function embeddedOptimizer(
  loadModel: EmbeddedOptimizerOptions["loadModel"],
  options: Partial<EmbeddedOptimizerOptions> = {},
): EmbeddedUnderTest {
  const log = new MemorySink();
  const clock = new SystemClock();
  const workers: InlineWorker[] = [];
  const optimizer = new EmbeddedOptimizer({
    loadModel,
    clock,
    logger: createLogger({ sink: log, clock, format: "json" }),
    instance: { ip: "192.0.2.1", id: 1 },
    limits: {
      maxSteps: 5_000_000,
      improveSteps: 100_000,
      moveSteps: 20_000_000,
      profile: "pack",
      emergencyMs: 20_000,
    },
    maxPauseMs: 10,
    spawn: () => {
      workers.push(new InlineWorker());
      return workers.at(-1)!;
    },
    ...options,
  });
  return {
    optimizer,
    log,
    workers,
    answers: async () => {
      const ready = () => optimizer.ping({ timeoutMs: 1000 }).then(() => true, () => false);
      while (!await ready()) await new Promise((resolve) => setTimeout(resolve, 1));
    },
    [Symbol.asyncDispose]: () => optimizer.close(),
  };
}

/** The same, started on this site and these holdings. */
export async function startedOptimizer(
  dataCenter: DataCenter,
  { holdings, ...options }: Partial<EmbeddedOptimizerOptions> & { holdings?: readonly Holding[] } = {},
): Promise<EmbeddedUnderTest> {
  const tested = embeddedOptimizer(() => Promise.resolve(modelOf(dataCenter, holdings)), options);
  await tested.optimizer.start();
  return tested;
}
