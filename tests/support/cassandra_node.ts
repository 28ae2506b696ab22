import { startCassandra } from "../../scripts/services/cassandra.ts";

/** Files of tests share nothing but the process and its environment. */
const VARIABLE = "VALET_TESTS_CASSANDRA";

/** The address of one node for all files of tests that only need any; it ends with the process. */
export async function sharedCassandra(): Promise<string> {
  const address = Deno.env.get(VARIABLE) ?? (await startCassandra({ name: "shared" })).address;
  Deno.env.set(VARIABLE, address);
  return address;
}
