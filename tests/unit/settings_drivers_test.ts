import { assertEquals } from "@std/assert";
import { MINIMAL_BLOCKS, readBlocks } from "../support/settings_blocks.ts";

const KEYSTONE = {
  config: { username: "valet", password: "p", project_name: "service", auth_url: "https://keystone:5000/v3" },
};

const CASSANDRA = { hosts: ["c1", "c2:9042"], port: 9042, keyspace: "valet", replication_factor: "3" };

for (
  const { name, patch, expected } of [
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
      name: "proxies whose headers are believed",
      patch: { server: { trusted_proxies: "10.0.0.1" } },
      expected: [
        "unavailable server.trusted_proxies: Not in this build, 'server.public_url' sets the links",
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
    "warning music.port",
    "unavailable inventory",
  ]);
});

Deno.test("readSettings gives Cassandra's block its defaults", () => {
  const { settings, said } = readBlocks({ ...MINIMAL_BLOCKS, music: CASSANDRA });
  assertEquals(said, []);
  assertEquals(settings?.music, {
    driver: "cassandra",
    hosts: ["c1", "c2:9042"],
    port: 9042,
    keyspace: "valet",
    replication: 3,
    localDatacenter: null,
    user: null,
    tls: null,
    timeoutMs: 4000,
    retries: 3,
  });
});

Deno.test("readSettings takes one host before a list, a keyspace in lower case, and copies by data centre", () => {
  const { settings, said } = readBlocks({
    ...MINIMAL_BLOCKS,
    music: {
      ...CASSANDRA,
      host: "c0",
      port: "8080",
      keyspace: "Valet",
      replication: { east: 3, west: "2" },
      username: "u",
      password: "p",
      tls: {},
    },
  });
  assertEquals(said, [
    "warning music.hosts: Has no effect beside 'host'",
    "warning music.port: Cassandra usually listens on 9042",
    "warning music.replication_factor: Has no effect beside 'replication'",
  ]);
  assertEquals(settings?.music, {
    driver: "cassandra",
    hosts: ["c0"],
    port: 8080,
    keyspace: "valet",
    replication: { east: 3, west: 2 },
    localDatacenter: null,
    user: { name: "u", password: "p" },
    tls: { ca: null },
    timeoutMs: 4000,
    retries: 3,
  });
});

for (
  const { name, patch, expected } of [
    {
      name: "a user of Cassandra without a password",
      patch: { music: { ...CASSANDRA, username: "u" } },
      expected: ["error music.password: Wanted a value beside 'username', got nothing"],
    },
    {
      name: "a queue on a store that processes do not share",
      patch: { optimizer: { driver: "queue" } },
      expected: [
        "error optimizer.driver: Wanted a store that processes share, 'cassandra', beside driver 'queue', got 'sqlite'",
      ],
    },
    {
      name: "an API without an engine but in other processes",
      patch: { music: CASSANDRA, server: { roles: ["api"] } },
      expected: [
        "error server.roles: Wanted optimizer driver 'queue' where 'api' and 'engine' are different processes",
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

Deno.test("readSettings lets several processes share Cassandra, each with roles of its own", () => {
  const shared = { music: CASSANDRA, optimizer: { driver: "queue", lease_seconds: 6 } };
  for (const roles of [["api"], ["engine"], ["api", "engine"]]) {
    const { settings, said } = readBlocks({ ...MINIMAL_BLOCKS, ...shared, server: { roles } });
    assertEquals(said, []);
    assertEquals([settings?.optimizer.driver, settings?.optimizer.leaseMs], ["queue", 6000]);
  }
});

Deno.test("readSettings gives Keystone's block its defaults", () => {
  const { settings, said } = readBlocks({ ...MINIMAL_BLOCKS, identity: KEYSTONE });
  assertEquals(said, []);
  assertEquals(settings?.identity, {
    driver: "keystone",
    policy: "admin",
    adminRoles: ["admin"],
    unowned: "admin",
    authUrl: "https://keystone:5000",
    login: {
      method: "password",
      username: "valet",
      password: "p",
      userDomainName: "Default",
      projectName: "service",
      projectDomainName: "Default",
    },
    interface: "admin",
    region: null,
    ca: null,
    timeoutMs: 5000,
    tokenCacheMs: 60_000,
    projectCacheMs: 60_000,
    serviceTokenRoles: ["service"],
    requireAdminProject: false,
  });
});

Deno.test("readSettings takes all that Keystone's block knows", () => {
  const { settings, said } = readBlocks({
    ...MINIMAL_BLOCKS,
    identity: {
      driver: "keystone",
      policy: "rbac",
      config: {
        auth_url: "http://controller:5000/identity/v3/",
        application_credential_id: "i",
        application_credential_secret: "s",
        interface: "internalURL",
        region_name: "one",
        timeout: "2.5",
        token_cache_time: "-1",
        project_cache_time: 0,
        service_token_roles: "service, glue",
        require_admin_project: true,
      },
    },
  });
  assertEquals(said, []);
  assertEquals(settings?.identity, {
    driver: "keystone",
    policy: "rbac",
    adminRoles: ["admin"],
    unowned: "admin",
    authUrl: "http://controller:5000/identity",
    login: { method: "application_credential", id: "i", secret: "s" },
    interface: "internal",
    region: "one",
    ca: null,
    timeoutMs: 2500,
    tokenCacheMs: 0,
    projectCacheMs: 0,
    serviceTokenRoles: ["service", "glue"],
    requireAdminProject: true,
  });
});

for (
  const { url, base, warned } of [
    { url: "http://controller:5000", base: "http://controller:5000", warned: false },
    { url: "http://controller:5000/", base: "http://controller:5000", warned: false },
    { url: "http://controller:5000/v3", base: "http://controller:5000", warned: false },
    { url: "http://controller:5000/v2.0", base: "http://controller:5000", warned: true },
    { url: "https://controller/identity/v2.0/", base: "https://controller/identity", warned: true },
  ]
) {
  Deno.test(`readSettings takes '${url}' for Keystone's URL`, () => {
    const config = { ...KEYSTONE.config, auth_url: url };
    const { settings, said } = readBlocks({ ...MINIMAL_BLOCKS, identity: { config } });
    assertEquals(settings?.identity.driver === "keystone" && settings.identity.authUrl, base);
    const warning = "warning identity.config.auth_url: Version 2.0 of Keystone is gone, version 3 is used";
    assertEquals(said, warned ? [warning] : []);
  });
}

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
      name: "a URL of a version that never was",
      config: { ...KEYSTONE.config, auth_url: "http://k:5000/v4" },
      expected: ["auth_url"],
    },
    {
      name: "a URL with a user",
      config: { ...KEYSTONE.config, auth_url: "http://me:hunter2@k:5000" },
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
    assertEquals(said.join().includes("hunter2"), false);
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
