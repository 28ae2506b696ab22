import { isIP } from "node:net";
import * as z from "zod";
import { nearest } from "./nearest.ts";

const MAX_TEXT = 4096;

/** A block of a configuration: exactly these keys; each other one is an error that names the nearest known key. */
export function block<S extends z.ZodRawShape>(shape: S) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return "Wanted a block of keys and values";
      return issue.keys.map((key) => unknownKey(key, known)).join("\n");
    },
  });
}

/** Why `key` is refused. */
export function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  if (meant !== null) return `Unknown key, did you mean '${meant}'?`;
  return `Unknown key, wanted one of ${known.map((name) => `'${name}'`).join(", ")}`;
}

export function text(wanted: string) {
  const error = `Wanted ${wanted}`;
  return z.string({ error }).min(1, { error }).max(MAX_TEXT, { error });
}

/** An integer, or its digits in a string, since a placeholder always yields a string. */
export function integer(min: number, max: number) {
  const error = `Wanted an integer from ${min} to ${max}`;
  return z.preprocess(fromDigits, z.int({ error }).min(min, { error }).max(max, { error }));
}

/** A number from `min` to `max`, or a string that spells it. */
export function number(min: number, max: number) {
  const error = `Wanted a number from ${min} to ${max}`;
  return z.preprocess(fromDigits, z.number({ error }).min(min, { error }).max(max, { error }));
}

/** A duration given in seconds, as whole milliseconds. */
export function seconds(min: number, max: number) {
  const error = `Wanted seconds from ${min} to ${max}`;
  return z.preprocess(fromDigits, z.number({ error }).min(min, { error }).max(max, { error }))
    .transform((value) => Math.round(value * 1000));
}

export function oneOf<const T extends readonly string[]>(names: T) {
  return z.enum(names, { error: `Wanted one of ${names.map((name) => `'${name}'`).join(", ")}` });
}

/** A list of non-empty strings without repetition, in the order given; a string `a,b` or `[a, b]` means a list too. */
export function names(wanted: string) {
  const error = `Wanted ${wanted}`;
  const list = z.array(text(wanted), { error }).min(1, { error });
  return z.preprocess(fromCommas, list).transform((values) => [...new Set(values)]);
}

export function list<T extends z.ZodType>(item: T, { min = 0 }: { min?: number } = {}) {
  const error = min > 0 ? `Wanted a list of at least ${min}` : "Wanted a list";
  return z.array(item, { error }).min(min, { error });
}

export function flag() {
  return z.boolean({ error: "Wanted true or false" });
}

/** An `http` or `https` URL without query, as given. */
export function httpUrl(wanted: string) {
  const error = `Wanted ${wanted}`;
  return text(wanted).refine((value) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    return url !== null && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
  }, { error });
}

/** An IP address, or a range of them as `address/prefix length`. */
export function addressRange() {
  const error = "Wanted an IP address or a range such as '10.0.0.0/8'";
  return z.string({ error }).refine((value) => {
    const [address, prefix, ...rest] = value.split("/");
    const family = isIP(address);
    if (family === 0 || rest.length > 0) return false;
    return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
  }, { error });
}

function fromDigits(value: unknown): unknown {
  return typeof value === "string" && /^-?\d{1,15}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value;
}

function fromCommas(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const inner = /^\s*\[(.*)\]\s*$/s.exec(value)?.[1] ?? value;
  return inner.split(",").map((item) => item.trim()).filter((item) => item !== "");
}
