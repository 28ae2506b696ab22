import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { pause } from "../../scripts/services/waiting.ts";
import { sharedCassandra } from "../support/cassandra_node.ts";
import { cassandraAddress, populateCassandra, readCassandraPlans } from "../support/cassandra_store.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { testOn } from "../support/machine.ts";
import { Nginx } from "../support/nginx.ts";
import { StackLoad, summaryOf } from "../support/stack_load.ts";
import { TOKEN, ValetProcesses } from "../support/valet_processes.ts";

const program = [fileURLToPath(new URL("../../dist/valet", import.meta.url))];

/** How long clients may be told to come again when an instance ends, in milliseconds. */
const TAKEOVER_MS = 5000;

/** How many plans an instance was itself asked for, by the balancer alone. */
async function plansAsked(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const counts = metrics.matchAll(
    /^valet_http_request_duration_seconds_count\{(?=.*method="POST").*route="\/v1\/plans".*\} (\d+)$/gm,
  );
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

testOn({ programs: ["nginx"] }, {
  name: "config/valet.nginx before two instances loses and doubles nothing when one stops and one is killed",
  fn: async () => {
    const address = cassandraAddress(await sharedCassandra(), "two_instances");
    await populateCassandra(address);
    const dataCenter = dataCenterFile({ racks: 4, hostsPerRack: 10 });
    await using processes = await ValetProcesses.start({ count: 2, address, dataCenter, program });
    const ports = processes.urls.map((url) => Number(new URL(url).port));
    await using proxy = await Nginx.start(ports);
    const { client } = proxy;
    const load = new StackLoad({
      urls: () => [proxy.url],
      token: TOKEN,
      perSecond: 8,
      servers: 3,
      keep: 10,
      client,
    });
    const running = load.run(22_000);
    await pause(2000);
    for (const url of processes.urls) assert(await plansAsked(url) > 0, `${url} is asked for plans`);
    const first = await processes.decider();
    const stoppedMs = performance.now();
    assertEquals(await processes.stop(first), 0);
    await processes.restart(first);
    await pause(3000);
    assertEquals(await processes.decider(), 1 - first);
    const killedMs = performance.now();
    await processes.kill(1 - first);
    await pause(7000);
    await processes.restart(1 - first);
    await running;
    console.log(`two instances behind nginx: ${summaryOf(load)}`);

    const told = load.samples.filter(({ status }) => ![200, 201, 204].includes(status));
    const atTakeover = told.filter(({ status, retryAfter, atMs, durationMs }) =>
      status === 503 && retryAfter === "1" &&
      [stoppedMs, killedMs].some((fromMs) =>
        atMs + durationMs > fromMs && atMs + durationMs < fromMs + TAKEOVER_MS
      )
    );
    assertEquals(told, atTakeover);
    assertEquals(load.wrong, []);
    const plans = await readCassandraPlans(address);
    assertEquals(load.audit(plans, dataCenter), []);
    for (const { plan: { stackId } } of plans) {
      const reads = await Promise.all(processes.urls.map(async (url) => {
        const answer = await fetch(`${url}/v1/plans/${stackId}`, { headers: { "x-auth-token": TOKEN } });
        return { status: answer.status, text: await answer.text() };
      }));
      assertEquals(reads[0].status, 200);
      assertEquals(reads[0], reads[1]);
    }
  },
});
