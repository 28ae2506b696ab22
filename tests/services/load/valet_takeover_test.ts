import { assert, assertEquals } from "@std/assert";
import { sharedCassandra } from "../../support/cassandra_node.ts";
import { cassandraAddress, populateCassandra, readCassandraPlans } from "../../support/cassandra_store.ts";
import { dataCenterFile } from "../../support/data_centers.ts";
import { StackLoad, summaryOf } from "../../support/stack_load.ts";
import { TOKEN, ValetProcesses } from "../../support/valet_processes.ts";

const address = cassandraAddress(await sharedCassandra(), "takeover");
await populateCassandra(address);

/** Longest time without a plan that a killed engine may cost, in milliseconds. */
const TAKEOVER_MS = 5000;

Deno.test("valet serve takes over from a process that was killed under load, and loses or doubles no plan", async () => {
  // So small that it is full most of the time: whoever forgets a plan promises its room twice.
  const dataCenter = dataCenterFile({ racks: 3, hostsPerRack: 5, ramMb: 16_384 });
  await using processes = await ValetProcesses.start({ count: 3, address, dataCenter });
  const load = new StackLoad({
    urls: () => processes.urls,
    token: TOKEN,
    perSecond: 15,
    servers: 3,
    keep: 35,
  });
  const running = load.run(20_000);
  await new Promise((resolve) => setTimeout(resolve, 5000));
  const killed = await processes.decider();
  const killedMs = performance.now();
  await processes.kill(killed);
  await new Promise((resolve) => setTimeout(resolve, 9000));
  await processes.restart(killed);
  await running;

  const plannedMs = load.samples
    .filter(({ method, status }) => method === "POST" && status === 201)
    .map(({ atMs, durationMs }) => atMs + durationMs)
    .filter((answeredMs) => answeredMs > killedMs + 100);
  assert(plannedMs.length > 0, "Plans are made again");
  const tookMs = Math.round(Math.min(...plannedMs) - killedMs);
  console.log(`takeover after ${tookMs} ms: ${summaryOf(load)}`);

  // The site has not room for all: POSTs are refused with 500 then.
  const odd = load.samples.filter(({ method, status }) =>
    ![0, 200, 201, 204, 404, 503, ...(method === "POST" ? [500] : [])].includes(status)
  );
  assertEquals(odd, []);
  assertEquals(load.wrong, []);
  assertEquals(load.audit(await readCassandraPlans(address), dataCenter), []);
  assert(tookMs <= TAKEOVER_MS, `Plans were made again after ${tookMs} ms, wanted ${TAKEOVER_MS} at most`);
});
