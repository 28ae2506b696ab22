import { KeystoneIdentity } from "../adapters/identity/keystone/identity.ts";
import { StaticIdentity } from "../adapters/identity/static/identity.ts";
import { FileInventory } from "../adapters/inventory/file/inventory.ts";
import { LogNotifier } from "../adapters/notifier/log/notifier.ts";
import { NoNotifier } from "../adapters/notifier/none/notifier.ts";
import { RabbitNotifier } from "../adapters/notifier/rabbitmq/notifier.ts";
import { EmbeddedOptimizer, type Model } from "../adapters/optimizer/embedded/optimizer.ts";
import { MemoryStore } from "../adapters/store/memory/store.ts";
import { SqliteStore } from "../adapters/store/sqlite/store.ts";
import { RandomIds } from "../adapters/system/ids.ts";
import { holdingsOf } from "../domain/holdings_of.ts";
import type { Holding } from "../domain/holding.ts";
import { type Level, LEVELS } from "../domain/levels.ts";
import { levelsOf } from "../domain/topology.ts";
import type { Clock } from "../ports/clock.ts";
import type { Identity } from "../ports/identity.ts";
import type { Inventory } from "../ports/inventory.ts";
import type { Logger } from "../ports/logger.ts";
import type { Metrics } from "../ports/metrics.ts";
import type { Notifier } from "../ports/notifier.ts";
import type { Optimizer } from "../ports/optimizer.ts";
import type { Store } from "../ports/store.ts";
import type { Settings } from "../settings/settings.ts";
import { Cluster } from "./cluster.ts";
import { type Adapters, closing, type Composition } from "./composition.ts";

/** Null for a store that this process has for itself. */
export function openCluster({ settings, clock, logger }: Composition, process: string): Cluster | null {
  const { music } = settings;
  return music.driver === "cassandra" ? new Cluster({ settings, music, clock, logger, process }) : null;
}

export function openStore({ settings: { music }, options }: Composition, cluster: Cluster | null): Store {
  const store = cluster?.store ??
    (music.driver === "sqlite" ? SqliteStore.open({ path: music.path }) : new MemoryStore());
  return options.wrap?.store?.(store) ?? store;
}

export function openIdentity(composition: Composition): Identity {
  const identity = identityOf(composition);
  return composition.options.wrap?.identity?.(identity) ?? identity;
}

function identityOf({ settings: { identity }, clock, logger }: Composition): Identity {
  if (identity.driver === "keystone") return new KeystoneIdentity({ ...identity, clock, logger });
  const { tokens, projects } = identity;
  return new StaticIdentity({ tokens, projectIds: projects.map(({ id }) => id) });
}

export function openInventory({ settings, options, logger }: Composition): Inventory {
  const inventory = fileInventory(settings, logger);
  return options.wrap?.inventory?.(inventory) ?? inventory;
}

function fileInventory({ inventory: { path }, engine }: Settings, logger: Logger): Inventory {
  const { datacenterName, naming, allocationRatios, standbyPercent } = engine;
  return new FileInventory({ path, logger, datacenterName, naming, allocationRatios, standbyPercent });
}

export function openNotifier(
  { settings: { messaging }, options, logger, clock }: Composition,
  metrics: Metrics,
): Notifier {
  const notifier = messaging.driver === "rabbitmq"
    ? new RabbitNotifier({ ...messaging, logger, clock, metrics, ids: new RandomIds() })
    : messaging.driver === "log"
    ? new LogNotifier({ logger })
    : new NoNotifier();
  return options.wrap?.notifier?.(notifier) ?? notifier;
}

export function openOptimizer(
  { settings: { engine, optimizer, limits }, options, stack, clock, logger }: Composition,
  { store, inventory, cluster }: Pick<Adapters, "store" | "inventory"> & { readonly cluster: Cluster | null },
): { optimizer: Optimizer; start: () => Promise<void>; levels: () => readonly Level[] } {
  // Until the site is known every level may exist; nothing is placed before that.
  let levels: readonly Level[] = LEVELS;
  const embedded = new EmbeddedOptimizer({
    loadModel: async (): Promise<Model> => {
      const dataCenter = await inventory.load();
      levels = levelsOf(dataCenter);
      const holdings = storedHoldings(store, clock);
      return { dataCenter, holdings, ...(cluster ? { turn: () => cluster.leadership.writing() } : {}) };
    },
    readyChanged: (ready) => cluster?.leadership.engineIsReady(ready),
    instance: { ip: engine.ip, id: engine.priority },
    limits: {
      maxSteps: optimizer.steps,
      improveSteps: optimizer.improveSteps,
      moveSteps: optimizer.moveSteps,
      profile: optimizer.profile,
      emergencyMs: optimizer.emergencyMs,
    },
    clock,
    logger,
    maxOpen: limits.openDecisions,
    ...(options.spawnEngine ? { spawn: options.spawnEngine } : {}),
  });
  cluster?.drive(embedded);
  const wrapped = closing(stack, options.wrap?.optimizer?.(embedded) ?? embedded);
  return { optimizer: wrapped, start: () => embedded.start(), levels: () => levels };
}

async function* storedHoldings(store: Store, clock: Clock): AsyncGenerator<readonly Holding[]> {
  for await (const page of store.plans("all")) {
    yield page.flatMap((plan) => holdingsOf(plan, clock.nowMs()));
  }
}
