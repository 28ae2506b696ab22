import { driverOf } from "./driver.ts";
import { block, flag, integer, oneOf, seconds, text } from "../fields.ts";
import type { MessagingSettings } from "../settings.ts";
import { type FileContext, readAuthorities } from "../tls.ts";
import { parseTransportUrl } from "../transport_url.ts";

const PLAIN = block({ driver: oneOf(["log", "none"]) });

const TRANSPORT_URL =
  "a URL such as 'rabbit://user:password@host:5672/' with '@', ':' and '/' percent-encoded";

/** By oslo.messaging's options: none, `amqp_durable_queues`, `rabbit_quorum_queue`. */
const DECLARATIONS = {
  transient: { durable: false, quorum: false },
  durable: { durable: true, quorum: false },
  quorum: { durable: true, quorum: true },
  never: null,
};

const RABBITMQ = block({
  driver: oneOf(["rabbitmq"]).optional(),
  config: block({
    transport_url: text(TRANSPORT_URL)
      .refine((url) => parseTransportUrl(url) !== null, { error: `Wanted ${TRANSPORT_URL}` }),
  }).optional(),
  tls: block({ cafile: text("a file name") }).optional(),
  timeout: seconds(0.1, 60).default(3000),
  retry: integer(-1, 1000).default(10),
  control_exchange: text("the name of an exchange").default("openstack"),
  declare: oneOf(["transient", "durable", "quorum", "never"]).default("transient"),
  queue_limit: integer(1, 100_000).default(1000),
  queue_bytes: integer(65_536, 1_073_741_824).default(67_108_864),
  enabled: flag().optional(),
});

/** Who is told of API calls: nobody without a block, RabbitMQ in a block without `driver`. */
export function readMessaging(raw: unknown, context: FileContext): MessagingSettings | null {
  const { findings } = context;
  if (raw === undefined) return { driver: "none" };
  const known = ["log", "none", "rabbitmq"] as const;
  const driver = driverOf(raw, { path: "messaging", findings, known, assumed: "rabbitmq" });
  if (driver === null) return null;
  if (driver !== "rabbitmq") return findings.parse(PLAIN, { value: raw, path: "messaging" });
  const block = findings.parse(RABBITMQ, { value: raw, path: "messaging" });
  if (block === null) return null;
  if (block.enabled === false) return { driver: "none" };
  const url = parseTransportUrl(block.config?.transport_url ?? "");
  if (url === null) {
    findings.error("messaging.config", "Wanted a block of keys and values, got nothing");
    return null;
  }
  const { servers, vhost, tls } = url;
  if (!tls && block.tls !== undefined) {
    findings.error("messaging.tls", "Wanted 'amqps://' or '?ssl=1' in 'transport_url' beside it");
  }
  return {
    driver,
    servers,
    vhost,
    tls: tls
      ? { ca: readAuthorities(block.tls?.cafile, { ...context, path: "messaging.tls.cafile" }) }
      : null,
    timeoutMs: block.timeout,
    retries: block.retry === -1 ? Infinity : block.retry,
    exchange: block.control_exchange,
    declare: DECLARATIONS[block.declare],
    queueLimit: block.queue_limit,
    queueBytes: block.queue_bytes,
  };
}
