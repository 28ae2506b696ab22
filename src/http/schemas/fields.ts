import * as z from "zod";
import { type JsonObject, LONGEST_TEXT } from "../../usecases/raw_resources.ts";

const NOT_TEXT = "string (not of type string)";

/** A string of any length up to the limit, without control characters. */
export function text(description: string, { min = 0, max = LONGEST_TEXT } = {}) {
  return z.string(NOT_TEXT)
    .min(min, `text_type (must contain at least ${min} character)`)
    .max(max, `text_type (must contain at most ${max} characters)`)
    .regex(/^\P{Cc}*$/u, "text_type (must not contain control characters)")
    .meta({ description });
}

/** A text that is fit to stand in a path, where segments of dots name nothing. */
export function pathText(description: string, { min = 0 } = {}) {
  return text(description, { min })
    .regex(/^(?!\.{1,2}$)[^/]*$/, 'id_type (must not be "." or ".." or contain "/")')
    .meta({ description });
}

/** An id that a client makes. */
export function clientId(description: string) {
  return pathText(description, { min: 1 });
}

/** A text of several lines, without the one character that ends texts elsewhere. */
export function longText(description: string, { max }: { max: number }) {
  return z.string(NOT_TEXT)
    .max(max, `text_type (must contain at most ${max} characters)`)
    .regex(/^[^\0]*$/, "text_type (must not contain the character NUL)")
    .meta({ description });
}

/** Names of hosts. */
export function hostNames(description: string, { max }: { max: number }) {
  return z.array(text("Host name", { min: 1 }), "array (not of type array)")
    .max(max, `array_type (must contain at most ${max} items)`)
    .meta({ description });
}

/** An object with keys of the client's choice, passed on as it is; no key of it is special. */
export function freeObject(description: string) {
  const isObject = (value: unknown): value is JsonObject =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  return z.custom<JsonObject>(isObject, "dictionary (not of type dictionary)").meta({
    type: "object",
    description,
  });
}
