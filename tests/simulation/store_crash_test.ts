import { crashRounds } from "../support/store_crash.ts";

Deno.test("SqliteStore killed 10 times under load loses nothing acknowledged and leaves nothing half done", async () => {
  await crashRounds({ rounds: 10, seed: 2017 });
});
