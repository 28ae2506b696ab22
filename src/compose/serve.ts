import manifest from "../../deno.json" with { type: "json" };
import { addressMatcher } from "../adapters/system/address_list.ts";
import { HttpListener } from "../adapters/system/http_listener.ts";
import { Periodic } from "../adapters/system/periodic.ts";
import { createApp } from "../http/app.ts";
import type { Notifier } from "../ports/notifier.ts";
import { Health } from "../telemetry/health.ts";
import type { UseCaseContext } from "../usecases/context.ts";
import { expireHolds } from "../usecases/expire_holds.ts";
import type { Cluster } from "./cluster.ts";
import { closing, type Composition } from "./composition.ts";

/** The ends of holds are written down this often at least. */
const LONGEST_SWEEP_MS = 30_000;
const SHORTEST_SWEEP_MS = 1000;

/** What listens. */
export interface Served {
  readonly app: ReturnType<typeof createApp>;
  readonly url: string;
  readonly health: Health;
}

export function serve(
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

export function sweep(
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
