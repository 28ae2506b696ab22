import { type ChannelModel, connect } from "amqplib";
import type { Duplex } from "node:stream";
import { PROPERTIES, uniqueIdOf } from "./message.ts";
import type { Message } from "./outbox.ts";
import { tlsFailure } from "./tls_failure.ts";
import { type Trouble, troubleOf } from "./trouble.ts";
import { within } from "./within.ts";

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

export interface LinkOptions {
  readonly vhost: string;
  /** Null speaks without TLS; without `ca` the well-known authorities are trusted. */
  readonly tls: { readonly ca: string | null } | null;
  readonly exchange: string;
}

/** What the bus says of a message: it has it, it did not take it, or it has it and nobody to give it to. */
export type Verdict = "taken" | "refused" | "unroutable";

export interface LinkEvents {
  readonly judged: (message: Message, verdict: Verdict) => void;
  /** The bus ended the channel: nothing in flight will be judged. A new one has to be opened. */
  readonly channelClosed: (trouble: Trouble) => void;
  /** The connection is gone, and its channel with it. Told once. */
  readonly lost: (reason: string) => void;
  /** The bus takes nothing for want of memory or disk, or takes it again. */
  readonly blocked: (isBlocked: boolean) => void;
}

/** How exchange and queue are made. */
export interface Flags {
  readonly durable: boolean;
  readonly quorum: boolean;
}

/** Longest silence of the bus while it owes an answer. */
const ANSWER_MS = 2000;

/** Longest time for TCP, TLS and login together. */
const CONNECT_MS = 2500;

const HEARTBEAT_SECONDS = 10;

/** One connection to RabbitMQ with one channel on which the bus confirms each message. */
export class Link {
  readonly #model: ChannelModel;
  readonly #exchange: string;
  readonly #events: LinkEvents;
  #send: ((message: Message) => void) | null = null;
  #isLost = false;

  private constructor(model: ChannelModel, { exchange, events }: { exchange: string; events: LinkEvents }) {
    this.#model = model;
    this.#exchange = exchange;
    this.#events = events;
    let reason = "Closed";
    model.on("error", (error: Error) => reason = troubleOf(error).reason);
    model.on("close", (error?: Error) => {
      this.#isLost = true;
      events.lost(error ? troubleOf(error).reason : reason);
    });
    model.on("blocked", () => events.blocked(true));
    model.on("unblocked", () => events.blocked(false));
  }

  /** Connects and opens the channel. Throws what `troubleOf` understands, and then tells of no event. */
  static async open(
    server: Server,
    { events, ...options }: LinkOptions & { readonly events: LinkEvents },
  ): Promise<Link> {
    const connecting = connectTo(server, options);
    let isOpen = false;
    const whenOpen: LinkEvents = {
      judged: events.judged,
      channelClosed: (trouble) => isOpen && events.channelClosed(trouble),
      lost: (reason) => isOpen && events.lost(reason),
      blocked: (isBlocked) => isOpen && events.blocked(isBlocked),
    };
    try {
      const model = await within(CONNECT_MS, connecting);
      const link = new Link(model, { exchange: options.exchange, events: whenOpen });
      await link.openChannel();
      if (link.#isLost) throw new Error("Closed");
      isOpen = true;
      return link;
    } catch (error) {
      connecting.then((model) => {
        model.on("error", () => {});
        streamOf(model).destroy(new Error("Given up"));
      }, () => {});
      throw await explained(error, { server, options });
    }
  }

  /** Opens the channel on which messages are published. */
  async openChannel(): Promise<void> {
    const channel = await within(ANSWER_MS, this.#model.createConfirmChannel());
    const unroutable = new Set<string>();
    let trouble: Trouble | null = null;
    channel.on("return", ({ content }) => unroutable.add(uniqueIdOf(content)));
    channel.on("error", (error: Error) => trouble = troubleOf(error));
    channel.on("close", () => {
      this.#send = null;
      if (trouble !== null) this.#events.channelClosed(trouble);
    });
    this.#send = (message) => {
      const { uniqueId, routingKey, bytes } = message;
      channel.publish(
        this.#exchange,
        routingKey,
        bytes,
        { ...PROPERTIES, mandatory: true },
        (error: unknown) => {
          // The driver calls back at the channel's end too.
          if (error instanceof Error && error.message === "channel closed") return;
          // The bus confirms a message that it gives back as well.
          const verdict = unroutable.delete(uniqueId) ? "unroutable" : error ? "refused" : "taken";
          this.#events.judged(message, verdict);
        },
      );
    };
  }

  /** Sends a message, and declares nothing. Its verdict comes as an event, unless channel or connection end first. */
  publish(message: Message): void {
    this.#send!(message);
  }

  /**
   * Makes exchange, queue and binding as a sender of oslo.messaging does (18.3.1, `impl_rabbit`: a topic exchange, the
   * queue named by its routing key, neither deleted automatically). Throws what `troubleOf` understands; exchange and
   * queue that exist with other flags, and a user who may not declare, end only the channel that is opened for it.
   */
  async declare(routingKey: string, { durable, quorum }: Flags): Promise<void> {
    const channel = await within(ANSWER_MS, this.#model.createChannel());
    channel.on("error", () => {});
    const work = async () => {
      await channel.assertExchange(this.#exchange, "topic", { durable, autoDelete: false, internal: false });
      await channel.assertQueue(routingKey, {
        durable,
        exclusive: false,
        autoDelete: false,
        arguments: quorum ? { "x-queue-type": "quorum" } : {},
      });
      await channel.bindQueue(routingKey, this.#exchange, routingKey);
      await channel.close();
    };
    await within(ANSWER_MS, work());
  }

  /** Ends the connection at once. */
  break(reason: string): void {
    if (!this.#isLost) streamOf(this.#model).destroy(new Error(reason));
  }

  /** Says good-bye, and does not wait long for an answer. */
  async close(): Promise<void> {
    if (this.#isLost) return;
    try {
      await within(ANSWER_MS / 4, this.#model.close());
    } catch (error) {
      this.break(troubleOf(error).reason);
    }
  }
}

function connectTo(
  { host, port, username, password }: Server,
  { vhost, tls }: LinkOptions,
): Promise<ChannelModel> {
  // The driver takes the virtual host as a part of a URL.
  const server = { hostname: host, port, username, password, vhost: encodeURIComponent(vhost) };
  return connect({ ...server, protocol: tls ? "amqps" : "amqp", heartbeat: HEARTBEAT_SECONDS }, {
    timeout: ANSWER_MS,
    noDelay: true,
    clientProperties: { product: "Valet", connection_name: "valet" },
    ...(tls?.ca ? { ca: tls.ca } : {}),
  });
}

/** An error that says what the driver's keeps back. */
async function explained(
  error: unknown,
  { server, options: { tls, vhost } }: { server: Server; options: LinkOptions },
): Promise<unknown> {
  const { reason } = troubleOf(error);
  if (/ConnectionOpenOk; got <ConnectionClose/.test(reason)) {
    return new Error(`Virtual host '${vhost}' is unknown, or not for this user`);
  }
  const failure = tls !== null && reason.includes("UNKNOWN")
    ? await tlsFailure({ ...server, ...tls }, ANSWER_MS)
    : null;
  return failure === null ? error : new Error(failure);
}

/** The driver's types do not show the socket, and without it a silent peer can't be let go. */
function streamOf(model: ChannelModel): Duplex {
  return (model.connection as unknown as { readonly stream: Duplex }).stream;
}
