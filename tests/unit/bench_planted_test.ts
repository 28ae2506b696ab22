import { assert, assertEquals } from "@std/assert";
import { checkPlacement } from "../../src/engine/checker/mod.ts";
import { originalGreedy } from "../bench/baselines/original_greedy.ts";
import { type Planted, type PlantedOptions, plantedRequest } from "../bench/planted/family.ts";
import { amounts, engineFor, hostsOf, request, rule, server, site } from "../support/engine_site.ts";

const SMALL = { hosts: 24, racks: 6, rules: "across" } as const;

function family(fill: number, seeds: number, rules: PlantedOptions["rules"] = "across"): Planted[] {
  return Array.from({ length: seeds }, (_, seed) => plantedRequest({ ...SMALL, rules, fill, seed }));
}

/** What the independent checker says of hosts for the servers of a planted request. */
function violations({ dataCenter, application }: Planted, hostOf: ReadonlyMap<string, string>) {
  const demands = new Map(dataCenter.flavors.map(({ name, demand }) => [name, demand]));
  const placements = application.servers.map(({ id, flavor }) => ({
    serverId: id,
    host: hostOf.get(id)!,
    demand: demands.get(flavor)!,
  }));
  const asked = request(application.servers, application.assignments);
  return checkPlacement({ dataCenter, holdings: [], request: asked, placements });
}

Deno.test("plantedRequest asks for what its own solution fulfils", () => {
  for (const fill of [0.6, 1]) {
    for (const planted of [...family(fill, 20), ...family(fill, 20, "within")]) {
      assertEquals(violations(planted, planted.solution), []);
    }
  }
});

Deno.test("plantedRequest fills the site to the share that is asked for", () => {
  for (const fill of [0.6, 0.75, 1]) {
    const vcpus = family(fill, 20).map(({ application }) =>
      application.servers.reduce((sum, { flavor }) => sum + Number(/^c(\d+)/.exec(flavor)![1]), 0)
    );
    const mean = vcpus.reduce((a, b) => a + b) / vcpus.length;
    assert(Math.abs(mean / (24 * 18) - fill) < 0.01, `${mean} vCPUs at ${fill}`);
  }
});

Deno.test("plantedRequest leaves what is not asked for running", () => {
  const planted = plantedRequest({ ...SMALL, fill: 0.9, seed: 1, mostServers: 50 });
  assertEquals(planted.application.servers.length, 50);
  const running = planted.dataCenter.hosts.reduce((sum, { vms }) => sum + vms.length, 0);
  assert(running > 100, `${running} servers run`);
  assertEquals(violations(planted, planted.solution), []);
});

Deno.test("place refuses no planted request, and keeps every rule", () => {
  const hard = [0.6, 0.7, 0.8, 0.9].flatMap((fill) => family(fill, 100));
  for (const planted of [...hard, ...family(0.95, 30, "within")]) {
    const { dataCenter, application: { servers, assignments } } = planted;
    const hosts = hostsOf(engineFor(dataCenter).place(request(servers, assignments)));
    assertEquals(violations(planted, new Map(Object.entries(hosts))), []);
  }
});

Deno.test("originalGreedy refuses about as much of the family as the original did", () => {
  for (const [fill, least, most] of [[0.6, 25, 45], [0.7, 50, 75], [0.8, 85, 100], [0.9, 90, 100]]) {
    const refused = family(fill, 100).filter((planted) =>
      originalGreedy(planted.dataCenter, planted.application) === null
    ).length;
    assert(refused >= least && refused <= most, `${refused} of 100 at ${fill}`);
  }
});

Deno.test("originalGreedy refuses nothing where only capacity counts, and keeps every rule in what it places", () => {
  for (let seed = 0; seed < 20; seed++) {
    const planted = plantedRequest({ ...SMALL, rules: "none", fill: 1, seed });
    assertEquals(violations(planted, originalGreedy(planted.dataCenter, planted.application)!), []);
  }
  for (const planted of family(0.6, 40)) {
    const placed = originalGreedy(planted.dataCenter, planted.application);
    if (placed) assertEquals(violations(planted, placed), []);
  }
});

Deno.test("originalGreedy fails on the two smallest cases known to defeat the original, where place does not", () => {
  const zones = site({
    racks: 2,
    hostsPerRack: 1,
    hosts: { r1h1: { availabilityZone: "z", used: amounts(1, 1, 1) } },
  });
  const apart = {
    servers: [server("big", { flavor: "v4" }), server("small", { zone: "z" })],
    assignments: [rule("diversity rack", ["big", "small"])],
  };
  const sizes = [5, 4, 4, 3, 2, 2];
  const flavors = [2, 3, 4, 5].map((size) => ({
    name: `v${size}`,
    flavorId: `${size}`,
    demand: amounts(size, 1, 1),
    extraSpecs: {},
  }));
  const packed = site({ racks: 1, hostsPerRack: 2, capacity: amounts(10, 100, 100), flavors });
  const parts = {
    servers: sizes.map((size, index) => server(`s${index}`, { flavor: `v${size}` })),
    assignments: [],
  };
  for (const [dataCenter, application] of [[zones, apart], [packed, parts]] as const) {
    assertEquals(originalGreedy(dataCenter, application), null);
    const decision = engineFor(dataCenter).place(request(application.servers, application.assignments));
    assertEquals(decision.kind, "placed");
  }
});

Deno.test("place looks only where there is room once its first try has failed, and fills a large site to the last", () => {
  const planted = plantedRequest({
    ...{ hosts: 2400, racks: 150, fill: 1, rules: "across" as const, seed: 41 },
    mostServers: 280,
  });
  const { servers, assignments } = planted.application;
  const decision = engineFor(planted.dataCenter, { improveSteps: 0 }).place(request(servers, assignments));
  assertEquals(decision.kind, "placed");
  // The first try and the look for a proof take each host for each server; those that follow, a few of them.
  assert(decision.effort.steps < 3 * 280 * 2400, `${decision.effort.steps} steps`);
});
