import type { LogSink } from "../../src/telemetry/log_sink.ts";

/** Keeps log lines for a test to read. */
export class MemorySink implements LogSink {
  readonly lines: string[] = [];
  closed = false;

  write(line: string): void {
    this.lines.push(line.trimEnd());
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  get text(): string {
    return this.lines.join("\n");
  }

  /** Entries of a log in JSON. */
  entries(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line));
  }

  /** Entries with this event. */
  of(event: string): Record<string, unknown>[] {
    return this.entries().filter((entry) => entry.event === event);
  }
}
