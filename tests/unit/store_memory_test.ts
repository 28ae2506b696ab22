import { assertEquals } from "@std/assert";
import { MemorySchemaAdmin } from "../../src/adapters/store/memory/schema_admin.ts";
import { MemoryStore } from "../../src/adapters/store/memory/store.ts";
import { storeSuite } from "../support/store_suite.ts";

storeSuite({
  name: "memory",
  open: ({ pageSize }) => {
    const store = new MemoryStore({ pageSize });
    return Promise.resolve({
      store,
      reopen: () => Promise.resolve(store),
      [Symbol.asyncDispose]: () => store.close(),
    });
  },
  skipped: { "Store rows outlive the store that wrote them": "it remembers only while it is open" },
});

Deno.test("MemorySchemaAdmin.populate reports that nothing needs to be created", async () => {
  const steps = await Array.fromAsync(new MemorySchemaAdmin().populate());
  assertEquals(steps.map(({ state }) => state), ["exists"]);
});
