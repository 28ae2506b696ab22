import { addressRange, block, httpUrl, integer, list, names, oneOf, seconds, text } from "../fields.ts";
import type { Role, ServerSettings } from "../settings.ts";
import { type FileContext, readTls } from "../tls.ts";

const MIB = 1024 * 1024;

const HOST = "a host name or an IP address";

const SERVER = block({
  host: text(HOST).regex(/^(?:[\w.:%-]+|\[[\w.:%]+\])$/, { error: `Wanted ${HOST}` })
    .transform(withoutBrackets).default("0.0.0.0"),
  port: integer(1, 65535).default(8090),
  public_url: httpUrl("an http or https URL").transform((url) => url.replace(/\/+$/, "")).optional(),
  roles: list(oneOf(["api", "engine", "listener"]), { min: 1 }).default(["api", "engine"]),
  metrics_allow: list(addressRange()).default([]),
  limits: block({
    body_bytes: integer(1024, 1024 * MIB).default(8 * MIB),
    json_depth: integer(8, 1024).default(64),
    in_flight: integer(1, 100_000).default(1000),
    request_seconds: seconds(1, 3600).default(75_000),
    drain_seconds: seconds(0, 3600).default(70_000),
  }).prefault({}),
  tls: block({ cert: text("a file name"), key: text("a file name") }).optional(),
  trusted_proxies: names("IP addresses").optional(),
}).prefault({});

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, "$1");
}

export function readServer(raw: unknown, context: FileContext): ServerSettings | null {
  const { findings } = context;
  const server = findings.parse(SERVER, { value: raw, path: "server" });
  if (server === null) return null;
  if (server.trusted_proxies !== undefined) {
    findings.unavailable("server.trusted_proxies", "Not in this build, 'server.public_url' sets the links");
  }
  if (server.roles.includes("listener")) {
    findings.unavailable("server.roles", "Role 'listener' is not in this build");
  }
  const roles = server.roles.filter((role): role is Role => role !== "listener");
  const { limits } = server;
  return {
    host: server.host,
    port: server.port,
    publicUrl: server.public_url ?? null,
    tls: server.tls === undefined ? null : readTls(server.tls, context),
    roles,
    metricsAllow: server.metrics_allow,
    limits: {
      bodyBytes: limits.body_bytes,
      jsonDepth: limits.json_depth,
      inFlight: limits.in_flight,
      requestMs: limits.request_seconds,
      drainMs: limits.drain_seconds,
    },
  };
}
