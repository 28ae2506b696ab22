const SECRET_KEY = /password|passwd|secret|token|authorization|cookie|admin_?pass|user_data|personality/i;

const MASK = "***";
const MAX_DEPTH = 16;
const MAX_TEXT = 4096;
const MAX_ITEMS = 1000;

/** Whether a field of this name may hold a secret. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

/**
 * A copy of a log field's value that is safe to write: values under secret names are masked at any depth, errors
 * become plain objects, and depth, lists and texts are cut at fixed limits.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return shorten(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value === "function" || typeof value === "symbol") return typeof value;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return "…";
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1));
  const entries = value instanceof Map ? [...value.entries()] : Object.entries(value);
  return Object.fromEntries(
    entries.slice(0, MAX_ITEMS)
      .map(([key, item]) => [String(key), isSecretKey(String(key)) ? MASK : redact(item, depth + 1)]),
  );
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const plain: Record<string, unknown> = { name: error.name, message: shorten(error.message) };
  if (error.stack !== undefined) plain.stack = shorten(error.stack);
  if (error.cause !== undefined) plain.cause = redact(error.cause, depth + 1);
  return plain;
}

function shorten(text: string): string {
  if (text.length <= MAX_TEXT) return text;
  return `${text.slice(0, MAX_TEXT)}… (${text.length} characters)`;
}
