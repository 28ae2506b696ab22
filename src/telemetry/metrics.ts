import { Counter, Gauge, Histogram, Registry } from "@prometheus-io/client";
import type { Clock } from "../ports/clock.ts";
import type { Metrics } from "../ports/metrics.ts";
import { NOTIFICATION_OUTCOMES, type NotificationOutcome } from "../ports/notifier.ts";
import { EventLoopLag } from "./event_loop_lag.ts";

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** Other methods share one label: clients can make up any number of them. */
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

type RequestSample = Parameters<Metrics["requestEnded"]>[0];
type DecisionSample = Parameters<Metrics["decisionMade"]>[0];

/** Metrics in a registry of their own, so that several services can live in one process. */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #lag: EventLoopLag;
  readonly #requests: Histogram<"route" | "method" | "status">;
  readonly #inFlight: Gauge;
  readonly #decisions: Histogram<"action" | "outcome">;
  readonly #notifications: Counter<"outcome">;

  constructor({ clock, version }: { clock: Clock; version: string }) {
    const registers = [this.#registry];
    this.#lag = new EventLoopLag({ clock });
    this.#requests = new Histogram({
      name: "valet_http_request_duration_seconds",
      help: "Time from a request's arrival to its answer",
      labelNames: ["route", "method", "status"],
      buckets: SECONDS,
      registers,
    });
    this.#inFlight = new Gauge({
      name: "valet_http_requests_in_flight",
      help: "Requests that are being worked on",
      registers,
    });
    this.#decisions = new Histogram({
      name: "valet_decision_duration_seconds",
      help: "Time that the optimizer took for a decision, waiting included",
      labelNames: ["action", "outcome"],
      buckets: SECONDS,
      registers,
    });
    this.#notifications = new Counter({
      name: "valet_notifications_total",
      help: "Notifications by what became of them",
      labelNames: ["outcome"],
      registers,
    });
    for (const outcome of NOTIFICATION_OUTCOMES) this.#notifications.inc({ outcome }, 0);
    this.#observeProcess(version);
  }

  requestEnded({ route, method, status, durationMs }: RequestSample): void {
    const label = METHODS.has(method) ? method : "other";
    this.#requests.observe({ route, method: label, status }, durationMs / 1000);
  }

  requestsInFlight(change: 1 | -1): void {
    this.#inFlight.inc(change);
  }

  decisionMade({ action, outcome, durationMs }: DecisionSample): void {
    this.#decisions.observe({ action, outcome }, durationMs / 1000);
  }

  notificationsEnded(outcome: NotificationOutcome, count: number): void {
    this.#notifications.inc({ outcome }, count);
  }

  async expose(): Promise<{ contentType: string; text: string }> {
    return { contentType: this.#registry.contentType, text: await this.#registry.metrics() };
  }

  /** Ends the sampling of the event loop. */
  close(): void {
    this.#lag.close();
  }

  #observeProcess(version: string): void {
    this.#gauge("valet_event_loop_lag_seconds", {
      help: "Longest delay of the event loop in the last 15 to 30 seconds",
      read: () => this.#lag.longestMs / 1000,
    });
    this.#gauge("process_resident_memory_bytes", {
      help: "Memory of the process in RAM",
      read: () => Deno.memoryUsage().rss,
    });
    const startedAt = Math.round(performance.timeOrigin / 1000);
    this.#gauge("process_start_time_seconds", {
      help: "When the process started, in seconds since the epoch",
      read: () => startedAt,
    });
    const build = new Gauge({
      name: "valet_build_info",
      help: "Always 1; the label tells the version",
      labelNames: ["version"],
      registers: [this.#registry],
    });
    build.set({ version }, 1);
  }

  #gauge(name: string, { help, read }: { help: string; read: () => number }): void {
    new Gauge({
      name,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read());
      },
    });
  }
}
