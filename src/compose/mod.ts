import manifest from "../../deno.json" with { type: "json" };
import { SystemClock } from "../adapters/system/clock.ts";
import { RandomIds } from "../adapters/system/ids.ts";
import type { Settings } from "../settings/settings.ts";
import { PrometheusMetrics } from "../telemetry/metrics.ts";
import type { UseCaseContext, UseCaseLimits } from "../usecases/context.ts";
import { Locks } from "../usecases/locks.ts";
import { Waits } from "../usecases/waits.ts";
import {
  openCluster,
  openIdentity,
  openInventory,
  openNotifier,
  openOptimizer,
  openStore,
} from "./adapters.ts";
import { closing, type ComposeOptions, type Composition, openLogger } from "./composition.ts";
import { serve, type Served, sweep } from "./serve.ts";

export type { ComposeOptions } from "./composition.ts";
export { checkConnections, checkInventory, composeSchema } from "./trial.ts";

/** A service that answers requests. */
export interface Service {
  readonly url: string;
  readonly app: Served["app"];
  /** Ends what is being worked on, then closes everything in the reverse order of its opening. */
  stop(): Promise<void>;
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
  const cluster = await openCluster(composition, ids.uuid());
  const store = closing(stack, openStore(composition, cluster));
  const identity = closing(stack, openIdentity(composition));
  const inventory = closing(stack, openInventory(composition));
  const { optimizer, start, levels } = openOptimizer(composition, { store, inventory, cluster });
  const notifier = closing(stack, await openNotifier(composition, metrics));
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
  // Closed after the listener: requests that are being worked on may need it.
  if (cluster !== null) stack.defer(() => cluster.close());
  const served = serve(composition, { context, notifier, cluster });
  if (settings.server.roles.includes("engine")) await start();
  await cluster?.start(served.app);
  if (settings.engine.holdMs > 0) sweep(composition, { context, cluster });
  return serviceOf(composition, served);
}

function limitsOf({ limits, ostro, optimizer, engine }: Settings): UseCaseLimits {
  const { movesPerPlan, movesPerHost } = optimizer;
  return { ...limits, ...ostro, movesPerPlan, movesPerHost, holdMs: engine.holdMs };
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
