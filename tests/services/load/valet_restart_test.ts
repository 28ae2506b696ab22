import { assertEquals } from "@std/assert";
import { sharedCassandra } from "../../support/cassandra_node.ts";
import { cassandraAddress, populateCassandra, readCassandraPlans } from "../../support/cassandra_store.ts";
import { dataCenterFile } from "../../support/data_centers.ts";
import { StackLoad, summaryOf } from "../../support/stack_load.ts";
import { TOKEN, ValetProcesses } from "../../support/valet_processes.ts";

const address = cassandraAddress(await sharedCassandra(), "restart");
await populateCassandra(address);

Deno.test("valet serve of two processes is restarted one after the other without an error", async () => {
  const dataCenter = dataCenterFile({ racks: 4, hostsPerRack: 10 });
  await using processes = await ValetProcesses.start({ count: 2, address, dataCenter });
  const load = new StackLoad({
    urls: () => processes.urls,
    token: TOKEN,
    perSecond: 10,
    servers: 3,
    keep: 10,
  });
  const running = load.run(15_000);
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const first = await processes.decider();
  for (const index of [first, 1 - first]) {
    assertEquals(await processes.stop(index), 0);
    await processes.restart(index);
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  await running;
  console.log(`restart of two processes, one after the other: ${summaryOf(load)}`);
  assertEquals(load.samples.filter(({ status }) => ![200, 201, 204].includes(status)), []);
  assertEquals(load.wrong, []);
  assertEquals(load.audit(await readCassandraPlans(address), dataCenter), []);
});
