import { assert, assertEquals } from "@std/assert";
import { assertError, assignment, createPlan, planBody, server, type WirePlan } from "../support/contract.ts";
import { dataCenterFile } from "../support/data_centers.ts";
import { startService } from "../support/service.ts";

/** Hosts of the test service's site. */
const HOSTS = 12;

function serverGroup(properties: object): object {
  return { type: "OS::Nova::ServerGroup", name: "grp", properties };
}

/** Servers that name a group in their scheduler hints. */
const hinted = (count: number, group: string) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `${group}-${index}`,
      server({ properties: { scheduler_hints: { group } } }),
    ]),
  );

const locations = ({ placements }: WirePlan) => Object.values(placements).map(({ location }) => location);

/** The largest number of servers on one host. */
const mostOnOne = (plan: WirePlan) =>
  Math.max(...Map.groupBy(locations(plan), (host) => host).values().map(({ length }) => length));

Deno.test("a server group keeps the servers together or apart that name it, and none of another name", async () => {
  await using service = await startService();
  const apart = { g1: serverGroup({ policies: ["anti-affinity"] }), ...hinted(HOSTS, "grp") };
  assertEquals(mostOnOne(await createPlan(service, { resources: apart })), 1);
  const together = { g2: serverGroup({ policies: ["affinity"] }), ...hinted(4, "g2") };
  assertEquals(mostOnOne(await createPlan(service, { resources: together })), 4);
  const foreign = { g3: serverGroup({ policies: ["anti-affinity"] }), ...hinted(HOSTS + 1, "of-nova") };
  assertEquals(locations(await createPlan(service, { resources: foreign })).length, HOSTS + 1);
});

Deno.test("a server group refuses more servers than hosts, unless it is soft or allows several on one", async () => {
  await using service = await startService();
  const ask = (properties: object) =>
    service.call("POST", "/v1/plans?dry_run=true", {
      body: planBody({ resources: { g: serverGroup(properties), ...hinted(HOSTS + 1, "grp") } }),
    });
  assertEquals((await ask({ policies: ["anti-affinity"] })).status, 500);
  const soft = await ask({ policies: ["soft-anti-affinity"] });
  assertEquals(mostOnOne(soft.json<{ plan: WirePlan }>().plan), 2);
  const several = await ask({ policy: "anti-affinity", rules: { max_server_per_host: 2 } });
  assert(mostOnOne(several.json<{ plan: WirePlan }>().plan) <= 2);
});

Deno.test("a soft assignment yields where a hard one refuses", async () => {
  await using service = await startService();
  const host = "tst01r01c001";
  const ask = (properties: object) =>
    service.call("POST", "/v1/plans?dry_run=true", {
      body: planBody({
        resources: { a: server(), b: server(), r: assignment("diversity", ["a", "b"], { ...properties }) },
        locations: [host],
      }),
    });
  assertEquals((await ask({})).status, 500);
  const soft = await ask({ soft: true, weight: 5 });
  assertEquals([soft.status, locations(soft.json<{ plan: WirePlan }>().plan)], [201, [host, host]]);
});

Deno.test("a pipe wider than the network of a host keeps its servers on one", async () => {
  const dataCenter = { ...dataCenterFile(), network: { nic_mbps: 1000 } };
  await using service = await startService({ dataCenter });
  const ask = (rules: Record<string, unknown>, min = 1.5) =>
    service.call("POST", "/v1/plans?dry_run=true", {
      body: planBody({
        resources: {
          a: server(),
          b: server(),
          p: {
            type: "ATT::Valet::Pipe",
            properties: { resources: ["a", "b"], bandwidth: { min, max: 9, tolerance: 1, units: "Gbps" } },
          },
          ...rules,
        },
      }),
    });
  const together = await ask({});
  assertEquals([together.status, mostOnOne(together.json<{ plan: WirePlan }>().plan)], [201, 2]);
  const apart = { r: assignment("diversity", ["a", "b"]) };
  assertEquals((await ask(apart)).status, 500);
  assertEquals((await ask(apart, 0.5)).status, 201);
});

Deno.test("malformed rules are refused with the id of their resource", async () => {
  await using service = await startService();
  const cases: readonly (readonly [resource: object, text: string])[] = [
    [
      { type: "ATT::Valet::Pipe", properties: { resources: ["a"] } },
      "properties.bandwidth must be an object",
    ],
    [
      serverGroup({ policies: ["affinity", "anti-affinity"] }),
      "properties.policies must be a list of one of affinity, anti-affinity, soft-affinity, soft-anti-affinity",
    ],
    [
      assignment("affinity", ["a"], { soft: true, weight: 0 }),
      "properties.weight must be an integer from 1 to 100",
    ],
  ];
  for (const [resource, text] of cases) {
    const answer = await service.call("POST", "/v1/plans", {
      body: planBody({ resources: { a: server(), bad: resource } }),
    });
    assertError(answer, 400, `Valet error: resource bad: ${text}`);
  }
});
