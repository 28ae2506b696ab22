import type { Notifier } from "../../../ports/notifier.ts";

/** Tells nobody. */
export class NoNotifier implements Notifier {
  readonly active = false;

  publish(): void {}

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
