import { LogNotifier } from "../../src/adapters/notifier/log/notifier.ts";
import { NoNotifier } from "../../src/adapters/notifier/none/notifier.ts";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import type { Notification } from "../../src/ports/notifier.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { MemorySink } from "../support/memory_sink.ts";
import { notifierSuite } from "../support/notifier_suite.ts";

notifierSuite({
  name: "log",
  open: () => {
    const sink = new MemorySink();
    const logger = createLogger({ sink, clock: new SystemClock(), format: "json" });
    const notifier = new LogNotifier({ logger });
    return Promise.resolve({
      notifier,
      delivered: () => {
        const entries = sink.of("Notification").map(({ eventType, priority, payload }) =>
          ({ eventType, priority, payload }) as Notification
        );
        return Promise.resolve(entries);
      },
      [Symbol.asyncDispose]: () => notifier.close(),
    });
  },
});

notifierSuite({
  name: "none",
  open: () => {
    const notifier = new NoNotifier();
    return Promise.resolve({
      notifier,
      delivered: () => Promise.resolve(null),
      [Symbol.asyncDispose]: () => notifier.close(),
    });
  },
});
