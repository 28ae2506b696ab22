import { assert, assertEquals } from "@std/assert";
import type { CassandraSettings } from "../../src/settings/settings.ts";
import { sharedCassandra } from "../support/cassandra_node.ts";
import { cassandraAddress, populateCassandra } from "../support/cassandra_store.ts";
import { freshId, planBody, server, type WirePlan } from "../support/contract.ts";
import { untilReady } from "../support/readiness.ts";
import { startService, type TestService } from "../support/service.ts";

const { hosts, keyspace, ...address } = cassandraAddress(await sharedCassandra(), "side_by_side");
await populateCassandra({ ...address, hosts, keyspace });

const MUSIC: CassandraSettings = {
  driver: "cassandra",
  hosts,
  port: 9042,
  keyspace,
  replication: 1,
  localDatacenter: null,
  user: null,
  tls: null,
  timeoutMs: 4000,
  retries: 3,
};

/** Services of different processes, but for the process. */
class Services implements AsyncDisposable {
  readonly all: TestService[] = [];

  static async start(count: number): Promise<Services> {
    const services = new Services();
    for (let id = 1; id <= count; id++) {
      const settings = { music: MUSIC, optimizer: { driver: "queue" as const }, engine: { priority: id } };
      services.all.push(await startService({ store: "sqlite", settings }));
    }
    for (const { url } of services.all) await untilReady(url);
    return services;
  }

  /** The same from all of them at once. */
  atOnce(method: string, path: string, bodies: readonly unknown[]) {
    return Promise.all(
      bodies.map((body, index) => this.all[index % this.all.length].call(method, path, { body })),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const service of this.all) await service.stop();
  }
}

Deno.test("Services on one store make one plan of a stack that all are asked for at once", async () => {
  await using services = await Services.start(3);
  const stackId = freshId();
  const bodies = Array.from({ length: 9 }, (_, index) => {
    const servers = Array.from({ length: 1 + index % 3 }, (_, each) => [`${stackId}-${each}`, server()]);
    return planBody({ stack_id: stackId, resources: Object.fromEntries(servers) });
  });
  const answers = await services.atOnce("POST", "/v1/plans", bodies);
  assertEquals(answers.map(({ status }) => status), bodies.map(() => 201));
  const ids = new Set(answers.map((answer) => answer.json<{ plan: WirePlan }>().plan.id));
  assertEquals(ids.size, 1);
  const read = await services.atOnce("GET", `/v1/plans/${stackId}`, [undefined, undefined, undefined]);
  assertEquals(new Set(read.map(({ text }) => text)).size, 1);
  assert(answers.some(({ text }) => text === read[0].text), "What is stored is what somebody was answered");
});

Deno.test("Services on one store lose no member of a group that all change at once", async () => {
  await using services = await Services.start(3);
  const name = freshId();
  const created = await services.atOnce("POST", "/v1/groups", Array(6).fill({ name, type: "exclusivity" }));
  assertEquals(created.map(({ status }) => status).sort(), [201, 400, 400, 400, 400, 400]);
  const members = ["p-admin", "p-blue", "p-green", "p-service"];
  const added = await services.atOnce(
    "PUT",
    `/v1/groups/${name}/members`,
    members.map((each) => ({ members: [each] })),
  );
  assertEquals(added.map(({ status }) => status), members.map(() => 201));
  for (const service of services.all) {
    const { group } = (await service.call("GET", `/v1/groups/${name}`)).json<
      { group: { members: string[] } }
    >();
    assertEquals(group.members.toSorted(), members);
  }
});

Deno.test("Services on one store answer the same questions about their engine, whoever has it", async () => {
  await using services = await Services.start(2);
  const [one, two] = services.all;
  const status = async (service: TestService) => (await service.call("GET", "/v1/status")).text;
  assertEquals(await status(one), await status(two));
  for (const service of services.all) {
    assertEquals((await service.call("HEAD", "/v1/status")).status, 200);
    assertEquals((await service.call("GET", "/v1/resources")).status, 200);
    const body = { resources: { a: server() } };
    assertEquals((await service.call("POST", "/v1/explain", { body })).status, 200);
    assertEquals((await service.call("POST", "/v1/plans", { body: "{" })).status, 400);
    assertEquals((await service.call("PATCH", "/v1/plans")).status, 405);
  }
});
