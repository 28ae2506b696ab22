import { RabbitNotifier, type RabbitNotifierOptions } from "../../src/adapters/notifier/rabbitmq/notifier.ts";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import { RandomIds } from "../../src/adapters/system/ids.ts";
import type { NotificationOutcome } from "../../src/ports/notifier.ts";
import type { RabbitMqSettings } from "../../src/settings/settings.ts";
import { parseTransportUrl } from "../../src/settings/transport_url.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { MemorySink } from "./memory_sink.ts";

/** Settings by default for a transport URL. */
export function rabbitSettings(url: string, changes: Partial<RabbitMqSettings> = {}): RabbitMqSettings {
  const { servers, vhost, tls } = parseTransportUrl(url)!;
  return {
    driver: "rabbitmq",
    servers,
    vhost,
    tls: tls ? { ca: null } : null,
    exchange: "openstack",
    declare: { durable: false, quorum: false },
    timeoutMs: 3000,
    retries: 10,
    queueLimit: 1000,
    queueBytes: 67_108_864,
    ...changes,
  };
}

export type Counts = Record<NotificationOutcome, number>;

/** A notifier on its own, what it counts and what it logs. */
export class TestNotifier implements AsyncDisposable {
  readonly notifier: RabbitNotifier;
  readonly log = new MemorySink();
  readonly counts: Counts = { sent: 0, dropped_full: 0, dropped_late: 0, failed: 0 };

  constructor(url: string, changes: Partial<RabbitNotifierOptions> = {}) {
    const clock = new SystemClock();
    this.notifier = new RabbitNotifier({
      ...rabbitSettings(url),
      logger: createLogger({ sink: this.log, clock, format: "json" }),
      clock,
      ids: new RandomIds(),
      metrics: { notificationsEnded: (outcome, count) => this.counts[outcome] += count },
      ...changes,
    });
  }

  get ended(): number {
    return Object.values(this.counts).reduce((sum, count) => sum + count, 0);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.notifier.close();
  }
}

/** Resolves when `holds` does; throws after `limitMs`. */
export async function eventually(holds: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error(`Not within ${limitMs} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
