import { Buffer } from "node:buffer";
import type { Notification } from "../../../ports/notifier.ts";

const PUBLISHER = "valet";
const TOPIC = "notifications";

/** How a message is told apart, and when its call was answered, in milliseconds since the epoch. */
export interface Stamp {
  /** A UUID with dashes. */
  readonly messageId: string;
  /** 32 hex digits, by which listeners know a repeated message. */
  readonly uniqueId: string;
  readonly timeMs: number;
}

/** Properties of every message, as oslo.messaging 18.3.1 sends them; its listener loses those of other content types. */
export const PROPERTIES = {
  contentType: "application/json",
  contentEncoding: "utf-8",
  deliveryMode: 2,
  priority: 0,
  headers: {},
} as const;

/** Routing key and queue of a notification, after `<topic>.<priority>` of oslo.messaging. */
export function routingKeyOf({ priority }: Notification): string {
  return `${TOPIC}.${priority}`;
}

/**
 * A notification in format 1.0 of oslo.messaging, that is without an `oslo.message` envelope, in ASCII.
 * `_unique_id` comes last, where `uniqueIdOf` finds it.
 */
export function encodeMessage(
  { eventType, priority, payload: { context, request, response } }: Notification,
  { messageId, uniqueId, timeMs }: Stamp,
): Buffer {
  const text = JSON.stringify({
    message_id: messageId,
    publisher_id: PUBLISHER,
    event_type: eventType,
    priority: priority.toUpperCase(),
    payload: {
      context,
      request: { ...request, body: request.body ?? null },
      response: { ...response, body: response.body ?? null },
    },
    timestamp: timestampOf(timeMs),
    _unique_id: uniqueId,
  });
  return Buffer.from(toAscii(text), "latin1");
}

/** The `_unique_id` of a message that `encodeMessage` made, without reading the rest of it. */
export function uniqueIdOf(message: Buffer): string {
  return message.subarray(-34, -2).toString("latin1");
}

/** UTC as `YYYY-MM-DD HH:MM:SS.ffffff`. */
function timestampOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace("T", " ").replace("Z", "000");
}

/** JSON in which every character beyond ASCII is a `\u` escape. */
function toAscii(json: string): string {
  return json.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
