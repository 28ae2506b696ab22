import { assert, assertEquals, assertLess } from "@std/assert";
import { planBody } from "../support/contract.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { untilReady } from "../support/readiness.ts";
import { startService, type TestService } from "../support/service.ts";

const WORKER = new URL("../../src/adapters/optimizer/embedded/worker.ts", import.meta.url);

/** Starts real threads, and lets the last one die. */
class Threads {
  readonly #workers: Worker[] = [];

  readonly spawn = (): Worker => {
    this.#workers.push(new Worker(WORKER, { type: "module" }));
    return this.#workers.at(-1)!;
  };

  get count(): number {
    return this.#workers.length;
  }

  kill(): void {
    this.#workers.at(-1)!.dispatchEvent(new ErrorEvent("error", { message: "killed", cancelable: true }));
  }
}

/** Hosts of all stored servers, as often as they have servers. */
async function storedLocations(service: TestService): Promise<string[]> {
  const answer = await service.call("GET", "/v1/placements");
  return answer.json<{ placements: { location: string }[] }>().placements.map(({ location }) => location);
}

Deno.test("A service whose engine dies answers 503, and plans again within 2 seconds", async () => {
  const threads = new Threads();
  await using service = await startService({
    spawnEngine: threads.spawn,
    dataCenter: dataCenterFile({ racks: 60, hostsPerRack: 40 }),
  });
  const fromMs = performance.now();
  threads.kill();
  assertEquals((await service.call("POST", "/v1/plans", { body: planBody() })).status, 503);
  assertEquals((await service.call("GET", "/readyz", { token: null })).status, 503);
  assertEquals((await service.call("GET", "/v1/groups")).status, 200);
  await untilReady(service.url);
  assertLess(performance.now() - fromMs, 2000);
  assertEquals((await service.call("POST", "/v1/plans", { body: planBody() })).status, 201);
});

Deno.test("A service whose engine dies again and again under load loses no plan and gives no room twice", async () => {
  const threads = new Threads();
  const vcpus = 8;
  const dataCenter = dataCenterFile({ racks: 2, hostsPerRack: 4, vcpus, ramMb: 1_000_000, diskGb: 10_000 });
  await using service = await startService({ spawnEngine: threads.spawn, store: "sqlite", dataCenter });
  let created = 0;
  let full = false;
  const client = async () => {
    while (!full) {
      const { status, text } = await service.call("POST", "/v1/plans", { body: planBody() });
      if (status === 201) created += 1;
      else if (status === 500) full = true;
      else assertEquals(status, 503, text);
      if (status === 503) await new Promise((resolve) => setTimeout(resolve, 1));
      if (status === 201 && created % 16 === 0) threads.kill();
    }
  };
  await Promise.all(Array.from({ length: 8 }, client));
  await untilReady(service.url);
  const locations = await storedLocations(service);
  assertEquals(locations.length, created, "every plan that was answered is stored");
  for (const host of new Set(locations)) {
    assert(locations.filter((location) => location === host).length <= vcpus, `${host} is overbooked`);
  }
  assertEquals(created, vcpus * dataCenter.hosts.length, "no room was lost");
  assert(threads.count > 3);
});
