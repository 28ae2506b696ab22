import type { Clock } from "../ports/clock.ts";
import type { Logger, LogLevel } from "../ports/logger.ts";
import { formatLine, type LogFormat } from "./log_line.ts";
import type { LogSink } from "./log_sink.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface LoggerOptions {
  readonly sink: LogSink;
  readonly clock: Clock;
  /** Entries below it are not written. */
  readonly level?: LogLevel;
  readonly format?: LogFormat;
  /** Carried by every entry. */
  readonly fields?: Fields;
}

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

export function createLogger(options: LoggerOptions): Logger {
  const { sink, clock, level = "info", format = "text", fields: carried = {} } = options;
  const enabled = (wanted: LogLevel) => RANK[wanted] >= RANK[level];
  const write = (wanted: LogLevel) => (event: string, fields: Fields = {}) => {
    if (!enabled(wanted)) return;
    const entry = { timeMs: clock.nowMs(), level: wanted, event, fields: { ...carried, ...fields } };
    sink.write(formatLine(entry, format));
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    enabled,
    child: (fields) => createLogger({ ...options, fields: { ...carried, ...fields } }),
  };
}
