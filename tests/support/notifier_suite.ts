import { assertEquals } from "@std/assert";
import type { Notification, Notifier } from "../../src/ports/notifier.ts";
import { type PortAdapter, type PortCase, portSuite } from "./port_suite.ts";

export interface NotifierUnderTest extends AsyncDisposable {
  readonly notifier: Notifier;
  /** What was delivered so far; null for an adapter that delivers nothing. */
  delivered(): Promise<readonly Notification[] | null>;
}

export function notification(changes: Partial<Notification> = {}): Notification {
  return {
    eventType: "api.v1.groups",
    priority: "info",
    payload: {
      context: { tenant_id: "p-blue", user_id: "u-1" },
      request: { method: "POST", path: "/v1/groups", body: { name: "db" } },
      response: { status_code: 201, body: { id: "g1", name: "db" } },
    },
    ...changes,
  };
}

const CASES: readonly PortCase<NotifierUnderTest>[] = [
  {
    name: "Notifier.active is true exactly when notifications are delivered",
    run: async ({ notifier, delivered }) => {
      assertEquals(notifier.active, await delivered() !== null);
    },
  },
  {
    name: "Notifier.close delivers what was published, in its order",
    run: async ({ notifier, delivered }) => {
      const sent = ["api", "api.v1", "api.v1.plans"].map((eventType) => notification({ eventType }));
      for (const each of sent) notifier.publish(() => each);
      await notifier.close();
      if (notifier.active) assertEquals(await delivered(), sent);
    },
  },
  {
    name: "Notifier.publish takes bodies of any shape without throwing",
    run: async ({ notifier, delivered }) => {
      const bodies = [null, undefined, "text", 5, true, [], {}, { deep: { deeper: [1, { x: null }] } }];
      for (const body of bodies) {
        const { payload } = notification();
        const request = { ...payload.request, body };
        notifier.publish(() => notification({ priority: "error", payload: { ...payload, request } }));
      }
      await notifier.close();
      if (notifier.active) assertEquals((await delivered())!.length, bodies.length);
    },
  },
  {
    name: "Notifier.publish does not throw after close",
    run: async ({ notifier }) => {
      await notifier.close();
      notifier.publish(() => notification());
    },
  },
  {
    name: "Notifier.close may be repeated",
    run: async ({ notifier }) => {
      await notifier.close();
      await notifier.close();
    },
  },
];

/** Registers what every adapter of the port must keep. */
export function notifierSuite(adapter: PortAdapter<NotifierUnderTest>): void {
  portSuite(CASES, adapter);
}
