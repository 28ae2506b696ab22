import type { Notification, Notifier } from "../../src/ports/notifier.ts";

/** Keeps notifications for a test to read. */
export class RecordingNotifier implements Notifier {
  readonly active = true;
  readonly notifications: Notification[] = [];

  publish(tell: () => Notification): void {
    this.notifications.push(tell());
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
