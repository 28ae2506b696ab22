import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { encodeMessage, routingKeyOf, uniqueIdOf } from "../../src/adapters/notifier/rabbitmq/message.ts";
import type { Notification } from "../../src/ports/notifier.ts";
import { notification } from "../support/notifier_suite.ts";

const STAMP = {
  messageId: "52cddc14-7f0a-462d-8522-1228ac7902de",
  uniqueId: "a1eeed23518443539497ceb6c1f613fe",
  timeMs: Date.UTC(2026, 10, 23, 12, 33, 18, 7),
};

function withBody(body: unknown): Notification {
  const { payload } = notification();
  return notification({ payload: { ...payload, response: { status_code: 200, body } } });
}

function decoded(told: Notification) {
  return JSON.parse(encodeMessage(told, STAMP).toString("ascii"));
}

Deno.test("encodeMessage makes the message that oslo.messaging's driver 'messaging' makes", () => {
  assertEquals(decoded(notification({ priority: "error" })), {
    message_id: "52cddc14-7f0a-462d-8522-1228ac7902de",
    publisher_id: "valet",
    event_type: "api.v1.groups",
    priority: "ERROR",
    payload: {
      context: { tenant_id: "p-blue", user_id: "u-1" },
      request: { method: "POST", path: "/v1/groups", body: { name: "db" } },
      response: { status_code: 201, body: { id: "g1", name: "db" } },
    },
    timestamp: "2026-11-23 12:33:18.007000",
    _unique_id: "a1eeed23518443539497ceb6c1f613fe",
  });
});

Deno.test("encodeMessage writes ASCII with escapes for everything else", () => {
  const text = 'é ü 漢 😀 \u007f \u2028 \ud800 "\\\n';
  const bytes = encodeMessage(withBody({ [text]: text }), STAMP);
  assertMatch(bytes.toString("latin1"), /^[\x20-\x7e]+$/);
  assertEquals(JSON.parse(bytes.toString("ascii")).payload.response.body, { [text]: text });
});

Deno.test("encodeMessage tells a body that is not there as null", () => {
  assertEquals(decoded(withBody(undefined)).payload.response, { status_code: 200, body: null });
});

Deno.test("encodeMessage throws for what JSON has no form for", () => {
  const endless: Record<string, unknown> = {};
  endless.self = endless;
  assertThrows(() => encodeMessage(withBody(endless), STAMP), TypeError);
});

Deno.test("uniqueIdOf finds the id that listeners know a message by", () => {
  const bytes = encodeMessage(withBody({ _unique_id: "0".repeat(32) }), STAMP);
  assertEquals(uniqueIdOf(bytes), STAMP.uniqueId);
});

Deno.test("routingKeyOf is topic and priority", () => {
  assertEquals(routingKeyOf(notification()), "notifications.info");
  assertEquals(routingKeyOf(notification({ priority: "error" })), "notifications.error");
});
