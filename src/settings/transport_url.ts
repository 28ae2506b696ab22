import type { RabbitServer } from "./settings.ts";

/** What a transport URL says. */
export interface TransportUrl {
  /** In the order in which they are tried; never empty. */
  readonly servers: readonly RabbitServer[];
  readonly vhost: string;
  readonly tls: boolean;
}

const URL_FORM = /^(rabbit|amqps?):\/\/([^/?#]*)(?:\/([^/?#]*))?(?:\?ssl=(0|1|true|false))?$/i;

/** Credentials, host or address in brackets, and port. */
const SERVER =
  /^(?:([^:@/?#\s]+)(?::([^:@/?#\s]*))?@)?(?:\[([0-9A-Fa-f:.]+)\]|([^:@/?#[\]\s]+))(?::(\d{1,5}))?$/;

const PLAIN_PORT = 5672;
const TLS_PORT = 5671;

/** What a broker takes from this machine's clients that name nobody. */
const GUEST = "guest";

/**
 * Reads the URL by which OpenStack's services name RabbitMQ, after `oslo_messaging.TransportURL.parse`: servers with
 * commas between them, each with its own user and password, then a virtual host; all percent-encoded. An empty virtual
 * host is `/`. Null for anything else.
 */
export function parseTransportUrl(url: string): TransportUrl | null {
  const [, scheme, authority, path = "", ssl = "0"] = URL_FORM.exec(url) ?? [];
  if (scheme === undefined) return null;
  const isAmqps = scheme.toLowerCase() === "amqps";
  const assumedPort = isAmqps ? TLS_PORT : PLAIN_PORT;
  const servers = authority.split(",").map((text) => serverOf(text, assumedPort));
  const vhost = decoded(path);
  if (vhost === null || !servers.every((server) => server !== null)) return null;
  return { servers, vhost: vhost === "" ? "/" : vhost, tls: isAmqps || /^(?:1|true)$/i.test(ssl) };
}

function serverOf(text: string, assumedPort: number): RabbitServer | null {
  const match = SERVER.exec(text);
  if (!match) return null;
  const [, user, secret, address, name, digits] = match;
  const username = user === undefined ? GUEST : decoded(user);
  const password = user === undefined ? GUEST : decoded(secret ?? "");
  const host = address ?? decoded(name);
  const port = digits === undefined ? assumedPort : Number(digits);
  if (username === null || password === null || host === null || port < 1 || port > 65_535) return null;
  return { host, port, username, password };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
