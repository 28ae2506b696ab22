import { Link, type LinkEvents, type LinkOptions, type Server } from "./link.ts";
import { pause } from "./pause.ts";
import type { Remarks } from "./remarks.ts";
import { troubleOf } from "./trouble.ts";

const FIRST_PAUSE_MS = 100;

/** With the time for an attempt, a bus that is back is found within 5 seconds. */
const LONGEST_PAUSE_MS = 1000;

export interface DialerOptions extends LinkOptions {
  readonly servers: readonly Server[];
  readonly events: LinkEvents;
  readonly remarks: Remarks;
}

/** Connects to one server after another until one answers. */
export class Dialer {
  readonly #options: DialerOptions;
  #next = 0;
  #rounds = 0;

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /** Never throws; null when `signal` tells to give up. */
  async dial(signal: AbortSignal): Promise<Link | null> {
    const { servers, remarks } = this.#options;
    while (!signal.aborted) {
      if (this.#next % servers.length === 0) await this.#pause(signal);
      const server = servers[this.#next++ % servers.length];
      const address = addressOf(server);
      try {
        const link = await Link.open(server, this.#options);
        remarks.info("Connected to RabbitMQ", { server: address });
        return link;
      } catch (error) {
        remarks.warn("RabbitMQ can't be reached", { server: address, ...troubleOf(error) });
      }
    }
    return null;
  }

  /** A message got through: the next connection is worth an attempt at once. */
  worked(): void {
    this.#rounds = 0;
  }

  /** Waits longer after each round through all servers, not before the first. */
  async #pause(signal: AbortSignal): Promise<void> {
    const round = this.#rounds++;
    if (round === 0) return;
    await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (round - 1)), signal);
  }
}

function addressOf({ host, port }: Server): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
