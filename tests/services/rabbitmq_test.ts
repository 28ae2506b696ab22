import { assertEquals, assertNotEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { pythonEnvironment } from "../../scripts/services/python.ts";
import { type RabbitMq, startRabbitMq } from "../../scripts/services/rabbitmq.ts";
import { exists } from "../../scripts/services/folders.ts";
import { OsloListener } from "../support/oslo_listener.ts";
import { noProcessNames } from "../support/service_processes.ts";

Deno.test("startRabbitMq gives a broker that survives a kill and leaves nothing behind", async () => {
  const broker = await startRabbitMq();
  const { folder, pid } = broker;
  assertEquals(await broker.state(), "up");

  await broker.kill();
  assertEquals({ state: await broker.state(), pid: broker.pid }, { state: "down", pid: null });
  await broker.restart();
  assertEquals(await broker.state(), "up");
  assertNotEquals(broker.pid, pid);
  assertStringIncludes(await broker.control("-q", "list_users"), "messaging\t[administrator]");

  await broker.stop();
  assertEquals({ left: exists(folder), state: await broker.state() }, { left: false, state: "down" });
  await noProcessNames(folder);
});

Deno.test("startRabbitMq gives brokers side by side that know nothing of each other", async () => {
  const [one, other] = await Promise.all([startRabbitMq({ name: "one" }), startRabbitMq({ name: "other" })]);
  await using _one = one, _other = other;
  await one.control("-q", "add_vhost", "apart");
  assertEquals(await virtualHosts(one), ["/", "apart"]);
  assertEquals(await virtualHosts(other), ["/"]);
});

async function virtualHosts(broker: RabbitMq): Promise<string[]> {
  const [, ...names] = (await broker.control("-q", "list_vhosts", "name")).trimEnd().split("\n");
  return names.sort();
}

Deno.test("startRabbitMq refuses a port on which something else listens", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const wanted = `127.0.0.1:${port} is answered by something that was not started here`;
  await assertRejects(() => startRabbitMq({ port }), Error, wanted);
});

Deno.test("freeze leaves connections open and unanswered until thaw", async () => {
  await using broker = await startRabbitMq();
  broker.freeze();
  assertEquals(await broker.state(), "not answering");
  broker.thaw();
  assertEquals(await broker.state(), "up");
});

/** Sends as the original does: format 1.0, in a topic exchange, to a queue that it declares. */
const SEND = `
import os, sys
os.environ["OSLO_SERVICE_BACKEND"] = "threading"
from oslo_config import cfg
import oslo_messaging
transport = oslo_messaging.get_notification_transport(cfg.ConfigOpts(), url=sys.argv[1])
notifier = oslo_messaging.Notifier(transport, driver="messaging", publisher_id="valet", topics=["notifications"])
notifier.error({}, "api.v1.groups", {"sent": [1, "é"]})
`;

Deno.test("OsloListener hands on what a real sender sends", async () => {
  await using broker = await startRabbitMq();
  await using listener = await OsloListener.start(broker.url);
  const python = `${await pythonEnvironment()}/bin/python`;
  await new Deno.Command(python, { args: ["-W", "ignore", "-c", SEND, broker.url] }).output();
  const { priority, publisher_id, event_type, payload } = await listener.next();
  assertEquals({ priority, publisher_id, event_type, payload }, {
    priority: "error",
    publisher_id: "valet",
    event_type: "api.v1.groups",
    payload: { sent: [1, "é"] },
  });
});
