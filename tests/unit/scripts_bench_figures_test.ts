import { assertEquals, assertThrows } from "@std/assert";
import { InvalidRun, percentile, tableOf } from "../bench/load/figures.ts";
import { readAutocannon, readWrk } from "../bench/load/generators.ts";

const AUTOCANNON = {
  duration: 5,
  errors: 0,
  timeouts: 0,
  non2xx: 0,
  requests: { total: 60_000 },
  latency: { p99: 4 },
};

const WRK = `Running 5s test @ http://127.0.0.1:8090/v1/groups
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.25ms  310.11us   9.62ms   91.02%
    Req/Sec    12.85k   560.25    13.50k    82.00%
  Latency Distribution
     50%    1.20ms
     75%    1.33ms
     90%    1.51ms
     99%    2.47ms
  64012 requests in 5.00s, 90.11MB read
Requests/sec:  12801.55
Transfer/sec:     18.02MB
`;

Deno.test("percentile takes the sample that the share ends with", () => {
  const samples = Array.from({ length: 1000 }, (_, index) => 1000 - index);
  assertEquals(percentile(samples, 0.99), 990);
  assertEquals(percentile(samples, 1), 1000);
  assertEquals(percentile([7], 0.5), 7);
});

Deno.test("percentile refuses to speak about nothing", () => {
  assertThrows(() => percentile([], 0.99), InvalidRun, "Nothing was measured");
});

Deno.test("readAutocannon counts requests by the time that they took together", () => {
  assertEquals(readAutocannon(JSON.stringify(AUTOCANNON)), { requests: 60_000, perSecond: 12_000, p99Ms: 4 });
});

for (const trouble of ["errors", "timeouts", "non2xx"]) {
  Deno.test(`readAutocannon refuses a run with ${trouble}`, () => {
    const output = JSON.stringify({ ...AUTOCANNON, [trouble]: 1 });
    assertThrows(() => readAutocannon(output), InvalidRun, "1");
  });
}

Deno.test("readWrk finds rate and percentile", () => {
  assertEquals(readWrk(WRK), { requests: 64_012, perSecond: 12_801.55, p99Ms: 2.47 });
});

for (const { text, p99Ms } of [{ text: "870.00us", p99Ms: 0.87 }, { text: "1.50s", p99Ms: 1500 }]) {
  Deno.test(`readWrk understands ${text}`, () =>
    assertEquals(readWrk(WRK.replace("2.47ms", text)).p99Ms, p99Ms));
}

for (
  const trouble of ["Socket errors: connect 0, read 3, write 0, timeout 0", "Non-2xx or 3xx responses: 12"]
) {
  Deno.test(`readWrk refuses a run with ${trouble}`, () => {
    assertThrows(() => readWrk(`${WRK}  ${trouble}\n`), InvalidRun, trouble);
  });
}

Deno.test("readWrk refuses what it does not understand", () => {
  assertThrows(() => readWrk("unable to connect"), InvalidRun, "something unexpected");
});

Deno.test("tableOf marks what is met and what is missed", () => {
  const figure = { what: "GET", wanted: "10 ms", measured: "9 ms" };
  assertEquals(
    tableOf([{ ...figure, met: true }, { ...figure, met: false }, { ...figure, met: null }]).split("\n"),
    [
      "| what | wanted | measured |        |",
      "|------|--------|----------|--------|",
      "| GET  | 10 ms  | 9 ms     | met    |",
      "| GET  | 10 ms  | 9 ms     | MISSED |",
      "| GET  | 10 ms  | 9 ms     |        |",
    ],
  );
});
