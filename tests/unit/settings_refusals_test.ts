import { assertEquals } from "@std/assert";
import { MINIMAL_BLOCKS, readBlocks, TOKEN } from "../support/settings_blocks.ts";

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
      expected: ["error server: Wanted a block of keys and values, got a text"],
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
      name: "a host that is none",
      patch: { server: { host: "two words" } },
      expected: ["error server.host: Wanted a host name or an IP address, got 'two words'"],
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
      patch: { identity: { ...MINIMAL_BLOCKS.identity, policy: "open" } },
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
      name: "a text in the place of a token, without showing it",
      patch: { identity: { driver: "static", tokens: ["hunter2"] } },
      expected: ["error identity.tokens.0: Wanted a block of keys and values, got a text"],
    },
    {
      name: "a text in the place of the tokens, without showing it",
      patch: { identity: { driver: "static", tokens: "hunter2" } },
      expected: ["error identity.tokens: Wanted a list of at least 1, got a text"],
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
      name: "more moves of a host than it may have",
      patch: { optimizer: { moves_per_host: 17 } },
      expected: ["error optimizer.moves_per_host: Wanted an integer from 1 to 16, got '17'"],
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
    const { settings, said } = readBlocks({ ...MINIMAL_BLOCKS, ...patch });
    assertEquals(said, expected);
    assertEquals(settings, null);
  });
}

Deno.test("readSettings tells all that is wrong at once", () => {
  const { said } = readBlocks({
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
