import { KeystoneIdentity } from "../adapters/identity/keystone/identity.ts";
import { StaticIdentity } from "../adapters/identity/static/identity.ts";
import { FileInventory } from "../adapters/inventory/file/inventory.ts";
import { LogNotifier } from "../adapters/notifier/log/notifier.ts";
import { NoNotifier } from "../adapters/notifier/none/notifier.ts";
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
import type { Cluster } from "./cluster.ts";
import { type Adapters, closing, type Composition } from "./composition.ts";

// The drivers of Cassandra and RabbitMQ are large: they are loaded only where the settings name them.

/** Null for a store that this process has for itself. */
export async function openCluster(
  { settings, clock, logger }: Composition,
  process: string,
): Promise<Cluster | null> {
  const { music } = settings;
  if (music.driver !== "cassandra") return null;
  const { Cluster } = await import("./cluster.ts");
  return new Cluster({ settings, music, clock, logger, process });
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

export async function openNotifier(composition: Composition, metrics: Metrics): Promise<Notifier> {
  const notifier = await notifierOf(composition, metrics);
  return composition.options.wrap?.notifier?.(notifier) ?? notifier;
}

async function notifierOf(
  { settings: { messaging }, logger, clock }: Composition,
  metrics: Metrics,
): Promise<Notifier> {
  if (messaging.driver !== "rabbitmq") {
    return messaging.driver === "log" ? new LogNotifier({ logger }) : new NoNotifier();
  }
  const { RabbitNotifier } = await import("../adapters/notifier/rabbitmq/notifier.ts");
  return new RabbitNotifier({ ...messaging, logger, clock, metrics, ids: new RandomIds() });
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
