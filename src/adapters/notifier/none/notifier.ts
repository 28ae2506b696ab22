import type { Notifier } from "../../../ports/notifier.ts";

/** Tells nobody. */
export class NoNotifier implements Notifier {
  readonly active = false;

  publish(): void {}

  close(): Promise<void> {
    return Promise.resolve();
  }
}
