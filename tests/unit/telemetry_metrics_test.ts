import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import { EventLoopLag } from "../../src/telemetry/event_loop_lag.ts";
import { PrometheusMetrics } from "../../src/telemetry/metrics.ts";
import { RecentMaximum } from "../../src/telemetry/recent_maximum.ts";

async function exposed(use: (metrics: PrometheusMetrics) => void): Promise<string> {
  const metrics = new PrometheusMetrics({ clock: new SystemClock(), version: "1.2.3" });
  use(metrics);
  const { contentType, text } = await metrics.expose();
  metrics.close();
  assertStringIncludes(contentType, "text/plain; version=0.0.4");
  return text;
}

Deno.test("PrometheusMetrics.requestEnded counts by route, method and status, in seconds", async () => {
  const text = await exposed((metrics) => {
    metrics.requestEnded({ route: "/v1/groups", method: "GET", status: 200, durationMs: 4 });
    metrics.requestEnded({ route: "/v1/groups", method: "GET", status: 200, durationMs: 2000 });
  });
  const labels = 'route="/v1/groups",method="GET",status="200"';
  const buckets = text.split("\n").filter((line) => line.includes('_bucket{le="0.005"'));
  assertEquals(buckets, [`valet_http_request_duration_seconds_bucket{le="0.005",${labels}} 1`]);
  assertStringIncludes(text, `valet_http_request_duration_seconds_count{${labels}} 2`);
  assertStringIncludes(text, `valet_http_request_duration_seconds_sum{${labels}} 2.004`);
});

Deno.test("PrometheusMetrics.requestEnded has one label for methods that clients make up", async () => {
  const text = await exposed((metrics) => {
    for (const method of ["BREW", "PROPFIND"]) {
      metrics.requestEnded({ route: "unknown", method, status: 404, durationMs: 1 });
    }
  });
  assertStringIncludes(text, '_count{route="unknown",method="other",status="404"} 2');
});

Deno.test("PrometheusMetrics tells requests in flight, decisions, lost notifications and the version", async () => {
  const text = await exposed((metrics) => {
    metrics.requestsInFlight(1);
    metrics.requestsInFlight(1);
    metrics.requestsInFlight(-1);
    metrics.decisionMade({ action: "create", outcome: "placed", durationMs: 12 });
    metrics.notificationsEnded("dropped_late", 2);
  });
  assertStringIncludes(text, "valet_http_requests_in_flight 1\n");
  assertStringIncludes(text, 'valet_decision_duration_seconds_count{action="create",outcome="placed"} 1');
  assertStringIncludes(text, 'valet_notifications_total{outcome="dropped_late"} 2');
  assertStringIncludes(text, 'valet_build_info{version="1.2.3"} 1');
});

Deno.test("PrometheusMetrics tells memory and start of the process", async () => {
  const text = await exposed(() => {});
  const value = (name: string) => Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1]);
  assert(value("process_resident_memory_bytes") > 10_000_000);
  assert(Math.abs(value("process_start_time_seconds") - Date.now() / 1000) < 3600);
});

Deno.test("PrometheusMetrics of two services in one process don't mix", async () => {
  const first = await exposed((metrics) => metrics.notificationsEnded("sent", 1));
  const second = await exposed(() => {});
  assertStringIncludes(first, 'valet_notifications_total{outcome="sent"} 1');
  assertStringIncludes(second, 'valet_notifications_total{outcome="sent"} 0');
});

Deno.test("EventLoopLag sees a blocked thread", async () => {
  const lag = new EventLoopLag({ clock: new SystemClock(), periodMs: 5 });
  await new Promise((resolve) => setTimeout(resolve, 10));
  const endMs = performance.now() + 60;
  while (performance.now() < endMs);
  while (lag.longestMs < 40) await new Promise((resolve) => setTimeout(resolve, 1));
  lag.close();
});

Deno.test("RecentMaximum keeps a value for one window at least and two at most", () => {
  const maximum = new RecentMaximum({ windowMs: 100, nowMs: 0 });
  maximum.add(50, 90);
  maximum.add(1, 110);
  assertEquals(maximum.value, 50);
  maximum.add(2, 209);
  assertEquals(maximum.value, 50);
  maximum.add(1, 210);
  assertEquals(maximum.value, 2);
});

Deno.test("RecentMaximum forgets all after a gap of two windows", () => {
  const maximum = new RecentMaximum({ windowMs: 100, nowMs: 0 });
  maximum.add(50, 90);
  maximum.add(3, 200);
  assertEquals(maximum.value, 3);
});
