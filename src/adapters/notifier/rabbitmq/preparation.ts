import type { Clock } from "../../../ports/clock.ts";
import type { Flags, Link } from "./link.ts";
import { pause } from "./pause.ts";
import type { Remarks } from "./remarks.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

/** How long nothing is declared after the bus did not allow it. */
const UNDECLARED_MS = 60_000;

/** Before a channel is opened anew that the bus ended for what will be the same for the next one. */
const HOPELESS_PAUSE_MS = 1000;
const PAUSE_MS = 100;

const ACCESS_REFUSED = 403;
const NOT_FOUND = 404;

export interface PreparationOptions {
  /** How exchange and queue are made; null leaves that to others. */
  readonly flags: Flags | null;
  readonly exchange: string;
  readonly clock: Clock;
  readonly remarks: Remarks;
  /** Ends every pause. */
  readonly signal: AbortSignal;
  /** Told when messages can be sent again, if the link still holds. */
  readonly done: () => void;
}

/** Gets a link ready for messages when exchange, queue or channel are missing. */
export class Preparation {
  readonly #options: PreparationOptions;
  #undeclaredUntilMs = 0;
  #works = 0;

  constructor(options: PreparationOptions) {
    this.#options = options;
  }

  /** While it is, nothing can be sent. */
  get isBusy(): boolean {
    return this.#works > 0;
  }

  /** Whether what is missing may be made now. */
  get mayDeclare(): boolean {
    const { flags, clock } = this.#options;
    return flags !== null && clock.monotonicMs() >= this.#undeclaredUntilMs;
  }

  /** Makes exchange and queue. */
  declare(link: Link, routingKey: string): void {
    if (!this.isBusy) this.#work(link, () => this.#declare(link, routingKey));
  }

  /** Opens a channel in place of one that the bus ended, after making what it missed. */
  reopen(link: Link, { trouble, routingKey }: { trouble: Trouble; routingKey: string | null }): void {
    this.#work(link, async () => {
      if (trouble.code === NOT_FOUND && routingKey !== null && this.mayDeclare) {
        await this.#declare(link, routingKey);
      } else {
        this.#options.remarks.warn("RabbitMQ ended the channel of notifications", { ...trouble });
        const isHopeless = trouble.code === NOT_FOUND || trouble.code === ACCESS_REFUSED;
        await pause(isHopeless ? HOPELESS_PAUSE_MS : PAUSE_MS, this.#options.signal);
      }
      await link.openChannel();
    });
  }

  async #work(link: Link, work: () => Promise<void>): Promise<void> {
    this.#works++;
    try {
      await work();
    } catch (error) {
      link.break(troubleOf(error).reason);
    } finally {
      this.#works--;
    }
    this.#options.done();
  }

  /** What the bus does not allow is told and left: other flags would only take its listeners down. */
  async #declare(link: Link, routingKey: string): Promise<void> {
    const { flags, exchange, clock, remarks } = this.#options;
    const names = { exchange, queue: routingKey };
    try {
      await link.declare(routingKey, flags!);
      remarks.info("Declared exchange and queue of notifications", names);
    } catch (error) {
      const trouble = troubleOf(error);
      if (trouble.code === null) throw error;
      this.#undeclaredUntilMs = clock.monotonicMs() + UNDECLARED_MS;
      remarks.warn("RabbitMQ does not let exchange and queue of notifications be declared", {
        ...names,
        ...trouble,
      });
    }
  }
}
