import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { connect } from "amqplib";
import { type RabbitMq, startRabbitMq } from "../../scripts/services/rabbitmq.ts";
import type { Notification } from "../../src/ports/notifier.ts";
import { freshId, planBody, server } from "../support/contract.ts";
import { notification, notifierSuite } from "../support/notifier_suite.ts";
import { eventually, rabbitSettings, TestNotifier } from "../support/rabbit_notifier.ts";
import { Audience, countsOf, freshVhost, type Kind, KINDS, startTelling } from "../support/rabbit_site.ts";

let broker: RabbitMq;
Deno.test.beforeAll(async () => {
  broker = await startRabbitMq();
});
Deno.test.afterAll(async () => {
  await broker.stop();
});

for (const kind of Object.keys(KINDS) as Kind[]) {
  Deno.test(`RabbitNotifier is heard by a ${kind} listener that was there first, whatever it would declare`, async () => {
    const url = await freshVhost(broker);
    await using audience = await Audience.start(url, { kind });
    for (const declare of [null, ...Object.values(KINDS).map(({ declare }) => declare)]) {
      await using tested = new TestNotifier(url, { declare });
      tested.notifier.publish(() => notification());
      tested.notifier.publish(() => notification({ priority: "error" }));
      await tested.notifier.close();
      assertEquals(tested.counts, { sent: 2, dropped_full: 0, dropped_late: 0, failed: 0 });
      assertEquals(tested.log.of("Declared exchange and queue of notifications"), []);
    }
    await audience.until(8);
    assertEquals(audience.heard.map(({ priority }) => priority).sort(), [
      ...Array(4).fill("error"),
      ...Array(4).fill("info"),
    ]);
  });

  Deno.test(`RabbitNotifier that was there first keeps its messages for a ${kind} listener of its flags`, async () => {
    const url = await freshVhost(broker);
    await using tested = new TestNotifier(url, { declare: KINDS[kind].declare });
    for (let index = 0; index < 20; index++) {
      tested.notifier.publish(() => notification({ eventType: `api.e${index}` }));
    }
    tested.notifier.publish(() => notification({ priority: "error", eventType: "api.failed" }));
    await tested.notifier.close();
    assertEquals(tested.counts, { sent: 21, dropped_full: 0, dropped_late: 0, failed: 0 });
    await using audience = await Audience.start(url, { kind });
    await audience.until(21);
    const wanted = [...Array.from({ length: 20 }, (_, index) => `api.e${index}`), "api.failed"];
    assertEquals(audience.eventTypes.toSorted(), wanted.toSorted());
  });
}

Deno.test("[7-bus, 12-21] a call of the API is heard as oslo.messaging decodes it, with secrets masked", async () => {
  // The virtual host "/" by a URL that ends in a slash.
  await using service = await startTelling(rabbitSettings(broker.url));
  await using audience = await Audience.start(broker.url);
  const begunMs = Date.now();
  const asked = { name: `told-${freshId()}`, type: "affinity", description: "Bücher, 書 and \u{1f4da}" };
  const group = (await service.call("POST", "/v1/groups", { body: asked })).json();
  const properties = { user_data: "hidden-1", admin_pass: "hidden-2", metadata: { db_password: "hidden-3" } };
  const body = planBody({ resources: { [freshId()]: server({ properties }) } });
  assertEquals((await service.call("POST", "/v1/plans", { body })).status, 201);
  await service.call("GET", "/v1/nowhere");
  await audience.until(3);
  const [created, planned, refused] = audience.heard.toSorted((a, b) =>
    String(a.metadata.timestamp).localeCompare(String(b.metadata.timestamp))
  );
  assertEquals({ ...created, metadata: null, context: null }, {
    priority: "info",
    publisher_id: "valet",
    event_type: "api.v1.groups",
    context: null,
    metadata: null,
    payload: {
      context: { tenant_id: "p-admin", user_id: "u-admin" },
      request: { method: "POST", path: "/v1/groups", body: asked },
      response: { status_code: 201, body: group },
    },
  });
  assertMatch(
    created.metadata.message_id!,
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  assertMatch(created.metadata.timestamp!, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/);
  const toldMs = Date.parse(`${created.metadata.timestamp!.replace(" ", "T")}Z`);
  assert(toldMs >= begunMs - 1 && toldMs <= Date.now() + 1);
  const text = JSON.stringify(planned);
  assertEquals([planned.event_type, text.includes("hidden"), text.includes("***")], [
    "api.v1.plans",
    false,
    true,
  ]);
  assertEquals([refused.event_type, refused.priority], ["api.v1.nowhere", "error"]);
  assertEquals(await countsOf(service), { sent: 3, dropped_full: 0, dropped_late: 0, failed: 0 });
  const ready = (await service.call("GET", "/readyz")).json<{ checks: object }>();
  assertEquals(ready.checks, { store: "ok", identity: "ok", optimizer: "ok", messaging: "ok" });
});

Deno.test("RabbitNotifier sends the properties that oslo.messaging sends, and what it declares is like oslo's", async () => {
  const url = await freshVhost(broker);
  await using tested = new TestNotifier(url);
  tested.notifier.publish(() => notification());
  await tested.notifier.close();
  const connection = await connect(url.replace("rabbit:", "amqp:"));
  const channel = await connection.createChannel();
  const message = await channel.get("notifications.info", { noAck: true });
  await connection.close();
  assert(message !== false);
  const { exchange, routingKey, redelivered } = message.fields;
  assertEquals([exchange, routingKey, redelivered], ["openstack", "notifications.info", false]);
  const sent = Object.fromEntries(
    Object.entries(message.properties).filter(([, value]) => value !== undefined),
  );
  assertEquals(sent, {
    contentType: "application/json",
    contentEncoding: "utf-8",
    headers: {},
    deliveryMode: 2,
    priority: 0,
  });
  assertMatch(JSON.parse(message.content.toString())._unique_id, /^[0-9a-f]{32}$/);
  const vhost = url.split("/").at(-1)!;
  const listed = (...args: string[]) => broker.control("-q", ...args, "-p", vhost, "--no-table-headers");
  const exchanges = await listed(
    "list_exchanges",
    "name",
    "type",
    "durable",
    "auto_delete",
    "internal",
    "arguments",
  );
  assertStringIncludes(exchanges, "openstack\ttopic\tfalse\tfalse\tfalse\t[]\n");
  assertEquals(
    await listed("list_queues", "name", "durable", "auto_delete", "exclusive", "arguments"),
    "notifications.info\tfalse\tfalse\tfalse\t[]\n",
  );
});

Deno.test("RabbitNotifier does not take a listener down whose exchange it would declare otherwise", async () => {
  const url = await freshVhost(broker);
  const vhost = url.split("/").at(-1)!;
  await using audience = await Audience.start(url, { kind: "durable" });
  // Nobody is told of errors, so that they come back.
  await broker.control("-q", "delete_queue", "-p", vhost, "notifications.error");
  await using tested = new TestNotifier(url);
  for (const priority of ["info", "error", "info", "error", "info"] as const) {
    tested.notifier.publish(() => notification({ priority }));
  }
  await eventually(() => tested.ended === 5);
  tested.notifier.publish(() => notification());
  tested.notifier.publish(() => notification({ priority: "error" }));
  await tested.notifier.close();
  assertEquals(tested.counts, { sent: 4, dropped_full: 0, dropped_late: 0, failed: 3 });
  const [told, ...more] = tested.log.of(
    "RabbitMQ does not let exchange and queue of notifications be declared",
  );
  assertEquals([told.code, told.queue, more.length], [406, "notifications.error", 0]);
  await audience.until(4);
});

Deno.test("RabbitNotifier that never declares counts what nobody receives, and is heard later", async () => {
  const url = await freshVhost(broker);
  await using tested = new TestNotifier(url, { declare: null, timeoutMs: 1500 });
  for (let index = 0; index < 20; index++) tested.notifier.publish(() => notification());
  await eventually(() => tested.ended === 20);
  assertEquals(tested.counts, { sent: 0, dropped_full: 0, dropped_late: 20, failed: 0 });
  assertEquals(tested.log.of("RabbitMQ ended the channel of notifications").map(({ code }) => code), [404]);
  await using audience = await Audience.start(url, { kind: "quorum" });
  tested.notifier.publish(() => notification());
  await audience.until(1);
  await eventually(() => tested.counts.sent === 1);
});

Deno.test("RabbitNotifier works for a user who may only write to the exchange", async () => {
  const url = await freshVhost(broker);
  const vhost = url.split("/").at(-1)!;
  await using audience = await Audience.start(url);
  await broker.control("-q", "add_user", vhost, "secret");
  await broker.control("-q", "set_permissions", "-p", vhost, vhost, "^$", "^openstack$", "^$");
  await using tested = new TestNotifier(url.replace("messaging:", `${vhost}:`));
  tested.notifier.publish(() => notification());
  await audience.until(1);
  await broker.control("-q", "set_permissions", "-p", vhost, vhost, "^$", "^$", "^$");
  await using refused = new TestNotifier(url.replace("messaging:", `${vhost}:`), { timeoutMs: 500 });
  refused.notifier.publish(() => notification());
  await eventually(() => refused.ended === 1);
  assertEquals(refused.counts.dropped_late, 1);
  assertEquals(refused.log.of("RabbitMQ ended the channel of notifications")[0].code, 403);
  await broker.control("-q", "delete_user", vhost);
});

Deno.test("RabbitNotifier finds a virtual host and a user of any name", async () => {
  const [vhost, user, password] = ["v/o%6Fd @,", "u:ser%41", "p@ss/%42,word"];
  await broker.control("-q", "add_vhost", vhost);
  await broker.control("-q", "add_user", user, password);
  await broker.control("-q", "set_permissions", "-p", vhost, user, ".*", ".*", ".*");
  const [who, secret, where] = [user, password, vhost].map(encodeURIComponent);
  await using tested = new TestNotifier(`rabbit://${who}:${secret}@127.0.0.1:${broker.port}/${where}`);
  tested.notifier.publish(() => notification());
  await tested.notifier.close();
  assertEquals(tested.counts.sent, 1);
  const listed = await broker.control(
    "-q",
    "list_queues",
    "-p",
    vhost,
    "--no-table-headers",
    "name",
    "messages",
  );
  assertEquals(listed, "notifications.info\t1\n");
});

Deno.test("RabbitNotifier delivers a notification of 5 MB, and small ones behind it", async () => {
  const url = await freshVhost(broker);
  await using audience = await Audience.start(url);
  await using tested = new TestNotifier(url);
  const { payload } = notification();
  const response = { status_code: 200, body: { text: "é".repeat(900_000) } };
  tested.notifier.publish(() => notification({ eventType: "api.large", payload: { ...payload, response } }));
  for (let index = 0; index < 30; index++) tested.notifier.publish(() => notification());
  await audience.until(31);
  const large = audience.heard.find(({ event_type }) => event_type === "api.large");
  assertEquals(Object(large?.payload).response.body, response.body);
});

Deno.test("RabbitNotifier fails only the message that is too large for the bus", async () => {
  const url = await freshVhost(broker);
  await using audience = await Audience.start(url);
  await broker.control("eval", "application:set_env(rabbit, max_message_size, 100000).");
  try {
    await using tested = new TestNotifier(url, { retries: Infinity });
    const { payload } = notification();
    const response = { status_code: 200, body: "x".repeat(200_000) };
    for (let index = 0; index < 5; index++) tested.notifier.publish(() => notification());
    tested.notifier.publish(() => notification({ payload: { ...payload, response } }));
    for (let index = 0; index < 5; index++) tested.notifier.publish(() => notification());
    await eventually(() => tested.ended === 11);
    assertEquals(tested.counts, { sent: 10, dropped_full: 0, dropped_late: 0, failed: 1 });
    await audience.until(10);
  } finally {
    await broker.control("eval", "application:set_env(rabbit, max_message_size, 134217728).");
  }
});

notifierSuite({
  name: "RabbitMQ",
  open: async () => {
    const url = await freshVhost(broker);
    const tested = new TestNotifier(url);
    return {
      notifier: tested.notifier,
      delivered: async () => (await Promise.all([delivered(url, "info"), delivered(url, "error")])).flat(),
      [Symbol.asyncDispose]: () => tested.notifier.close(),
    };
  },
});

/** Takes the messages out of a queue; a queue that nobody has declared has none. */
async function delivered(url: string, priority: Notification["priority"]): Promise<Notification[]> {
  const connection = await connect(url.replace("rabbit:", "amqp:"));
  const channel = await connection.createChannel();
  channel.on("error", () => {});
  const told: Notification[] = [];
  const next = () => channel.get(`notifications.${priority}`, { noAck: true }).catch(() => false as const);
  for (let message = await next(); message; message = await next()) {
    const { event_type, payload } = JSON.parse(message.content.toString());
    told.push({ eventType: event_type, priority, payload });
  }
  await connection.close();
  return told;
}
