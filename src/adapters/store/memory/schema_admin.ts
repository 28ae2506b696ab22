import type { SchemaAdmin, SchemaStep } from "../../../ports/store.ts";

/** There is nothing to create: the store begins with the process. */
export class MemorySchemaAdmin implements SchemaAdmin {
  async *populate(): AsyncIterable<SchemaStep> {
    yield { object: "memory store", state: "exists" };
  }

  check(): AsyncIterable<SchemaStep> {
    return this.populate();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
