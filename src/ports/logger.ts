export type LogLevel = "debug" | "info" | "warn" | "error";

/** Structured log. An event is a short constant sentence; what varies goes into the fields. */
export interface Logger {
  debug(event: string, fields?: Readonly<Record<string, unknown>>): void;
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Whether an entry of this level would be written, so that costly fields need not be built. */
  enabled(level: LogLevel): boolean;
  /** A logger whose entries all carry these fields. */
  child(fields: Readonly<Record<string, unknown>>): Logger;
}
