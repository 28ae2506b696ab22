import { assert, assertEquals } from "@std/assert";
import { startCassandraCluster } from "../../../scripts/services/cassandra_cluster.ts";
import { cassandraAddress, populateCassandra, readCassandraPlans } from "../../support/cassandra_store.ts";
import { dataCenterFile } from "../../support/data_centers.ts";
import { StackLoad, summaryOf } from "../../support/stack_load.ts";
import { TOKEN, ValetProcesses } from "../../support/valet_processes.ts";

const LOAD_MS = 60_000;
const KILL_AFTER_MS = 10_000;
const DOWN_MS = 20_000;
/** How long after the death of a node, and after its return, there may be errors. */
const TROUBLE_MS = 10_000;

Deno.test("valet serve loses no write when one of three nodes of Cassandra is killed and comes back under load", async () => {
  await using cluster = await startCassandraCluster();
  const address = cassandraAddress(cluster.nodes[0].address, "node_killed");
  await populateCassandra({ ...address, hosts: cluster.addresses }, 3);
  const dataCenter = dataCenterFile({ racks: 4, hostsPerRack: 10 });
  const all = { ...address, hosts: cluster.addresses };
  await using processes = await ValetProcesses.start({ count: 1, address: all, dataCenter, replication: 3 });
  const load = new StackLoad({
    urls: () => processes.urls,
    token: TOKEN,
    perSecond: 10,
    servers: 3,
    keep: 60,
  });

  const fromMs = performance.now();
  const running = load.run(LOAD_MS);
  await until(fromMs + KILL_AFTER_MS);
  await cluster.nodes[1].kill();
  const killedMs = performance.now();
  await until(killedMs + DOWN_MS);
  await cluster.nodes[1].restart();
  const backMs = performance.now();
  await running;
  console.log(
    `one of three nodes killed for ${Math.round((backMs - killedMs) / 1000)} s: ${summaryOf(load)}`,
  );

  const errors = load.samples.filter(({ status }) => ![200, 201, 204].includes(status));
  assertEquals(errors.filter(({ status }) => status !== 503), []);
  const late = errors.filter(({ atMs }) => !isSoonAfter(atMs, killedMs) && !isSoonAfter(atMs, backMs));
  assertEquals(late, [], "There are errors only soon after a node went or came");
  assertEquals(load.wrong, []);
  assertEquals(load.audit(await readCassandraPlans(all), dataCenter), []);
  assert(load.acknowledged > 0);
});

function isSoonAfter(atMs: number, eventMs: number): boolean {
  return atMs >= eventMs && atMs <= eventMs + TROUBLE_MS;
}

async function until(atMs: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, atMs - performance.now())));
}
