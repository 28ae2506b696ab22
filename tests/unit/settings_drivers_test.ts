import { assertEquals } from "@std/assert";
import { MINIMAL_BLOCKS, readBlocks } from "../support/settings_blocks.ts";

const KEYSTONE = {
  config: { username: "valet", password: "p", project_name: "service", auth_url: "https://keystone:5000/v3" },
};

const CASSANDRA = { hosts: ["c1", "c2:9042"], port: 9042, keyspace: "valet", replication_factor: "3" };

for (
  const { name, patch, expected } of [
    {
      name: "Keystone",
      patch: { identity: KEYSTONE },
      expected: ["unavailable identity: Driver 'keystone' is not in this build"],
    },
    {
      name: "Cassandra",
      patch: { music: CASSANDRA },
      expected: ["unavailable music: Driver 'cassandra' is not in this build"],
    },
    {
      name: "Cassandra on one host, which wins over a list",
      patch: { music: { ...CASSANDRA, host: "c0" } },
      expected: [
        "warning music.hosts: Has no effect beside 'host'",
        "unavailable music: Driver 'cassandra' is not in this build",
      ],
    },
    {
      name: "Cassandra on Music's port",
      patch: { music: { ...CASSANDRA, port: "8080" } },
      expected: [
        "warning music.port: Cassandra usually listens on 9042",
        "unavailable music: Driver 'cassandra' is not in this build",
      ],
    },
    {
      name: "Music",
      patch: { music: { ...CASSANDRA, driver: "music", port: 8080 } },
      expected: ["unavailable music: Driver 'music' is not in this build"],
    },
    {
      name: "Nova",
      patch: { inventory: { driver: "nova" } },
      expected: ["unavailable inventory: Driver 'nova' is not in this build"],
    },
    {
      name: "Nova when no inventory is named",
      patch: { inventory: undefined },
      expected: ["unavailable inventory: Driver 'nova' is not in this build"],
    },
    {
      name: "engines behind a queue",
      patch: { optimizer: { driver: "queue" } },
      expected: ["unavailable optimizer: Driver 'queue' is not in this build"],
    },
    {
      name: "an engine behind the mailbox",
      patch: { optimizer: { driver: "mailbox" } },
      expected: ["unavailable optimizer: Driver 'mailbox' is not in this build"],
    },
    {
      name: "the listener's role",
      patch: { server: { roles: ["api", "engine", "listener"] } },
      expected: ["unavailable server.roles: Role 'listener' is not in this build"],
    },
    {
      name: "an API without an engine",
      patch: { server: { roles: ["api"] } },
      expected: [
        "unavailable server.roles: Roles 'api' and 'engine' in different processes are not in this build",
      ],
    },
    {
      name: "TLS and proxies",
      patch: { server: { tls: { cert: "c.pem", key: "k.pem" }, trusted_proxies: "10.0.0.1" } },
      expected: [
        "unavailable server.tls: Not in this build",
        "unavailable server.trusted_proxies: Not in this build",
      ],
    },
    {
      name: "the listener's block",
      patch: { events_listener: { exchange: "nova" } },
      expected: ["unavailable events_listener: Not in this build"],
    },
  ]
) {
  Deno.test(`readSettings knows but lacks ${name}`, () => {
    const { settings, said } = readBlocks({ ...MINIMAL_BLOCKS, ...patch });
    assertEquals(said, expected);
    assertEquals(settings, null);
  });
}

Deno.test("readSettings takes the seed's four blocks for Keystone, RabbitMQ, Cassandra and Nova", () => {
  const { said } = readBlocks({
    server: { port: "8090", host: "0.0.0.0" },
    identity: {
      config: { username: "u", password: "p", project_name: "s", auth_url: "http://controller:5000/v2.0" },
    },
    messaging: { config: { transport_url: "rabbit://u:p@h:5672/" } },
    music: { host: "127.0.0.1", port: "8080", keyspace: "valet", replication_factor: 3 },
  });
  assertEquals(said.map((line) => line.split(":")[0]), [
    "warning identity.config.auth_url",
    "unavailable identity",
    "warning music.port",
    "unavailable music",
    "unavailable inventory",
  ]);
});

for (
  const { name, config, expected } of [
    {
      name: "what is missing",
      config: {},
      expected: ["auth_url", "username", "password", "project_name"],
    },
    {
      name: "the secret of an application credential",
      config: { auth_url: "http://k:5000", application_credential_id: "i" },
      expected: ["application_credential_secret"],
    },
    {
      name: "an URL of another scheme",
      config: { ...KEYSTONE.config, auth_url: "ldap://k" },
      expected: ["auth_url"],
    },
    {
      name: "an unknown interface",
      config: { ...KEYSTONE.config, interface: "private" },
      expected: ["interface"],
    },
    {
      name: "a token cache of more than five minutes",
      config: { ...KEYSTONE.config, token_cache_time: 301 },
      expected: ["token_cache_time"],
    },
  ]
) {
  Deno.test(`readSettings checks Keystone's block for ${name}`, () => {
    const { said } = readBlocks({ ...MINIMAL_BLOCKS, identity: { config } });
    const errors = said.filter((line) => line.startsWith("error"));
    assertEquals(
      errors.map((line) => line.split(":")[0]),
      expected.map((key) => `error identity.config.${key}`),
    );
  });
}

for (
  const url of [
    "http://h/",
    "rabbit://",
    "rabbit:///vhost",
    "rabbit://u:p@ss@h/",
    "rabbit://u:p/ss@h/",
    "rabbit://u:p:ss@h/",
    "rabbit://h:port/",
    "rabbit://h/v/w",
  ]
) {
  Deno.test(`readSettings refuses the transport URL '${url}' without its password`, () => {
    const { said } = readBlocks({ ...MINIMAL_BLOCKS, messaging: { config: { transport_url: url } } });
    assertEquals(said[0].startsWith("error messaging.config.transport_url: Wanted a URL such as"), true);
    assertEquals(said[0].split(", got ")[1].includes("ss"), false);
  });
}

for (
  const { name, patch, key } of [
    { name: "a keyspace that is no name", patch: { keyspace: "valet; DROP" }, key: "keyspace" },
    { name: "no keyspace", patch: { keyspace: undefined }, key: "keyspace" },
    { name: "no host at all", patch: { hosts: undefined, driver: "cassandra" }, key: "hosts" },
    { name: "an empty list of hosts", patch: { hosts: "[]" }, key: "hosts" },
    { name: "no replicas", patch: { replication_factor: 0 }, key: "replication_factor" },
  ]
) {
  Deno.test(`readSettings refuses Cassandra with ${name}`, () => {
    const { said } = readBlocks({ ...MINIMAL_BLOCKS, music: { ...CASSANDRA, ...patch } });
    const errors = said.filter((line) => line.startsWith("error"));
    assertEquals(errors.map((line) => line.split(":")[0]), [`error music.${key}`]);
  });
}
