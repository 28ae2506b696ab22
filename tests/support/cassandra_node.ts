import { startCassandra } from "../../scripts/services/cassandra.ts";
import { dataFolder } from "../../scripts/services/folders.ts";
import { exclusively } from "../../scripts/services/installation.ts";

/** Files of tests, some of which run at the same time, share nothing but the process and its environment. */
const VARIABLE = "VALET_TESTS_CASSANDRA";

/** The address of one node for all files of tests that only need any; it ends with the process. */
export async function sharedCassandra(): Promise<string> {
  return await exclusively(dataFolder("shared.lock"), async () => {
    const address = Deno.env.get(VARIABLE) ?? (await startCassandra({ name: "shared" })).address;
    Deno.env.set(VARIABLE, address);
    return address;
  });
}
