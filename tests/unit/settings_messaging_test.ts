import { assertEquals } from "@std/assert";
import { MINIMAL_BLOCKS, readBlocks } from "../support/settings_blocks.ts";

const CONFIG = { transport_url: "rabbit://u:p@h1:5673,v:q@[::1]/nova" };

function read(messaging: Record<string, unknown>) {
  const { settings, said } = readBlocks({ ...MINIMAL_BLOCKS, messaging });
  return { messaging: settings?.messaging, said };
}

Deno.test("readMessaging takes RabbitMQ without a driver's name, with defaults", () => {
  const { messaging, said } = read({ config: CONFIG });
  assertEquals(said, []);
  assertEquals(messaging, {
    driver: "rabbitmq",
    servers: [
      { host: "h1", port: 5673, username: "u", password: "p" },
      { host: "::1", port: 5672, username: "v", password: "q" },
    ],
    vhost: "nova",
    tls: null,
    exchange: "openstack",
    declare: { durable: false, quorum: false },
    timeoutMs: 3000,
    retries: 10,
    queueLimit: 1000,
    queueBytes: 67_108_864,
  });
});

for (
  const { patch, expected } of [
    { patch: { driver: "rabbitmq", timeout: "1.5", retry: 0 }, expected: { timeoutMs: 1500, retries: 0 } },
    { patch: { retry: -1 }, expected: { retries: Infinity } },
    { patch: { control_exchange: "nova" }, expected: { exchange: "nova" } },
    { patch: { declare: "durable" }, expected: { declare: { durable: true, quorum: false } } },
    { patch: { declare: "quorum" }, expected: { declare: { durable: true, quorum: true } } },
    { patch: { declare: "never" }, expected: { declare: null } },
    { patch: { queue_limit: "5", queue_bytes: 65_536 }, expected: { queueLimit: 5, queueBytes: 65_536 } },
    { patch: { config: { transport_url: "amqps://u:p@h/" } }, expected: { tls: { ca: null } } },
  ]
) {
  Deno.test(`readMessaging takes ${JSON.stringify(patch)}`, () => {
    const { messaging, said } = read({ config: CONFIG, ...patch });
    assertEquals(said, []);
    const wanted = Object.keys(expected);
    assertEquals(
      Object.fromEntries(Object.entries(messaging!).filter(([key]) => wanted.includes(key))),
      expected,
    );
  });
}

for (
  const { name, patch, expected } of [
    {
      name: "a URL of another form",
      patch: { config: { transport_url: "rabbit://u:p@h/?heartbeat=0" } },
      expected: [
        "error messaging.config.transport_url: Wanted a URL such as 'rabbit://user:password@host:5672/' with " +
        "'@', ':' and '/' percent-encoded, got 'rabbit://u:***@h/?heartbeat=0'",
      ],
    },
    {
      name: "no URL",
      patch: { config: undefined },
      expected: ["error messaging.config: Wanted a block of keys and values, got nothing"],
    },
    {
      name: "a file of certificates without TLS",
      patch: { tls: { cafile: "ca.pem" } },
      expected: ["error messaging.tls: Wanted 'amqps://' or '?ssl=1' in 'transport_url' beside it"],
    },
    {
      name: "an unknown declaration",
      patch: { declare: "always" },
      expected: [
        "error messaging.declare: Wanted one of 'transient', 'durable', 'quorum', 'never', got 'always'",
      ],
    },
  ]
) {
  Deno.test(`readMessaging refuses ${name}`, () => {
    assertEquals(read(Object.assign({ config: CONFIG }, patch)).said, expected);
  });
}
