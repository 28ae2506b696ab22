import type { OldSetting } from "./old_settings.ts";
import type { Form } from "./rules.ts";

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ...["true", "1", "yes", "on"].map((word) => [word, true] as const),
  ...["false", "0", "no", "off"].map((word) => [word, false] as const),
]);

/** The value of an old setting as a value of the new configuration; undefined when it has another form. */
export function inForm({ value }: OldSetting, form: Form): string | number | boolean | string[] | undefined {
  if (form === "names") return names(value);
  if (typeof value === "object") return undefined;
  const text = String(value);
  if (form === "flag") return FLAGS.get(text.toLowerCase());
  if (form === "number") return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
  return typeof value === "boolean" ? undefined : literal(text);
}

/** The text that a configuration has to hold so that exactly `text` is read from it. */
export function literal(text: string): string {
  return text.replaceAll("$", "$$$$");
}

/** A list, or a text such as `a, b` or `[a, b]`. */
function names(value: OldSetting["value"]): string[] | undefined {
  const items = Array.isArray(value)
    ? value
    : String(value).replace(/^\s*\[(.*)\]\s*$/s, "$1").split(",").map((item) => item.trim());
  const given = items.filter((item) => item !== "");
  return given.every((item) => typeof item === "string") ? given.map(literal) : undefined;
}
