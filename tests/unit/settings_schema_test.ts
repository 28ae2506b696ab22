import { assertEquals } from "@std/assert";
import { MINIMAL_BLOCKS, readBlocks } from "../support/settings_blocks.ts";

Deno.test("readSettings fills in every default", () => {
  const { settings, said } = readBlocks(MINIMAL_BLOCKS);
  assertEquals(said, []);
  assertEquals(settings, {
    server: {
      host: "0.0.0.0",
      port: 8090,
      publicUrl: null,
      tls: null,
      roles: ["api", "engine"],
      metricsAllow: [],
      limits: { bodyBytes: 8_388_608, jsonDepth: 64, inFlight: 1000, requestMs: 75_000, drainMs: 70_000 },
    },
    identity: {
      driver: "static",
      policy: "admin",
      adminRoles: ["admin"],
      unowned: "admin",
      tokens: [{ token: "t1", userId: "u", projectId: "p", projectName: "P", roles: ["admin"] }],
      projects: [{ id: "p", name: "P" }],
    },
    messaging: { driver: "none" },
    music: { driver: "sqlite", path: "/etc/valet/valet.db" },
    inventory: { driver: "file", path: "/etc/valet/dc.json" },
    optimizer: {
      driver: "embedded",
      leaseMs: 4000,
      profile: "pack",
      steps: 5_000_000,
      improveSteps: 1_500_000,
      moveSteps: 20_000_000,
      movesPerPlan: 1000,
      movesPerHost: 2,
      emergencyMs: 20_000,
    },
    ostro: { decisionMs: 60_000, pingMs: 5000 },
    engine: {
      datacenterName: "aic",
      ip: "localhost",
      priority: 1,
      naming: { regionChars: 3, rackCodes: ["r"], nodeCodes: ["a", "c", "u", "f", "o", "p", "s"] },
      allocationRatios: { cpu: 16, memory: 1.5, disk: 1 },
      standbyPercent: { cpu: 0, memory: 0, disk: 0 },
      holdMs: 0,
    },
    logging: { level: "info", format: "text", dir: null },
    limits: { plans: 100_000, resourcesPerPlan: 5000, openDecisions: 200 },
    demo: false,
  });
});

for (
  const { name, patch, expected } of [
    {
      name: "an address in brackets",
      patch: { server: { host: "[::1]" } },
      expected: { server: { host: "::1" } },
    },
    { name: "a port of digits", patch: { server: { port: "8091" } }, expected: { server: { port: 8091 } } },
    {
      name: "a public URL without its last slash",
      patch: { server: { public_url: "https://valet.example.com:8090/" } },
      expected: { server: { publicUrl: "https://valet.example.com:8090" } },
    },
    {
      name: "limits with their units",
      patch: { server: { limits: { request_seconds: 1.5, in_flight: "7" } } },
      expected: { server: { limits: { requestMs: 1500, inFlight: 7, bodyBytes: 8_388_608 } } },
    },
    {
      name: "addresses and ranges for metrics",
      patch: { server: { metrics_allow: ["10.0.0.0/8", "::1", "2001:db8::/32"] } },
      expected: { server: { metricsAllow: ["10.0.0.0/8", "::1", "2001:db8::/32"] } },
    },
    {
      name: "projects of tokens and of the list, each once, named by the list",
      patch: {
        identity: {
          ...MINIMAL_BLOCKS.identity,
          projects: [{ id: "p", name: "New" }, { id: "q", name: "Q" }],
        },
      },
      expected: { identity: { projects: [{ id: "p", name: "New" }, { id: "q", name: "Q" }] } },
    },
    {
      name: "the log as messaging",
      patch: { messaging: { driver: "log" } },
      expected: { messaging: { driver: "log" } },
    },
    {
      name: "RabbitMQ that is switched off",
      patch: { messaging: { enabled: false } },
      expected: { messaging: { driver: "none" } },
    },
    {
      name: "a store in memory",
      patch: { music: { driver: "memory" } },
      expected: { music: { driver: "memory" } },
    },
    {
      name: "an absolute path",
      patch: { music: { driver: "sqlite", path: "/var/lib/valet/valet.db" } },
      expected: { music: { path: "/var/lib/valet/valet.db" } },
    },
    {
      name: "tries times interval as the wait",
      patch: { ostro: { tries: "10", interval: "1.5", ping_seconds: 2 } },
      expected: { ostro: { decisionMs: 15_000, pingMs: 2000 } },
    },
    {
      name: "limits of plans of moves",
      patch: { optimizer: { move_steps: "5000", moves_per_plan: 10, moves_per_host: 16 } },
      expected: { optimizer: { moveSteps: 5000, movesPerPlan: 10, movesPerHost: 16 } },
    },
    {
      name: "code lists as text",
      patch: { engine: { rack_code_list: "r", node_code_list: "[a, c,c ]" } },
      expected: { engine: { naming: { rackCodes: ["r"], nodeCodes: ["a", "c"] } } },
    },
    {
      name: "the engine's ratios and hold",
      patch: {
        engine: {
          default_cpu_allocation_ratio: "8",
          default_ram_allocation_ratio: 1,
          static_local_disk_standby_ratio: 20,
          hold_seconds: 900,
        },
      },
      expected: {
        engine: {
          allocationRatios: { cpu: 8, memory: 1, disk: 1 },
          standbyPercent: { cpu: 0, memory: 0, disk: 20 },
          holdMs: 900_000,
        },
      },
    },
    {
      name: "a log directory beside the file",
      patch: { logging: { level: "debug", format: "json", dir: "log" } },
      expected: { logging: { level: "debug", format: "json", dir: "/etc/valet/log" } },
    },
    {
      name: "a demo on loopback",
      patch: { demo: true, server: { host: "::1" } },
      expected: { demo: true, server: { host: "::1" } },
    },
  ]
) {
  Deno.test(`readSettings reads ${name}`, () => {
    const { settings, said } = readBlocks({ ...MINIMAL_BLOCKS, ...patch });
    assertEquals(said, []);
    assertEquals(partOf(settings, expected), expected);
  });
}

/** Of `actual`, what `wanted` speaks of; lists count as a whole. */
function partOf(actual: unknown, wanted: unknown): unknown {
  if (typeof wanted !== "object" || wanted === null || Array.isArray(wanted)) return actual;
  const object = actual as Record<string, unknown>;
  return Object.fromEntries(Object.entries(wanted).map(([key, inner]) => [key, partOf(object[key], inner)]));
}

for (
  const { name, patch, expected } of [
    {
      name: "waits of more than a minute, which it cuts",
      patch: { ostro: { tries: 1000 } },
      expected: ["warning ostro: Waits of more than 60 seconds are cut to 60 seconds"],
    },
    {
      name: "names of valet.conf that mean nothing here",
      patch: { engine: { pid: "/run/valet.pid", compute_trigger_frequency: 1800 } },
      expected: [
        "warning engine.pid: Has no effect: the service manager knows the process",
        "warning engine.compute_trigger_frequency: Has no effect: the site is read from a file",
      ],
    },
  ]
) {
  Deno.test(`readSettings warns of ${name}`, () => {
    const { settings, said } = readBlocks({ ...MINIMAL_BLOCKS, ...patch });
    assertEquals(said, expected);
    assertEquals(settings?.ostro.decisionMs, 60_000);
  });
}
