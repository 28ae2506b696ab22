/** One API call as told to the message bus. Secrets in the bodies are masked before it gets here. */
export interface Notification {
  /** `api`, `api.v1`, `api.v1.groups`, … */
  readonly eventType: string;
  readonly priority: "info" | "error";
  readonly payload: {
    readonly context: { readonly tenant_id: string | null; readonly user_id: string | null };
    readonly request: { readonly method: string; readonly path: string; readonly body: unknown };
    readonly response: { readonly status_code: number; readonly body: unknown };
  };
}

/**
 * - `sent`: the bus has it;
 * - `dropped_full`: newer ones needed its place while they waited;
 * - `dropped_late`: it waited too long;
 * - `failed`: the bus did not take it, or never said whether it did.
 */
export const NOTIFICATION_OUTCOMES = ["sent", "dropped_full", "dropped_late", "failed"] as const;

export type NotificationOutcome = (typeof NOTIFICATION_OUTCOMES)[number];

export interface Notifier {
  /** False when publishing is pointless, so that callers need not build a notification. */
  readonly active: boolean;
  /**
   * Queues a notification and returns at once; never throws. What can't be delivered is dropped and counted. `tell`
   * makes it, called once at most and perhaps later, as large bodies take a while: what it reads must not change.
   */
  publish(tell: () => Notification): void;
  /** Resolves when notifications get through at the moment, throws `Unavailable` when they do not. */
  ping(): Promise<void>;
  /** Delivers what is queued within the adapter's own time limit, then lets go of the bus. */
  close(): Promise<void>;
}
