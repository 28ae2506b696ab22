import { driverOf } from "./driver.ts";
import { block, flag, integer, oneOf, seconds, text } from "../fields.ts";
import type { Findings } from "../findings.ts";
import type { MessagingSettings } from "../settings.ts";

const PLAIN = block({ driver: oneOf(["log", "none"]) });

const SERVER = /^(?:[^:@/?#\s]+(?::[^:@/?#\s]*)?@)?(?:\[[0-9A-Fa-f:.]+\]|[^:@/?#[\]\s]+)(?::\d{1,5})?$/;

/** Servers of RabbitMQ, separated by commas, and a virtual host. */
function isTransportUrl(url: string): boolean {
  const [, servers] = /^(?:rabbit|amqps?):\/\/([^/?#]*)(?:\/[^/?#]*)?(?:\?ssl=[01])?$/.exec(url) ?? [];
  return servers !== undefined && servers.split(",").every((server) => SERVER.test(server));
}

const TRANSPORT_URL =
  "a URL such as 'rabbit://user:password@host:5672/' with '@', ':' and '/' percent-encoded";

const RABBITMQ = block({
  driver: oneOf(["rabbitmq"]).optional(),
  config: block({
    transport_url: text(TRANSPORT_URL).refine(isTransportUrl, { error: `Wanted ${TRANSPORT_URL}` }),
  }).optional(),
  timeout: seconds(0.1, 60).optional(),
  retry: integer(-1, 1000).optional(),
  control_exchange: text("the name of an exchange").optional(),
  queue_limit: integer(1, 1_000_000).optional(),
  enabled: flag().optional(),
});

/** Who is told of API calls: nobody without a block, RabbitMQ in a block without `driver`. */
export function readMessaging(raw: unknown, findings: Findings): MessagingSettings | null {
  if (raw === undefined) return { driver: "none" };
  const known = ["log", "none", "rabbitmq"] as const;
  const driver = driverOf(raw, { path: "messaging", findings, known, assumed: "rabbitmq" });
  if (driver === null) return null;
  if (driver !== "rabbitmq") return findings.parse(PLAIN, { value: raw, path: "messaging" });
  const block = findings.parse(RABBITMQ, { value: raw, path: "messaging" });
  if (block === null) return null;
  if (block.enabled === false) return { driver: "none" };
  if (block.config === undefined) {
    findings.error("messaging.config", "Wanted a block of keys and values, got nothing");
  }
  findings.unavailable("messaging", "Driver 'rabbitmq' is not in this build");
  return null;
}
