const MASK = "***";

/** Whether the value under this name is a secret: `password`, `application_credential_secret`, `token` … */
export function isSecretName(name: string): boolean {
  return /password|secret$|^tokens?$/i.test(name);
}

/** A deep copy of plain data for people's eyes: secrets and the passwords in URLs replaced by `***`. */
export function masked(value: unknown, name = ""): unknown {
  if (typeof value === "string") return isSecretName(name) ? MASK : maskedUrl(value);
  if (Array.isArray(value)) return value.map((item) => masked(item, name));
  if (typeof value !== "object" || value === null) return isSecretName(name) ? MASK : value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item, key)]));
}

/**
 * Whether a string of the config file, its placeholders not yet replaced, spells out a secret: it stands under a
 * secret's name, or is a URL with a password, and that part has no placeholder.
 */
export function spellsSecret(name: string, template: string): boolean {
  if (isSecretName(name)) return template !== "" && !hasPlaceholder(template);
  const { servers } = credentialsOf(template) ?? { servers: [] };
  if (servers === null) return true;
  return servers.some((server) => {
    const [, password] = SERVER.exec(server)!;
    return password && !hasPlaceholder(password);
  });
}

function hasPlaceholder(text: string): boolean {
  return /\$(?:[A-Z_]|\{[A-Z_])/.test(text.replaceAll("$$", ""));
}

/** One server of a URL up to the `@`, and behind it the host unless it is the last: `user:password@host`. */
const SERVER = /^[^:@/?#]*(?::([^:@/?#]*))?@[^@]*$/;

interface Credentials {
  readonly scheme: string;
  /** Up to the last `@`; null when they are not well formed, as with a password that is not percent-encoded. */
  readonly servers: readonly string[] | null;
  readonly rest: string;
}

/** The part of a URL that holds credentials; null without any. A URL may name several servers, separated by commas. */
function credentialsOf(text: string): Credentials | null {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)(.*@)(.*)$/s.exec(text);
  if (!match) return null;
  const [, scheme, credentials, rest] = match;
  const servers = credentials.split(",");
  return { scheme, servers: servers.every((server) => SERVER.test(server)) ? servers : null, rest };
}

/** Without form nothing tells where a password ends, and all before the last `@` is masked. */
function maskedUrl(text: string): string {
  const found = credentialsOf(text);
  // A URL whose scheme was forgotten or misspelt holds its password all the same.
  if (found === null) return text.replace(/^.*:.*@/s, `${MASK}@`);
  const { scheme, servers, rest } = found;
  if (servers === null) return `${scheme}${MASK}@${rest}`;
  return scheme + servers.map((server) => server.replace(/:[^:@]*@/, `:${MASK}@`)).join(",") + rest;
}
