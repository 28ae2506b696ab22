import type { NotificationOutcome } from "./notifier.ts";

/** What the service counts about itself. */
export interface Metrics {
  /** `route` is the pattern of the route table, never a path with ids; `unknown` when none matched. */
  requestEnded(sample: { route: string; method: string; status: number; durationMs: number }): void;
  requestsInFlight(change: 1 | -1): void;
  /** One decision of the optimizer. */
  decisionMade(
    sample: { action: string; outcome: "placed" | "refused" | "failed"; durationMs: number },
  ): void;
  /** What became of notifications. Each ends as exactly one of these. */
  notificationsEnded(outcome: NotificationOutcome, count: number): void;
  /** Everything in the Prometheus text format, with its content type. */
  expose(): Promise<{ contentType: string; text: string }>;
}
