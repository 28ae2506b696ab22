import type { Logger } from "../../../ports/logger.ts";
import type { Notification, Notifier } from "../../../ports/notifier.ts";

export interface LogNotifierOptions {
  readonly logger: Logger;
  /** Longest body as JSON; of a longer one the entry tells the length only. */
  readonly maxBody?: number;
}

/** Writes notifications to the log, for sites without a message bus. */
export class LogNotifier implements Notifier {
  readonly #logger: Logger;
  readonly #maxBody: number;

  constructor({ logger, maxBody = 8192 }: LogNotifierOptions) {
    this.#logger = logger.child({ logger: "notifications" });
    this.#maxBody = maxBody;
  }

  get active(): boolean {
    return this.#logger.enabled("info");
  }

  publish(tell: () => Notification): void {
    if (!this.active) return;
    const { eventType, priority, payload } = tell();
    const { context, request, response } = payload;
    this.#logger.info("Notification", {
      eventType,
      priority,
      payload: {
        context,
        request: { ...request, body: this.#bounded(request.body) },
        response: { ...response, body: this.#bounded(response.body) },
      },
    });
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #bounded(body: unknown): unknown {
    const length = JSON.stringify(body)?.length ?? 0;
    return length > this.#maxBody ? { omittedCharacters: length } : body;
  }
}
