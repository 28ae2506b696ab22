import { resolve } from "node:path";
import { block, oneOf, text } from "../fields.ts";
import type { Findings } from "../findings.ts";
import { LOG_FORMATS, LOG_LEVELS, type LoggingSettings } from "../settings.ts";

const LOGGING = block({
  level: oneOf(LOG_LEVELS).default("info"),
  format: oneOf(LOG_FORMATS).default("text"),
  dir: text("a directory").optional(),
}).prefault({});

export function readLogging(
  raw: unknown,
  { folder, findings }: { folder: string; findings: Findings },
): LoggingSettings | null {
  const logging = findings.parse(LOGGING, { value: raw, path: "logging" });
  if (logging === null) return null;
  const { level, format, dir } = logging;
  return { level, format, dir: dir === undefined ? null : resolve(folder, dir) };
}
