import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import { MemoryStore } from "../../src/adapters/store/memory/store.ts";
import { SqliteStore } from "../../src/adapters/store/sqlite/store.ts";
import type { Store } from "../../src/ports/store.ts";
import { linesOf } from "./lines.ts";
import { seededRandom } from "./random.ts";
import { temporaryFolder } from "./sqlite_store.ts";
import { type Estate, Life, readEstate } from "./store_life.ts";
import { readAll, readPlans } from "./store_rows.ts";

const WRITERS = 12;
/** Lines of the child after which it is killed: from the first, while it opens the file, to this one. */
const LATEST_KILL = 2500;

interface Round {
  readonly path: string;
  readonly names: readonly string[];
  /** The first writer's; the others count on from it. */
  readonly seed: number;
  readonly killAfter: number;
}

/**
 * Kills a process that writes to one file, as often as asked, each time at another moment. After each kill every
 * writer's rows must be those after its last acknowledged step or after the one that was under way.
 */
export async function crashRounds(
  { rounds, seed }: { readonly rounds: number; readonly seed: number },
): Promise<void> {
  using folder = temporaryFolder();
  const random = seededRandom(seed);
  const path = folder.file("valet.db");
  const estates = new Map<string, Estate>();
  for (let index = 0; index < rounds; index++) {
    const round = {
      path,
      names: Array.from({ length: WRITERS }, (_, writer) => `round-${index}-writer-${writer}`),
      seed: Math.floor(random() * 2 ** 30),
      killAfter: 1 + Math.floor(random() ** 2 * LATEST_KILL),
    };
    await playRound(round, estates);
  }
}

async function playRound(round: Round, estates: Map<string, Estate>): Promise<void> {
  const acknowledged = await writeUntilKilled(round);
  const store = SqliteStore.open({ path: round.path });
  for (const [index, name] of round.names.entries()) {
    const found = await readEstate(store, name);
    const life = { name, seed: round.seed + index };
    await checkEstate(found, life, acknowledged.get(name) ?? 0);
    estates.set(name, found);
  }
  await checkWhole(store, estates);
  await store.close();
  checkFile(round.path);
}

/** Steps acknowledged before the end, by writer. */
async function writeUntilKilled(
  { path, names, seed, killAfter }: Round,
): Promise<ReadonlyMap<string, number>> {
  const script = import.meta.resolve("./store_crash_child.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", script, path, `${seed}`, ...names],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const steps = new Map<string, number>();
  let lines = 0;
  for await (const line of linesOf(child.stdout)) {
    steps.set(line, (steps.get(line) ?? 0) + 1);
    lines += 1;
    if (lines === killAfter) child.kill("SIGKILL");
  }
  assertEquals((await child.status).signal, "SIGKILL", "The writers go on until they are killed");
  return steps;
}

async function checkEstate(
  found: Estate,
  life: { readonly name: string; readonly seed: number },
  steps: number,
): Promise<void> {
  if (isDeepStrictEqual(found, await replay(life, steps))) return;
  const text = `'${life.name}' with seed ${life.seed} was acknowledged ${steps} steps`;
  assertEquals(found, await replay(life, steps + 1), text);
}

async function replay(
  life: { readonly name: string; readonly seed: number },
  steps: number,
): Promise<Estate> {
  const store = new MemoryStore();
  const writer = new Life(store, life);
  for (let step = 0; step < steps; step++) await writer.step();
  return await readEstate(store, life.name);
}

/** Nothing is there beyond what the writers of all rounds have left, and all of that still is. */
async function checkWhole(store: Store, estates: ReadonlyMap<string, Estate>): Promise<void> {
  const byId = (left: { id: string }, right: { id: string }) => left.id < right.id ? -1 : 1;
  const left = [...estates.values()].flatMap(({ plans }) => plans);
  const plans = await readPlans(store);
  assertEquals(
    plans.toSorted((a, b) => byId(a.plan, b.plan)),
    left.toSorted((a, b) => byId(a.plan, b.plan)),
  );
  assertEquals(await store.countPlans(), plans.length);
  const placements = await readAll(store.placements({ visibility: "all" }));
  assertEquals(placements.toSorted(byId), plans.flatMap((plan) => plan.placements).toSorted(byId));
}

function checkFile(path: string): void {
  const connection = new DatabaseSync(path);
  assertEquals(connection.prepare("PRAGMA integrity_check").get()?.integrity_check, "ok");
  assertEquals(connection.prepare("PRAGMA foreign_key_check").all(), []);
  connection.close();
}
