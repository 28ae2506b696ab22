import manifest from "../deno.json" with { type: "json" };
import { KeystoneIdentity } from "./adapters/identity/keystone/identity.ts";
import { StaticIdentity } from "./adapters/identity/static/identity.ts";
import { FileInventory } from "./adapters/inventory/file/inventory.ts";
import { LogNotifier } from "./adapters/notifier/log/notifier.ts";
import { NoNotifier } from "./adapters/notifier/none/notifier.ts";
import { RabbitNotifier } from "./adapters/notifier/rabbitmq/notifier.ts";
import { EmbeddedOptimizer, type Model } from "./adapters/optimizer/embedded/optimizer.ts";
import { MemorySchemaAdmin } from "./adapters/store/memory/schema_admin.ts";
import { MemoryStore } from "./adapters/store/memory/store.ts";
import { SqliteSchemaAdmin } from "./adapters/store/sqlite/schema_admin.ts";
import { SqliteStore } from "./adapters/store/sqlite/store.ts";
import { addressMatcher } from "./adapters/system/address_list.ts";
import { SystemClock } from "./adapters/system/clock.ts";
import { HttpListener } from "./adapters/system/http_listener.ts";
import { RandomIds } from "./adapters/system/ids.ts";
import { Periodic } from "./adapters/system/periodic.ts";
import { cassandraSchema, Cluster } from "./compose_cluster.ts";
import { holdingsOf } from "./domain/holdings_of.ts";
import type { Holding } from "./domain/holding.ts";
import { type Level, LEVELS } from "./domain/levels.ts";
import { levelsOf } from "./domain/topology.ts";
import { createApp } from "./http/app.ts";
import type { Clock } from "./ports/clock.ts";
import { Unavailable } from "./ports/failures.ts";
import type { Identity } from "./ports/identity.ts";
import type { Inventory } from "./ports/inventory.ts";
import type { Logger } from "./ports/logger.ts";
import type { Metrics } from "./ports/metrics.ts";
import type { Notifier } from "./ports/notifier.ts";
import type { Optimizer } from "./ports/optimizer.ts";
import type { SchemaAdmin, Store } from "./ports/store.ts";
import type { Settings } from "./settings/settings.ts";
import { type Connection, testConnections } from "./telemetry/connections.ts";
import { Health } from "./telemetry/health.ts";
import { formatLine } from "./telemetry/log_line.ts";
import { BatchedSink, type LogSink } from "./telemetry/log_sink.ts";
import { openLogTarget } from "./telemetry/log_target.ts";
import { createLogger } from "./telemetry/logger.ts";
import { PrometheusMetrics } from "./telemetry/metrics.ts";
import type { UseCaseContext, UseCaseLimits } from "./usecases/context.ts";
import { expireHolds } from "./usecases/expire_holds.ts";
import { Locks } from "./usecases/locks.ts";
import { Waits } from "./usecases/waits.ts";

/** The ends of holds are written down this often at least. */
const LONGEST_SWEEP_MS = 30_000;
const SHORTEST_SWEEP_MS = 1000;

/** How long a part may take to answer when it is tried out; an engine loads its whole site in that time. */
const CONNECT_MS = 15_000;

/** A service that answers requests. */
export interface Service {
  readonly url: string;
  readonly app: ReturnType<typeof createApp>;
  /** Ends what is being worked on, then closes everything in the reverse order of its opening. */
  stop(): Promise<void>;
}

/** What stands behind the ports. */
interface Adapters {
  readonly store: Store;
  readonly identity: Identity;
  readonly inventory: Inventory;
  readonly notifier: Notifier;
  readonly optimizer: Optimizer;
}

export interface ComposeOptions {
  /** Takes the log instead of the target that the settings name. */
  readonly logSink?: LogSink;
  readonly clock?: Clock;
  /** Stands before an adapter, by port. */
  readonly wrap?: { readonly [P in keyof Adapters]?: (adapter: Adapters[P]) => Adapters[P] };
  /** Starts the engine's thread in place of the usual one. */
  readonly spawnEngine?: () => Worker;
}

/** What every step of composing works with. */
interface Composition {
  readonly settings: Settings;
  readonly options: ComposeOptions;
  /** Closes what was opened, last first. */
  readonly stack: AsyncDisposableStack;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Joins the parts that the settings name to a service. It listens before the model is loaded, so that probes get
 * answers meanwhile, and is returned when the model is loaded or can't be had for the moment.
 *
 * Throws `Rejected` for data that is wrong, `Unavailable`, and `Deno.errors` of listening.
 */
export async function compose(settings: Settings, options: ComposeOptions = {}): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const { clock = new SystemClock() } = options;
  const composition: Composition = {
    settings,
    options,
    stack,
    clock,
    logger: openLogger(settings, { options, stack, clock }),
  };
  const metrics = closing(stack, new PrometheusMetrics({ clock, version: manifest.version }));
  const ids = new RandomIds();
  const cluster = openCluster(composition, ids.uuid());
  const store = closing(stack, openStore(composition, cluster));
  const identity = closing(stack, openIdentity(composition));
  const inventory = closing(stack, openInventory(composition));
  const { optimizer, start, levels } = openOptimizer(composition, { store, inventory, cluster });
  const notifier = closing(stack, openNotifier(composition, metrics));
  const context: UseCaseContext = {
    store,
    identity,
    inventory,
    optimizer,
    levels,
    clock,
    metrics,
    logger: composition.logger,
    ids,
    locks: new Locks(),
    waits: new Waits(settings.limits.openDecisions),
    limits: limitsOf(settings),
  };
  const served = serve(composition, { context, notifier, cluster });
  await start();
  if (cluster !== null) {
    stack.defer(() => cluster.close());
    await cluster.start(served.app);
  }
  if (settings.engine.holdMs > 0) sweep(composition, { context, cluster });
  return serviceOf(composition, served);
}

function limitsOf({ limits, ostro, optimizer, engine }: Settings): UseCaseLimits {
  const { movesPerPlan, movesPerHost } = optimizer;
  return { ...limits, ...ostro, movesPerPlan, movesPerHost, holdMs: engine.holdMs };
}

/** Whoever makes the objects of the store that the settings name. */
export function composeSchema({ music }: Settings): Promise<SchemaAdmin> {
  switch (music.driver) {
    case "sqlite":
      return Promise.resolve(new SqliteSchemaAdmin(music.path));
    case "memory":
      return Promise.resolve(new MemorySchemaAdmin());
    case "cassandra":
      return Promise.resolve(cassandraSchema(music));
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
    store: (stack) => {
      if (settings.music.driver === "sqlite") Deno.statSync(settings.music.path);
      const composition = quiet(settings, stack);
      return answering(closing(stack, openStore(composition, openCluster(composition, "check"))));
    },
    identity: (stack) => closing(stack, openIdentity(quiet(settings, stack))).ping(),
    inventory: (stack) => closing(stack, openInventory(quiet(settings, stack))).load(),
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

/** Waits for a store that connects by itself. */
async function answering(store: Store): Promise<void> {
  for (const endMs = performance.now() + CONNECT_MS / 2;;) {
    try {
      return await store.ping();
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

function closing<T extends { close(): void | Promise<void> }>(stack: AsyncDisposableStack, part: T): T {
  stack.defer(() => part.close());
  return part;
}

function openLogger(
  { logging }: Settings,
  { options, stack, clock }: Pick<Composition, "options" | "stack" | "clock">,
): Logger {
  const { level, format } = logging;
  const lossLine = (lines: number) =>
    formatLine(
      { timeMs: clock.nowMs(), level: "warn", event: "Log lines were lost", fields: { lines } },
      format,
    );
  const sink = options.logSink ?? new BatchedSink({ target: openLogTarget(logging.dir), lossLine });
  const logger = createLogger({ sink: closing(stack, sink), clock, level, format });
  stack.defer(() => logger.info("Stopped"));
  return logger;
}

/** Null for a store that this process has for itself. */
function openCluster({ settings, clock, logger }: Composition, process: string): Cluster | null {
  const { music } = settings;
  return music.driver === "cassandra" ? new Cluster({ settings, music, clock, logger, process }) : null;
}

function openStore({ settings: { music }, options }: Composition, cluster: Cluster | null): Store {
  const store = cluster?.store ??
    (music.driver === "sqlite" ? SqliteStore.open({ path: music.path }) : new MemoryStore());
  return options.wrap?.store?.(store) ?? store;
}

function openIdentity(composition: Composition): Identity {
  const identity = identityOf(composition);
  return composition.options.wrap?.identity?.(identity) ?? identity;
}

function identityOf({ settings: { identity }, clock, logger }: Composition): Identity {
  if (identity.driver === "keystone") return KeystoneIdentity.open({ ...identity, clock, logger });
  const { tokens, projects } = identity;
  return new StaticIdentity({ tokens, projectIds: projects.map(({ id }) => id) });
}

function openInventory({ settings, options, logger }: Composition): Inventory {
  const inventory = fileInventory(settings, logger);
  return options.wrap?.inventory?.(inventory) ?? inventory;
}

function fileInventory({ inventory: { path }, engine }: Settings, logger: Logger): Inventory {
  const { datacenterName, naming, allocationRatios, standbyPercent } = engine;
  return new FileInventory({ path, logger, datacenterName, naming, allocationRatios, standbyPercent });
}

function openNotifier(
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

function openOptimizer(
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

type Served = Pick<Service, "app" | "url"> & { readonly health: Health };

function serve(
  { settings, stack, logger }: Composition,
  { context, notifier, cluster }: {
    context: UseCaseContext;
    notifier: Notifier;
    cluster: Cluster | null;
  },
): Served {
  const {
    server: { host, port, publicUrl, tls, limits, metricsAllow },
    identity: { policy, adminRoles, unowned },
  } = settings;
  const health = healthOf(context, {
    cluster,
    notifier: settings.messaging.driver === "rabbitmq" ? notifier : null,
  });
  const app = createApp({
    context,
    notifier,
    policy,
    adminRoles,
    unowned,
    publicUrl,
    limits,
    ready: () => health.readiness(),
    metricsAllowed: addressMatcher(metricsAllow),
    version: manifest.version,
    relay: cluster?.relay ?? null,
  });
  const listener = closing(
    stack,
    new HttpListener({
      hostname: host,
      port,
      tls,
      drainMs: limits.drainMs,
      handler: (request, { remoteAddr }) => app.fetch(request, { remoteAddress: remoteAddr.hostname }),
    }),
  );
  const url = `${tls === null ? "http" : "https"}://${
    host.includes(":") ? `[${host}]` : host
  }:${listener.port}`;
  logger.info("Listening", { url });
  return { app, url, health };
}

/** `notifier` is named, but no reason to send requests elsewhere. */
function healthOf(
  { store, identity, optimizer, logger, limits: { pingMs } }: UseCaseContext,
  { cluster, notifier }: { readonly cluster: Cluster | null; readonly notifier: Notifier | null },
): Health {
  return new Health({
    logger,
    timeoutMs: pingMs,
    checks: {
      store: () => store.ping(),
      identity: () => identity.ping(),
      optimizer: async () => {
        if (cluster?.relay) await cluster.checkDecider();
        else await optimizer.ping({ timeoutMs: pingMs });
      },
    },
    told: notifier === null ? {} : { messaging: () => notifier.ping() },
  });
}

function sweep(
  { settings, stack, logger }: Composition,
  { context, cluster }: { context: UseCaseContext; cluster: Cluster | null },
): void {
  const pauseMs = Math.min(LONGEST_SWEEP_MS, Math.max(SHORTEST_SWEEP_MS, settings.engine.holdMs / 4));
  closing(
    stack,
    new Periodic({
      pauseMs,
      work: async () => {
        if (cluster === null || cluster.leadership.here) await expireHolds(context);
      },
      failed: (error) => logger.warn("Ended holds could not be written down", { error }),
    }),
  );
}

function serviceOf({ stack, logger }: Composition, { app, url, health }: Served): Service {
  const opened = stack.move();
  opened.defer(() => {
    logger.info("Stopping");
    health.stopping();
  });
  let stopped: Promise<void> | null = null;
  return { app, url, stop: () => stopped ??= opened.disposeAsync() };
}
