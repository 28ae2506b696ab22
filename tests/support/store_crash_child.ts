/**
 * Writes to a store as fast as it can until it is killed: `store_crash_child.ts PATH SEED NAME…`. Says `open` once
 * the store is open; after that, each line is the name of a writer whose next step was acknowledged.
 */
import { SqliteStore } from "../../src/adapters/store/sqlite/store.ts";
import { Life } from "./store_life.ts";

const [path, seed, ...names] = Deno.args;
const encoder = new TextEncoder();
const say = (line: string) => Deno.stdout.writeSync(encoder.encode(`${line}\n`));

say("opening");
const store = SqliteStore.open({ path });
say("open");
await Promise.all(names.map(async (name, index) => {
  const life = new Life(store, { name, seed: Number(seed) + index });
  for (;;) {
    await life.step();
    say(name);
  }
}));
