import type { SchemaStep } from "../../../ports/store.ts";
import type { CassandraConnection } from "./connection.ts";

/** Takes over rows of the original. */
export async function* backfill(_connection: CassandraConnection): AsyncGenerator<SchemaStep> {
}
