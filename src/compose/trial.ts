import { MemorySchemaAdmin } from "../adapters/store/memory/schema_admin.ts";
import { MemoryStore } from "../adapters/store/memory/store.ts";
import { SqliteSchemaAdmin } from "../adapters/store/sqlite/schema_admin.ts";
import { SystemClock } from "../adapters/system/clock.ts";
import { Unavailable } from "../ports/failures.ts";
import type { SchemaAdmin, Store } from "../ports/store.ts";
import type { Settings } from "../settings/settings.ts";
import { type Connection, testConnections } from "../telemetry/connections.ts";
import type { LogSink } from "../telemetry/log_sink.ts";
import { createLogger } from "../telemetry/logger.ts";
import { PrometheusMetrics } from "../telemetry/metrics.ts";
import {
  openCluster,
  openIdentity,
  openInventory,
  openNotifier,
  openOptimizer,
  openStore,
} from "./adapters.ts";
import { closing, type Composition } from "./composition.ts";

/** How long a part may take to answer when it is tried out; an engine loads its whole site in that time. */
const CONNECT_MS = 15_000;

/** Whoever makes the objects of the store that the settings name. */
export async function composeSchema({ music }: Settings): Promise<SchemaAdmin> {
  switch (music.driver) {
    case "sqlite":
      return new SqliteSchemaAdmin(music.path);
    case "memory":
      return new MemorySchemaAdmin();
    case "cassandra": {
      const { cassandraSchema } = await import("./cluster.ts");
      return cassandraSchema(music);
    }
  }
}

/** Reads the inventory that the settings name. Throws `Rejected` for data that is wrong, and `Unavailable`. */
export async function checkInventory(settings: Settings): Promise<void> {
  await using stack = new AsyncDisposableStack();
  await closing(stack, openInventory(quiet(settings, stack))).load();
}

/** Opens each part that the settings name, and asks it for an answer. Nothing is served, and no store is made. */
export function checkConnections(settings: Settings): Promise<readonly Connection[]> {
  return testConnections({
    store: async (stack) => {
      if (settings.music.driver === "sqlite") Deno.statSync(settings.music.path);
      const composition = quiet(settings, stack);
      return answering(closing(stack, openStore(composition, await openCluster(composition, "check"))));
    },
    identity: (stack) => closing(stack, openIdentity(quiet(settings, stack))).check(),
    inventory: (stack) => closing(stack, openInventory(quiet(settings, stack))).load(),
    messaging: async (stack) => {
      const composition = quiet(settings, stack);
      const metrics = closing(stack, new PrometheusMetrics({ clock: composition.clock, version: "" }));
      return answering(closing(stack, await openNotifier(composition, metrics)));
    },
    optimizer: async (stack) => {
      const composition = quiet(settings, stack);
      const inventory = closing(stack, openInventory(composition));
      const { optimizer, start } = openOptimizer(composition, {
        store: new MemoryStore(),
        inventory,
        cluster: null,
      });
      await start();
      await optimizer.ping({ timeoutMs: CONNECT_MS });
    },
  }, { timeoutMs: CONNECT_MS });
}

/** Waits for a part that connects by itself. */
async function answering(part: Pick<Store, "ping">): Promise<void> {
  for (const endMs = performance.now() + CONNECT_MS / 2;;) {
    try {
      return await part.ping();
    } catch (error) {
      if (!(error instanceof Unavailable) || performance.now() > endMs) throw error;
      await new Promise((resolve) => setTimeout(resolve, CONNECT_MS / 100));
    }
  }
}

/** For parts that are tried out: they say nothing. */
function quiet(settings: Settings, stack: AsyncDisposableStack): Composition {
  const clock = new SystemClock();
  const sink: LogSink = { write: () => {}, close: () => Promise.resolve() };
  return {
    settings,
    options: {},
    stack,
    clock,
    logger: createLogger({ sink, clock, level: "error", format: "text" }),
  };
}
