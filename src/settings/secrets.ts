const MASK = "***";

/** Whether the value under this name is a secret: `password`, `application_credential_secret`, `token` … */
export function isSecretName(name: string): boolean {
  return /password|secret$|^token$/i.test(name);
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
  return credentialsOf(template).some(({ password }) => password !== "" && !hasPlaceholder(password));
}

function hasPlaceholder(text: string): boolean {
  return /\$(?:[A-Z_]|\{[A-Z_])/.test(text.replaceAll("$$", ""));
}

/** The `user:password@` parts of a URL; a URL may name several servers, separated by commas. */
function credentialsOf(text: string): { user: string; password: string }[] {
  const authority = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/(.*)@/s.exec(text)?.[1];
  if (authority === undefined) return [];
  const parts = `${authority}@`.split(",").filter((part) => part.includes("@"));
  return parts.map((part) => {
    const [user, ...password] = part.slice(0, part.lastIndexOf("@")).split(":");
    return { user, password: password.join(":") };
  });
}

/** In a URL that is not well formed everything before the last `@` is masked, because a password may contain anything. */
function maskedUrl(text: string): string {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)(.*)@(.*)$/s.exec(text);
  if (!match) return text;
  const [, scheme, credentials, rest] = match;
  const servers = `${credentials}@${rest}`.split(",");
  const wellFormed = servers.every((server) => /^(?:[^:@/?#]*(?::[^:@/?#]*)?@)?[^@]*$/.test(server)) &&
    !/[/?#]/.test(credentials);
  if (!wellFormed) return `${scheme}${MASK}@${rest}`;
  return scheme + servers.map((server) => server.replace(/^([^:@]*):[^:@]*@/, `$1:${MASK}@`)).join(",");
}
