import { assertEquals, assertStringIncludes } from "@std/assert";
import { configText } from "../../src/settings/migrate/config_text.ts";
import { migrate, type Migration } from "../../src/settings/migrate/migration.ts";
import { OLD_INI, OLD_LISTENER, OLD_PYTHON } from "../support/old_config.ts";
import { ConfigFolder } from "../support/settings_files.ts";

const NAMES = {
  python: "config.py",
  ini: "valet.conf",
  listener: "ostro-listener.conf",
  passwords: "passwd",
};

type Texts = { readonly [File in keyof typeof NAMES]?: string };

function migrated(texts: Texts): Migration {
  const file = (kind: keyof typeof NAMES) => {
    const text = texts[kind];
    return text === undefined ? null : { path: NAMES[kind], text };
  };
  return migrate({
    python: file("python"),
    ini: file("ini"),
    listener: file("listener"),
    passwords: file("passwords"),
  });
}

function said(migration: Migration, ...kinds: readonly string[]): string[] {
  return migration.remarks.filter(({ kind }) => kinds.includes(kind))
    .map(({ kind, origin, text }) => `${kind}: ${origin}: ${text}`);
}

const ENGINE = {
  datacenter_name: "bos",
  ip: "localhost",
  priority: 1,
  num_of_region_chars: 3,
  rack_code_list: "r",
  node_code_list: ["a", "c", "u", "f", "o", "p", "s"],
  compute_trigger_frequency: 1800,
  topology_trigger_frequency: 3600,
  update_batch_wait: 600,
  default_cpu_allocation_ratio: 8,
  default_ram_allocation_ratio: 1.5,
  default_disk_allocation_ratio: 1,
  static_cpu_standby_ratio: 20,
  static_mem_standby_ratio: 20,
  static_local_disk_standby_ratio: 20,
};

Deno.test("migrate takes everything of valet.conf, and lets config.py win", () => {
  const migration = migrated({ python: OLD_PYTHON, ini: OLD_INI });
  assertEquals(migration.blocks, {
    server: { host: "192.0.2.7", port: "8090" },
    identity: {
      config: {
        username: "valet$$1",
        password: "$VALET_PASSWORD",
        project_name: "service",
        auth_url: "http://controller:5000",
        interface: "public",
      },
    },
    messaging: {
      config: { transport_url: "rabbit://valet:$OSLO_MSG_PASSWORD@rabbit1.example.com:5672/" },
      timeout: 4,
    },
    music: {
      driver: "cassandra",
      host: "198.51.100.1",
      port: "9042",
      keyspace: "valet",
      replication_factor: 3,
      music_server_retries: 4,
    },
    inventory: { driver: "nova" },
    engine: ENGINE,
    events_listener: { exchange: "nova", exchange_type: "topic", auto_delete: false, store: true },
    logging: { level: "warn", dir: "/var/log/valet/" },
  });
  assertEquals(Object.fromEntries(migration.secrets), {
    VALET_PASSWORD: "S3$ecret $HOME",
    OSLO_MSG_PASSWORD: "pa$$w@rd",
  });
  assertEquals(said(migration, "manual", "error"), []);
});

Deno.test("migrate tells what it changed, and never a value that may be secret", () => {
  const migration = migrated({ python: OLD_PYTHON, ini: OLD_INI });
  assertEquals(said(migration, "warning"), [
    "warning: config.py:33: identity.auth_url: port 35357 is gone from Keystone, port 5000 is used",
    "warning: config.py:33: identity.auth_url: version 2.0 of Keystone is gone, version 3 is used",
    "warning: config.py:40: music.port was Music's; the store is Cassandra itself on port 9042 now",
    "warning: valet.conf:22: music.hosts has no effect beside music.host",
    "warning: config.py:18: ostro.tries never had an effect and is left out; a block 'ostro' would set it",
    "warning: config.py:19: ostro.interval never had an effect and is left out; a block 'ostro' would set it",
    "warning: valet.conf:26: music.tries never had an effect and is left out; a block 'ostro' would set it",
    "warning: valet.conf:27: music.interval never had an effect and is left out; a block 'ostro' would set it",
  ]);
  const everything = JSON.stringify([migration.blocks, migration.remarks]);
  for (const secret of ["S3$", "w@rd", "w%40rd", "0ther-passw0rd"]) {
    assertEquals(everything.includes(secret), false, secret);
  }
});

const PASSWORDS = "localhost other\nrabbit.example.com s3cret p@ss\n";

Deno.test("migrate takes everything of ostro-listener.conf, before valet.conf, and its host's password", () => {
  const migration = migrated({
    ini: OLD_INI,
    python: OLD_PYTHON,
    listener: OLD_LISTENER,
    passwords: PASSWORDS,
  });
  assertEquals(migration.blocks.events_listener, {
    exchange: "nova_two",
    exchange_type: "fanout",
    auto_delete: true,
    store: false,
    transport_url: "rabbit://lis%40ten:$OSLO_MSG_PASSWORD_2@rabbit.example.com:5673/",
  });
  assertEquals(migration.secrets.get("OSLO_MSG_PASSWORD_2"), "s3cret p@ss");
  assertEquals(
    said(migration, "dropped", "manual").filter((line) => line.includes("ostro-listener.conf")),
    [
      "dropped: ostro-listener.conf:9: events_listener.output_format: the journal or logrotate keep the log",
      "dropped: ostro-listener.conf:8: events_listener.passwdfile: passwords are in files of the folder 'secrets'",
      "dropped: ostro-listener.conf:11: events_listener.music: the listener has the store of the service",
      "dropped: ostro-listener.conf:12: events_listener.keyspace: the listener has the store of the service",
      "dropped: ostro-listener.conf:13: events_listener.replication_factor: the listener has the store of the service",
    ],
  );
});

for (
  const { name, passwords } of [
    { name: "without the listener's passwords", passwords: undefined },
    { name: "of passwords for other hosts", passwords: "localhost other\n" },
  ]
) {
  Deno.test(`migrate leaves the listener's password to a person ${name}`, () => {
    const migration = migrated({ ini: OLD_INI, listener: OLD_LISTENER, passwords });
    assertEquals(
      migration.blocks.events_listener.transport_url,
      "rabbit://lis%40ten@rabbit.example.com:5673/",
    );
    assertEquals(said(migration, "manual"), [
      "manual: ostro-listener.conf:5: events_listener.host: its password is missing in events_listener.transport_url",
    ]);
  });
}

Deno.test("migrate makes a URL of RabbitMQ out of valet.conf's options", () => {
  const ini = "[messaging]\nusername = a/b\npassword = p:/@$$x\nhost = r1\n";
  const { blocks, secrets } = migrated({ ini });
  assertEquals(blocks.messaging, { config: { transport_url: "rabbit://a%2Fb:$OSLO_MSG_PASSWORD@r1:5672/" } });
  assertEquals(secrets.get("OSLO_MSG_PASSWORD"), "p:/@$x");
});

for (
  const { name, url, expected, passwords } of [
    {
      name: "two servers with two passwords",
      url: "rabbit://u:p1@h1:5672,u:p2@h2:5672/v?ssl=1",
      expected: "rabbit://u:$OSLO_MSG_PASSWORD@h1:5672,u:$OSLO_MSG_PASSWORD_2@h2:5672/v?ssl=1",
      passwords: ["p1", "p2"],
    },
    {
      name: "two servers with one password",
      url: "rabbit://u:p@h1,u:p@h2/",
      expected: "rabbit://u:$OSLO_MSG_PASSWORD@h1,u:$OSLO_MSG_PASSWORD@h2/",
      passwords: ["p"],
    },
    {
      name: "a password that should have been encoded",
      url: "rabbit://u:p@s/s:w%@h:5672/",
      expected: "rabbit://u:$OSLO_MSG_PASSWORD@h:5672/",
      passwords: ["p@s/s:w%"],
    },
    { name: "no credentials", url: "amqp://h:5672/", expected: "amqp://h:5672/", passwords: [] },
  ]
) {
  Deno.test(`migrate keeps a transport URL with ${name}, but its passwords`, () => {
    const { blocks, secrets } = migrated({ python: `messaging = {'config': {'transport_url': '${url}'}}` });
    assertEquals(blocks.messaging, { config: { transport_url: expected } });
    assertEquals([...secrets.values()], passwords);
  });
}

for (
  const { name, python, ini, expected } of [
    {
      name: "an import",
      python: "import os\n",
      expected: "manual: config.py:1: Is no assignment of a literal",
    },
    {
      name: "a value that is computed",
      python: "server = {\n 'port': os.environ['P'],\n}\n",
      expected: "manual: config.py:2: server.port is no literal",
    },
    {
      name: "an unknown option",
      ini: "[engine]\nspeed = fast\n",
      expected: "manual: valet.conf:2: engine.speed is no setting of the original",
    },
    {
      name: "a number that is none",
      ini: "[engine]\npriority = first\n",
      expected: "manual: valet.conf:2: engine.priority is no number",
    },
    {
      name: "a password that is missing",
      ini: "",
      expected:
        "manual: old configuration: identity.password is missing: the new configuration asks for '$VALET_PASSWORD'",
    },
    {
      name: "a bus that is not RabbitMQ",
      python: "messaging = {'config': {'transport_url': 'zmq://h/'}}",
      expected: "manual: config.py:1: messaging.transport_url is no URL of RabbitMQ",
    },
    {
      name: "a table of another name",
      ini: "[music]\napp_table = apps\n",
      expected:
        "error: valet.conf:2: music.app_table has to be 'app': rename the table, then this option, and migrate again",
    },
    {
      name: "a line of valet.conf that is no option",
      ini: "what\n",
      expected: "manual: valet.conf:1: Is no option and no section",
    },
    {
      name: "a dollar that oslo.config would take for a reference",
      ini: "[identity]\npassword = pa$word\n",
      expected:
        "warning: valet.conf:2: identity.password seems to refer to an option that is not there, and is taken as it stands",
    },
    {
      name: "options that have no successor",
      ini: "[engine]\npid = /x\n",
      expected: "dropped: valet.conf:2: engine.pid: the service manager knows the process",
    },
  ]
) {
  Deno.test(`migrate tells of ${name}, and where it stands`, () => {
    const texts = said(migrated({ python, ini }), "manual", "error", "warning", "dropped");
    assertStringIncludes(texts.join("\n"), expected);
  });
}

Deno.test("configText writes a configuration that is found right but for drivers that are not there", async () => {
  using folder = new ConfigFolder();
  const { blocks, secrets } = migrated({ python: OLD_PYTHON, ini: OLD_INI });
  const { findings, printable } = await folder.load(configText(blocks), {
    variables: Object.fromEntries(secrets),
  });
  const wrong = findings.filter(({ kind }) => kind === "error" || kind === "permission");
  assertEquals(wrong, []);
  const { identity, messaging } = printable as Record<string, { config: Record<string, string> }>;
  assertEquals(identity.config.username, "valet$1");
  assertEquals(messaging.config.transport_url, "rabbit://valet:***@rabbit1.example.com:5672/");
});
