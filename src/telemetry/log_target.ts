import { join } from "node:path";
import { Rejected } from "../ports/failures.ts";
import type { LogTarget } from "./log_sink.ts";

/**
 * The standard error stream, or `valet.log` in a folder, opened for appending so that `copytruncate` of logrotate
 * works. Throws `Rejected` when the file can't be opened.
 */
export function openLogTarget(dir: string | null): LogTarget {
  if (dir === null) return { write: (bytes) => Deno.stderr.write(bytes), close: () => {} };
  const path = join(dir, "valet.log");
  try {
    Deno.mkdirSync(dir, { recursive: true });
    return Deno.openSync(path, { append: true, create: true, mode: 0o640 });
  } catch (cause) {
    throw new Rejected("log", `The log file '${path}' can't be opened: ${(cause as Error).message}`, {
      cause,
    });
  }
}
