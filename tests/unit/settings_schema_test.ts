import { assertEquals } from "@std/assert";
import { Findings } from "../../src/settings/findings.ts";
import { type RawConfig, readSettings } from "../../src/settings/schema.ts";

const TOKEN = { token: "t1", user_id: "u", project_id: "p", project_name: "P", roles: ["admin"] };

const MINIMAL = {
  identity: { driver: "static", tokens: [TOKEN] },
  music: { path: "valet.db" },
  inventory: { driver: "file", path: "dc.json" },
};

function read(raw: RawConfig) {
  const findings = new Findings();
  const settings = readSettings(raw, { folder: "/etc/valet", findings });
  return { settings, said: findings.list.map(({ kind, path, text }) => `${kind} ${path}: ${text}`) };
}

Deno.test("readSettings fills in every default", () => {
  const { settings, said } = read(MINIMAL);
  assertEquals(said, []);
  assertEquals(settings, {
    server: {
      host: "0.0.0.0",
      port: 8090,
      publicUrl: null,
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
    optimizer: { driver: "embedded", profile: "pack", steps: 5_000_000, emergencyMs: 20_000 },
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
          ...MINIMAL.identity,
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
    const { settings, said } = read({ ...MINIMAL, ...patch });
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
      name: "an unknown block with the nearest known",
      patch: { musik: {} },
      expected: ["error musik: Unknown key, did you mean 'music'?"],
    },
    {
      name: "an unknown key with the nearest known",
      patch: { server: { prot: 1 } },
      expected: ["error server.prot: Unknown key, did you mean 'port'?"],
    },
    {
      name: "an unknown key far from all known",
      patch: { messaging: { driver: "log", colour: "red" } },
      expected: ["error messaging.colour: Unknown key, wanted one of 'driver'"],
    },
    {
      name: "an unknown key of an inner block",
      patch: { server: { limits: { body_byte: 1 } } },
      expected: ["error server.limits.body_byte: Unknown key, did you mean 'body_bytes'?"],
    },
    {
      name: "a block that is text",
      patch: { server: "0.0.0.0" },
      expected: ["error server: Wanted a block of keys and values, got '0.0.0.0'"],
    },
    {
      name: "a bare driver",
      patch: { music: "memory" },
      expected: ["error music: Wanted 'path' for a store on SQLite, or 'host' or 'hosts' for Cassandra"],
    },
    {
      name: "an unknown driver",
      patch: { messaging: { driver: "kafka" } },
      expected: ["error messaging.driver: Wanted one of 'log', 'none', 'rabbitmq'"],
    },
    {
      name: "port 0",
      patch: { server: { port: 0 } },
      expected: ["error server.port: Wanted an integer from 1 to 65535, got '0'"],
    },
    {
      name: "a port that is no number",
      patch: { server: { port: "http" } },
      expected: ["error server.port: Wanted an integer from 1 to 65535, got 'http'"],
    },
    {
      name: "an empty host",
      patch: { server: { host: "" } },
      expected: ["error server.host: Wanted a host name or an IP address, got an empty string"],
    },
    {
      name: "a public URL of another scheme",
      patch: { server: { public_url: "ftp://x/" } },
      expected: ["error server.public_url: Wanted an http or https URL, got 'ftp://x/'"],
    },
    {
      name: "a range that is none",
      patch: { server: { metrics_allow: ["10.0.0.0/33"] } },
      expected: [
        "error server.metrics_allow.0: Wanted an IP address or a range such as '10.0.0.0/8', got '10.0.0.0/33'",
      ],
    },
    {
      name: "an unknown role of the process",
      patch: { server: { roles: ["web"] } },
      expected: ["error server.roles.0: Wanted one of 'api', 'engine', 'listener', got 'web'"],
    },
    {
      name: "an unknown policy",
      patch: { identity: { ...MINIMAL.identity, policy: "open" } },
      expected: ["error identity.policy: Wanted one of 'admin', 'split', 'rbac', got 'open'"],
    },
    {
      name: "static identity without tokens",
      patch: { identity: { driver: "static", tokens: [] } },
      expected: ["error identity.tokens: Wanted a list of at least 1, got a list"],
    },
    {
      name: "a token with a blank, without showing it",
      patch: { identity: { driver: "static", tokens: [{ ...TOKEN, token: "hunter 2" }] } },
      expected: ["error identity.tokens.0.token: Wanted printable ASCII without blanks, got '***'"],
    },
    {
      name: "a token that comes twice",
      patch: { identity: { driver: "static", tokens: [TOKEN, TOKEN] } },
      expected: ["error identity.tokens.1.token: Wanted each token once"],
    },
    {
      name: "a store without a place",
      patch: { music: { keyspace: "valet" } },
      expected: ["error music: Wanted 'path' for a store on SQLite, or 'host' or 'hosts' for Cassandra"],
    },
    {
      name: "waits beyond ten minutes",
      patch: { ostro: { tries: 601, interval: 1 } },
      expected: ["error ostro: Wanted tries × interval of at most 600 seconds"],
    },
    {
      name: "a standby of more than everything",
      patch: { engine: { static_cpu_standby_ratio: 101 } },
      expected: ["error engine.static_cpu_standby_ratio: Wanted a number from 0 to 100, got '101'"],
    },
    {
      name: "a limit of nothing",
      patch: { limits: { plans: 0 } },
      expected: ["error limits.plans: Wanted an integer from 1 to 10000000, got '0'"],
    },
    {
      name: "a demo that others reach",
      patch: { demo: true, server: { host: "0.0.0.0" } },
      expected: [
        "error server.host: The demo's tokens are known to everybody, so it listens on loopback only, wanted '127.0.0.1'",
      ],
    },
    {
      name: "a demo that listens everywhere by default",
      patch: { demo: true },
      expected: [
        "error server.host: The demo's tokens are known to everybody, so it listens on loopback only, wanted '127.0.0.1'",
      ],
    },
  ]
) {
  Deno.test(`readSettings refuses ${name}`, () => {
    const { settings, said } = read({ ...MINIMAL, ...patch });
    assertEquals(said, expected);
    assertEquals(settings, null);
  });
}

Deno.test("readSettings tells all that is wrong at once", () => {
  const { said } = read({
    server: { port: "x", host: 5, limits: { json_depth: -1 } },
    identity: { driver: "static", tokens: [{ token: "" }], policy: 1 },
    music: { driver: "sqlite" },
    inventory: { driver: "file" },
    logging: { level: "loud" },
    surplus: 1,
  });
  assertEquals(said.map((line) => line.split(":")[0]), [
    "error surplus",
    "error server.host",
    "error server.port",
    "error server.limits.json_depth",
    "error identity.policy",
    "error identity.tokens.0.token",
    "error identity.tokens.0.user_id",
    "error identity.tokens.0.project_id",
    "error identity.tokens.0.project_name",
    "error music.path",
    "error inventory.path",
    "error logging.level",
  ]);
});

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
    const { settings, said } = read({ ...MINIMAL, ...patch });
    assertEquals(said, expected);
    assertEquals(settings?.ostro.decisionMs, 60_000);
  });
}
