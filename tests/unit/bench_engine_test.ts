import { assert, assertEquals } from "@std/assert";
import type { Application } from "../../src/domain/application.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import { checkPlacement } from "../../src/engine/checker/mod.ts";
import { APPLICATIONS, networkFunctions } from "../bench/applications/applications.ts";
import { placeOneByOne } from "../bench/baselines/one_by_one.ts";
import { originalGreedy } from "../bench/baselines/original_greedy.ts";
import { benchSite, SIZES, ZONES } from "../bench/sites/site.ts";
import { engineFor, hostsOf, request, rule, server, site } from "../support/engine_site.ts";
import { MEASURES } from "../support/placement_measures.ts";

const S = (load: number) => benchSite({ size: SIZES.S, load });

function violations(dataCenter: DataCenter, application: Application, hostOf: ReadonlyMap<string, string>) {
  const demands = new Map(dataCenter.flavors.map(({ name, demand }) => [name, demand]));
  const placements = application.servers.map(({ id, flavor }) => ({
    serverId: id,
    host: hostOf.get(id)!,
    demand: demands.get(flavor)!,
  }));
  return checkPlacement({ dataCenter, holdings: [], request: request([], [], { application }), placements });
}

Deno.test("benchSite is as full as it is asked to be, unevenly, and the same each time", () => {
  for (const load of [0, 0.4, 0.85]) {
    const { hosts } = S(load);
    const memory = hosts.reduce(
      (sum, { used, capacity }) => [sum[0] + used.memoryMib, sum[1] + capacity.memoryMib],
      [0, 0],
    );
    assert(Math.abs(memory[0] / memory[1] - load) < 0.01, `${memory[0] / memory[1]}`);
    assertEquals(S(load), { ...S(load), hosts });
  }
  const shares = S(0.4).hosts.map(({ used, capacity }) => used.memoryMib / capacity.memoryMib);
  assert(Math.max(...shares) > 0.8 && Math.min(...shares) < 0.1);
});

Deno.test("benchSite has the hardware, zones and links of the specification", () => {
  const { hosts, network } = benchSite({ size: SIZES.M, load: 0 });
  const share = (vcpus: number) =>
    hosts.filter(({ physical }) => physical.milliVcpu === vcpus * 1000).length / 2400;
  assert(
    [[32, 0.6], [48, 0.3], [64, 0.1]].every(([vcpus, wanted]) => Math.abs(share(vcpus) - wanted) < 0.03),
  );
  assertEquals(new Set(hosts.map(({ rack }) => rack)).size, 150);
  assertEquals(new Set(hosts.map(({ cluster }) => cluster)).size, 6);
  assertEquals(
    ZONES.map((zone) => hosts.filter(({ availabilityZone }) => availabilityZone === zone).length),
    [1200, 1200],
  );
  assertEquals(network, { nicKbps: 25e6, rackUplinkKbps: 100e6, clusterUplinkKbps: 1250e6 });
});

Deno.test("applications have the sizes of the specification, and are the same for the same seed", () => {
  const sizes = Object.values(APPLICATIONS).map((make) => {
    assertEquals(make(3), make(3));
    return make(3).servers.length;
  });
  assertEquals(sizes, [30, 210, 280, 100, 16]);
  assertEquals(APPLICATIONS.A5(1).pipes!.length, 81);
});

Deno.test("place plans every application on a small site, within every rule", () => {
  const dataCenter = S(0.4);
  for (const make of Object.values(APPLICATIONS)) {
    const application = make(1);
    const hosts = hostsOf(
      engineFor(dataCenter, { improveSteps: 50_000 }).place(request([], [], { application })),
    );
    assertEquals(violations(dataCenter, application, new Map(Object.entries(hosts))), []);
  }
});

Deno.test("place gives network functions a rack of their own, within every rule", () => {
  const dataCenter = benchSite({ size: SIZES.S, load: 0.4, idleRacks: 1, cells: true });
  const rackOf = new Map(dataCenter.hosts.map(({ name, rack }) => [name, rack]));
  const application = networkFunctions(1);
  const hosts = hostsOf(engineFor(dataCenter, { improveSteps: 0 }).place(request([], [], { application })));
  assertEquals(violations(dataCenter, application, new Map(Object.entries(hosts))), []);
  assertEquals([...new Set(Object.values(hosts).map((host) => rackOf.get(host)))], ["bch01r0001"]);
});

Deno.test("baselines keep every rule but those of pipes, which they don't know", () => {
  const dataCenter = S(0.4);
  for (const name of ["A1", "A3"] as const) {
    const application = { ...APPLICATIONS[name](1), pipes: [] };
    for (const fit of ["first", "best"] as const) {
      assertEquals(violations(dataCenter, application, placeOneByOne(dataCenter, application, fit)!), []);
    }
    assertEquals(violations(dataCenter, application, originalGreedy(dataCenter, application)!), []);
  }
});

Deno.test("placeOneByOne leaves the least room, or takes the first, and finds nothing where an earlier server is in the way", () => {
  const flat = site({ racks: 1, hostsPerRack: 2, hosts: { r1h2: { used: site().flavors[1].demand } } });
  const one = { servers: [server("a")], assignments: [] };
  assertEquals([...placeOneByOne(flat, one, "best")!], [["a", "r1h2"]]);
  assertEquals([...placeOneByOne(flat, one, "first")!], [["a", "r1h1"]]);
  const apart = {
    servers: [server("a"), server("b", { flavor: "v8" })],
    assignments: [rule("affinity host", ["a", "b"])],
  };
  assertEquals(placeOneByOne(flat, apart, "best"), null);
});

Deno.test("MEASURES count links by what two hosts do not share", () => {
  const dataCenter = { ...site({ racks: 2, hostsPerRack: 2 }) };
  const measure = (a: string, b: string) =>
    MEASURES.bandwidth({
      dataCenter,
      holdings: [],
      application: { servers: [], assignments: [], pipes: [{ id: "p", servers: ["a", "b"], kbps: 5 }] },
      hostOf: new Map([["a", a], ["b", b]]),
    });
  assertEquals([measure("r1h1", "r1h1"), measure("r1h1", "r1h2"), measure("r1h1", "r2h1")], [0, 10, 20]);
});
