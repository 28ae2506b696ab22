/** Gives a secret a name, and tells the placeholder that stands for it. */
export type Hide = (name: string, secret: string) => string;

const PASSWORD = "OSLO_MSG_PASSWORD";

/**
 * A URL of RabbitMQ with placeholders in the place of its passwords; null when it has another form. In user and
 * password it tolerates characters that had to be percent-encoded.
 */
export function withoutPasswords(url: string, hide: Hide): string | null {
  const [, scheme, rest] = /^(rabbit|amqps?):\/\/(\S+)$/.exec(url) ?? [];
  if (rest === undefined) return null;
  // A comma separates servers when credentials follow it.
  const servers = rest.split(/,(?=[^,]*@)/).map((server) => {
    const [, credentials, host] = /^(?:(.*)@)?([^@]+)$/.exec(server) ?? [];
    if (host === undefined) return null;
    const [, user, password] = /^([^:]*)(?::(.*))?$/s.exec(credentials ?? "")!;
    return serverText({ user: decoded(user), password: decoded(password ?? ""), host }, hide);
  });
  return servers.includes(null) ? null : `${scheme}://${servers.join(",")}`;
}

/** A URL of RabbitMQ out of the options that valet.conf has for it. */
export function transportUrl(
  { username, password, host, port }: Readonly<Record<"username" | "password" | "host" | "port", string>>,
  hide: Hide,
): string {
  return `rabbit://${serverText({ user: username, password, host: `${host}:${port}` }, hide)}/`;
}

function serverText(
  { user, password, host }: { user: string; password: string; host: string },
  hide: Hide,
): string {
  const secret = password === "" ? "" : `:${hide(PASSWORD, password)}`;
  const credentials = encodeURIComponent(user) + secret;
  return (credentials === "" ? "" : `${credentials}@`) + host.replaceAll("$", "$$$$");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A bare per cent sign shows that nothing was encoded.
  }
}
