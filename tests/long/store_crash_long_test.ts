import { crashRounds } from "../support/store_crash.ts";

Deno.test("SqliteStore killed 200 times under load loses nothing acknowledged and leaves nothing half done", async () => {
  await crashRounds({ rounds: 200, seed: 2018 });
});
