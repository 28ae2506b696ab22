import type { LogLevel } from "../ports/logger.ts";
import { isSecretKey, redact } from "./redact.ts";

export type LogFormat = "text" | "json";

export interface LogEntry {
  readonly timeMs: number;
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const MAX_LINE = 65_536;

/** Keys of the entry itself, which a field can't take the place of. */
const RESERVED: ReadonlySet<string> = new Set(["time", "level", "event"]);

/** What terminals and line-based readers act on and `JSON.stringify` leaves as it is: DEL, C1 controls, line separators. */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029]/g;

/** One line of the log with its line feed. An entry that is too long keeps its event and says how long it was. */
export function formatLine(entry: LogEntry, format: LogFormat): string {
  const line = render(entry, format);
  if (line.length <= MAX_LINE) return line;
  return render({ ...entry, fields: { omittedCharacters: line.length } }, format);
}

function render({ timeMs, level, event, fields }: LogEntry, format: LogFormat): string {
  const time = new Date(timeMs).toISOString();
  const shown = Object.entries(fields).filter(([, value]) => value !== undefined).map(visible);
  const text = format === "json"
    ? JSON.stringify({ time, level, event, ...Object.fromEntries(shown) })
    : [time, level.toUpperCase().padEnd(5), event, ...shown.map(assignment)].join(" ");
  return `${text.replace(UNPRINTABLE, escape)}\n`;
}

function visible([key, value]: [string, unknown]): [string, unknown] {
  return [RESERVED.has(key) ? `${key}_` : key, isSecretKey(key) ? "***" : redact(value)];
}

function assignment([key, value]: [string, unknown]): string {
  const bare = typeof value === "string" && /^[\w.:/@*%+-]+$/.test(value);
  return `${key}=${bare ? value : JSON.stringify(value)}`;
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
