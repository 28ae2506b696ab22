import type { RabbitMq } from "../../scripts/services/rabbitmq.ts";
import { NOTIFICATION_OUTCOMES } from "../../src/ports/notifier.ts";
import type { RabbitMqSettings } from "../../src/settings/settings.ts";
import { OsloListener, type OsloNotification } from "./oslo_listener.ts";
import { type Counts, eventually } from "./rabbit_notifier.ts";
import { type ServiceOptions, startService, type TestService } from "./service.ts";

/** How a listener of oslo.messaging and Valet's setting `declare` name the same flags. */
export const KINDS = {
  transient: { options: [], declare: { durable: false, quorum: false } },
  durable: {
    options: ["oslo_messaging_rabbit.amqp_durable_queues=true"],
    declare: { durable: true, quorum: false },
  },
  quorum: {
    options: ["oslo_messaging_rabbit.rabbit_quorum_queue=true"],
    declare: { durable: true, quorum: true },
  },
} as const;

export type Kind = keyof typeof KINDS;

/** A virtual host that nobody has used; its transport URL. */
export async function freshVhost(broker: RabbitMq): Promise<string> {
  const vhost = `v-${crypto.randomUUID()}`;
  await broker.control("-q", "add_vhost", vhost);
  await broker.control("-q", "set_permissions", "-p", vhost, "messaging", ".*", ".*", ".*");
  return broker.url + vhost;
}

/** The composed service with its memory store, static identity and file inventory, and RabbitMQ as its bus. */
export function startTelling(
  messaging: RabbitMqSettings,
  options: ServiceOptions = {},
): Promise<TestService> {
  return startService({ ...options, wrap: { notifier: (notifier) => notifier }, settings: { messaging } });
}

/** What the service's metrics say of its notifications. */
export async function countsOf(service: TestService): Promise<Counts> {
  const { text } = await service.call("GET", "/metrics");
  const count = (outcome: string) =>
    Number(new RegExp(`^valet_notifications_total\\{outcome="${outcome}"\\} (\\d+)$`, "m").exec(text)![1]);
  return Object.fromEntries(NOTIFICATION_OUTCOMES.map((outcome) => [outcome, count(outcome)])) as Counts;
}

/** Everything that one listener hears. */
export class Audience implements AsyncDisposable {
  readonly heard: OsloNotification[] = [];
  readonly #listener: OsloListener;
  readonly #listening: Promise<void>;
  #failure: Error | null = null;

  private constructor(listener: OsloListener) {
    this.#listener = listener;
    this.#listening = this.#listen();
  }

  static async start(url: string, { kind = "transient" }: { kind?: Kind } = {}): Promise<Audience> {
    return new Audience(await OsloListener.start(url, KINDS[kind].options));
  }

  /** In the order of their arrival. */
  get eventTypes(): string[] {
    return this.heard.map(({ event_type }) => event_type);
  }

  /** Throws when it has died, or has heard fewer after `limitMs`. */
  async until(count: number, limitMs = 20_000): Promise<void> {
    await eventually(() => {
      if (this.#failure) throw this.#failure;
      return this.heard.length >= count;
    }, limitMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#listener[Symbol.asyncDispose]();
    await this.#listening;
  }

  async #listen(): Promise<void> {
    try {
      for (;;) this.heard.push(await this.#listener.next());
    } catch (error) {
      this.#failure = error as Error;
    }
  }
}
