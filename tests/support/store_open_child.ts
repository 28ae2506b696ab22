/** Opens the store named by the first argument and tells on standard output how that went. */
import { SqliteStore } from "../../src/adapters/store/sqlite/store.ts";

try {
  const store = SqliteStore.open({ path: Deno.args[0] });
  console.log("opened");
  await store.close();
} catch (error) {
  console.log(error instanceof Error ? `${error.name}: ${error.message}` : error);
}
