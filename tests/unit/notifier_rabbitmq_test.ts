import { assertEquals, assertRejects } from "@std/assert";
import { Unavailable } from "../../src/ports/failures.ts";
import { notification } from "../support/notifier_suite.ts";
import { eventually, TestNotifier } from "../support/rabbit_notifier.ts";

/** Nothing listens there. */
const NOWHERE = "rabbit://u:hidden@127.0.0.1:1/";

Deno.test("RabbitNotifier.publish makes the notification after it has returned", async () => {
  await using tested = new TestNotifier(NOWHERE, { timeoutMs: 20 });
  let made = 0;
  tested.notifier.publish(() => {
    made++;
    return notification();
  });
  assertEquals(made, 0);
  await eventually(() => tested.counts.dropped_late === 1);
  assertEquals(made, 1);
});

Deno.test("RabbitNotifier counts a notification that can't be made as failed, and goes on", async () => {
  await using tested = new TestNotifier(NOWHERE, { timeoutMs: 20 });
  tested.notifier.publish(() => {
    throw new Error("bug");
  });
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  const { payload } = notification();
  const response = { status_code: 200, body: circle };
  tested.notifier.publish(() => notification({ payload: { ...payload, response } }));
  tested.notifier.publish(() => notification());
  await eventually(() => tested.ended === 3);
  assertEquals(tested.counts, { sent: 0, dropped_full: 0, dropped_late: 1, failed: 2 });
});

Deno.test("RabbitNotifier.publish bounds what comes at once", async () => {
  await using tested = new TestNotifier(NOWHERE, { timeoutMs: 20, queueLimit: 5 });
  for (let index = 0; index < 12; index++) tested.notifier.publish(() => notification());
  assertEquals(tested.counts.dropped_full, 7);
  await eventually(() => tested.ended === 12);
  assertEquals(tested.counts, { sent: 0, dropped_full: 7, dropped_late: 5, failed: 0 });
});

Deno.test("RabbitNotifier without RabbitMQ says so once, without its password", async () => {
  const tested = new TestNotifier(NOWHERE, { timeoutMs: 1000 });
  await assertRejects(() => tested.notifier.ping(), Unavailable, "No connection to RabbitMQ");
  tested.notifier.publish(() => notification());
  await tested.notifier.close();
  tested.notifier.publish(() => notification());
  assertEquals(tested.counts, { sent: 0, dropped_full: 0, dropped_late: 1, failed: 1 });
  const [told, ...more] = tested.log.of("RabbitMQ can't be reached");
  assertEquals([told.server, more.length], ["127.0.0.1:1", 0]);
  assertEquals(tested.log.text.includes("hidden"), false);
});
