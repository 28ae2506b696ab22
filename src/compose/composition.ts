import type { Clock } from "../ports/clock.ts";
import type { Identity } from "../ports/identity.ts";
import type { Inventory } from "../ports/inventory.ts";
import type { Logger } from "../ports/logger.ts";
import type { Notifier } from "../ports/notifier.ts";
import type { Optimizer } from "../ports/optimizer.ts";
import type { Store } from "../ports/store.ts";
import type { Settings } from "../settings/settings.ts";
import { formatLine } from "../telemetry/log_line.ts";
import { BatchedSink, type LogSink } from "../telemetry/log_sink.ts";
import { openLogTarget } from "../telemetry/log_target.ts";
import { createLogger } from "../telemetry/logger.ts";

/** What stands behind the ports. */
export interface Adapters {
  readonly store: Store;
  readonly identity: Identity;
  readonly inventory: Inventory;
  readonly notifier: Notifier;
  readonly optimizer: Optimizer;
}

export interface ComposeOptions {
  /** Takes the log instead of the target that the settings name. */
  readonly logSink?: LogSink;
  readonly clock?: Clock;
  /** Stands before an adapter, by port. */
  readonly wrap?: { readonly [P in keyof Adapters]?: (adapter: Adapters[P]) => Adapters[P] };
  /** Starts the engine's thread in place of the usual one. */
  readonly spawnEngine?: () => Worker;
}

/** What every step of composing works with. */
export interface Composition {
  readonly settings: Settings;
  readonly options: ComposeOptions;
  /** Closes what was opened, last first. */
  readonly stack: AsyncDisposableStack;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Hands a part over to be closed with the rest. */
export function closing<T extends { close(): void | Promise<void> }>(
  stack: AsyncDisposableStack,
  part: T,
): T {
  stack.defer(() => part.close());
  return part;
}

export function openLogger(
  { logging }: Settings,
  { options, stack, clock }: Pick<Composition, "options" | "stack" | "clock">,
): Logger {
  const { level, format } = logging;
  const lossLine = (lines: number) =>
    formatLine(
      { timeMs: clock.nowMs(), level: "warn", event: "Log lines were lost", fields: { lines } },
      format,
    );
  const sink = options.logSink ?? new BatchedSink({ target: openLogTarget(logging.dir), lossLine });
  const logger = createLogger({ sink: closing(stack, sink), clock, level, format });
  stack.defer(() => logger.info("Stopped"));
  return logger;
}
