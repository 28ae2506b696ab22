import { type CassandraNode, startCassandra } from "../../scripts/services/cassandra.ts";

/** Files of tests share nothing but the process and its environment. */
const VARIABLE = "VALET_TESTS_CASSANDRA";

/** One node for all files of tests that only need any; it ends with the process. */
export async function sharedCassandra(): Promise<CassandraNode> {
  const address = Deno.env.get(VARIABLE);
  const node = await startCassandra({ name: "cassandra-shared", ...(address ? { address } : {}) });
  Deno.env.set(VARIABLE, node.address);
  return node;
}
