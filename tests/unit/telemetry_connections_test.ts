import { assertEquals } from "@std/assert";
import { testConnections } from "../../src/telemetry/connections.ts";

Deno.test("testConnections tells of each part whether it answers, and closes what was opened", async () => {
  const closed: string[] = [];
  const opened = (stack: AsyncDisposableStack, part: string) =>
    void stack.defer(() => void closed.push(part));
  const connections = await testConnections({
    store: (stack) => Promise.resolve(opened(stack, "store")),
    identity: (stack) => {
      opened(stack, "identity");
      throw new Error("Keystone refuses the password");
    },
    optimizer: () => new Promise(() => {}),
    messaging: (stack) => Promise.resolve(stack.defer(() => new Promise(() => {}))),
  }, { timeoutMs: 30 });
  assertEquals(connections, [
    { part: "store", failure: null },
    { part: "identity", failure: "Keystone refuses the password" },
    { part: "optimizer", failure: "No answer within 0.03 s" },
    { part: "messaging", failure: "No answer within 0.03 s" },
  ]);
  assertEquals(closed.sort(), ["identity", "store"]);
});
