import { EmbeddedOptimizer } from "../../src/adapters/optimizer/embedded/optimizer.ts";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { modelOf, startedOptimizer } from "../support/embedded_optimizer.ts";
import { MemorySink } from "../support/memory_sink.ts";
import { optimizerSuite, PINGED } from "../support/optimizer_suite.ts";

optimizerSuite({
  name: "embedded",
  open: async ({ dataCenter, holdings }) => {
    const clock = new SystemClock();
    const optimizer = new EmbeddedOptimizer({
      loadModel: () => Promise.resolve(modelOf(dataCenter, holdings)),
      clock,
      logger: createLogger({ sink: new MemorySink(), clock }),
      instance: PINGED,
      limits: {
        maxSteps: 5_000_000,
        improveSteps: 100_000,
        moveSteps: 20_000_000,
        profile: "pack",
        emergencyMs: 20_000,
      },
    });
    await optimizer.start();
    return { optimizer, [Symbol.asyncDispose]: () => optimizer.close() };
  },
});

optimizerSuite({
  name: "embedded, in the test's own thread",
  open: ({ dataCenter, holdings }) => startedOptimizer(dataCenter, { holdings }),
});
