import type { z } from "zod";
import { echo } from "../usecases/raw_resources.ts";

/**
 * The contract's text for a body that its schema refuses: the first issue in the schema's order, unknown keys last.
 * A schema gives as an issue's message the name of the check and, in brackets, what it wants.
 */
export function validationText(error: z.core.$ZodError, input: unknown): string {
  const issue = error.issues.find(({ code }) => code !== "unrecognized_keys") ?? error.issues[0];
  if (issue.code === "unrecognized_keys") {
    return `${pathText(issue.path) || "-> top level"} has unexpected item in data: ${echo(issue.keys[0])}`;
  }
  const value = valueAt(input, issue.path);
  if (value === undefined) return `required item in schema is missing: ${echo(issue.path.at(-1))}`;
  if (issue.message.startsWith(WHOLE)) {
    return issue.message.slice(WHOLE.length).replace("{value}", () => echo(value));
  }
  return `${pathText(issue.path)} -> ${
    echo(value)
  } did not pass validation against callable: ${issue.message}`;
}

/** Prefix of a message that is the whole text already; `{value}` in it stands for the value. */
export const WHOLE = "=";

function pathText(path: readonly PropertyKey[]): string {
  return path.map((key) => `-> ${typeof key === "number" ? `item[${key}]` : echo(key)}`).join(" ");
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
