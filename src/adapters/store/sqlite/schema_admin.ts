import type { SchemaAdmin, SchemaStep } from "../../../ports/store.ts";
import { openConnection } from "./connection.ts";
import { openFailure } from "./failures.ts";
import { applySchema, missingSchema } from "./schema.ts";

/** Creates or upgrades a store's file. The file is open, and locked, only while `populate` runs. */
export class SqliteSchemaAdmin implements SchemaAdmin {
  constructor(readonly path: string) {}

  async *populate(): AsyncIterable<SchemaStep> {
    const connection = openConnection(this.path);
    try {
      yield* applySchema(connection);
    } catch (error) {
      throw openFailure(error, this.path);
    } finally {
      connection.close();
    }
  }

  async *check(): AsyncIterable<SchemaStep> {
    if (!exists(this.path)) {
      yield {
        object: `file ${this.path}`,
        state: "differs",
        remedy: "It is missing; 'valet populate' makes it",
      };
      return;
    }
    const connection = openConnection(this.path);
    try {
      yield* missingSchema(connection);
    } catch (error) {
      throw openFailure(error, this.path);
    } finally {
      connection.close();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
