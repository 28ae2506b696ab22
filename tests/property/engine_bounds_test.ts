import { assert } from "@std/assert";
import fc from "fast-check";
import type { Pipe } from "../../src/domain/application.ts";
import type { DataCenter, Flavor } from "../../src/domain/data_center.ts";
import { amounts, engineFor, request, server, site } from "../support/engine_site.ts";
import type { RandomCase } from "../support/random_cases.ts";

const RUNS = Number(Deno.env.get("VALET_PROPERTY_RUNS") ?? 400);
const SEED = 19_731_107;
const SERVERS = 9;
const HOSTS = ["r1h1", "r1h2", "r2h1", "r2h2"];

/** Each scarce in something else. */
const FLAVORS: readonly Flavor[] = [
  ...[[1, 1, 10], [1, 5, 10], [3, 2, 15], [4, 1, 10], [2, 7, 35], [1, 2, 70]].map((
    [vcpus, memory, disk],
    number,
  ) => ({ name: `f${number}`, flavorId: `${number}`, demand: amounts(vcpus, memory, disk), extraSpecs: {} })),
];

/** Hosts of which none has room for all servers, and servers of all sizes that many pipes join. */
const crowdedCase: fc.Arbitrary<RandomCase> = fc.record({
  racks: fc.array(fc.constantFrom("r1", "r2"), { minLength: HOSTS.length, maxLength: HOSTS.length }),
  sizes: fc.array(fc.constantFrom([8, 16, 80], [14, 16, 200], [9, 22, 90], [12, 24, 150]), {
    minLength: HOSTS.length,
    maxLength: HOSTS.length,
  }),
  flavors: fc.array(fc.constantFrom(...FLAVORS), { minLength: 4, maxLength: SERVERS }),
  pipes: fc.array(
    fc.record({ ends: fc.tuple(fc.nat(SERVERS), fc.nat(SERVERS)), kbps: fc.constantFrom(1, 4, 10, 10, 30) }),
    { minLength: 6, maxLength: 30 },
  ),
}).map(({ racks, sizes, flavors, pipes }) => ({
  dataCenter: site({
    flavors: FLAVORS,
    hosts: Object.fromEntries(HOSTS.map((name, index) => {
      const capacity = amounts(...sizes[index] as [number, number, number]);
      return [name, { rack: racks[index], physical: capacity, capacity }];
    })),
  }),
  holdings: [],
  application: {
    servers: flavors.map(({ name }, index) => server(`s${index}`, { flavor: name })),
    assignments: [],
    pipes: pipes.flatMap(({ ends, kbps }, index): Pipe[] => {
      const [one, other] = ends.map((end) => `s${end % flavors.length}`);
      return one === other ? [] : [{ id: `p${index}`, servers: [one, other], kbps }];
    }),
  },
}));

/** The least bandwidth times links of all ways to put the servers on hosts with room for them. */
function leastBandwidth({ dataCenter, application: { servers, pipes = [] } }: RandomCase): number {
  const { hosts } = dataCenter;
  const needs = servers.map(({ flavor }) => rowOf(FLAVORS.find(({ name }) => name === flavor)!.demand));
  const free = hosts.map(({ capacity }) => rowOf(capacity));
  const links = linksBetween(dataCenter);
  const earlier = servers.map((_, index) =>
    pipes.flatMap(({ servers: ends, kbps }) => {
      const [low, high] = ends.map((id) => Number(id.slice(1))).sort((a, b) => a - b);
      return high === index ? [{ peer: low, kbps }] : [];
    })
  );
  const at: number[] = [];
  let least = Infinity;
  const place = (index: number, cost: number) => {
    if (cost >= least) return;
    if (index === servers.length) {
      least = cost;
      return;
    }
    for (const [host, room] of free.entries()) {
      if (needs[index].some((need, dimension) => need > room[dimension])) continue;
      const more = earlier[index].reduce((sum, { peer, kbps }) => sum + kbps * links[at[peer]][host], 0);
      needs[index].forEach((need, dimension) => room[dimension] -= need);
      at[index] = host;
      place(index + 1, cost + more);
      needs[index].forEach((need, dimension) => room[dimension] += need);
    }
  };
  place(0, 0);
  return least;
}

function rowOf({ milliVcpu, memoryMib, diskMib }: Flavor["demand"]): number[] {
  return [milliVcpu, memoryMib, diskMib];
}

/** Two for other hosts, two more for other racks. */
function linksBetween({ hosts }: DataCenter): number[][] {
  return hosts.map((one) => hosts.map((other) => one === other ? 0 : one.rack === other.rack ? 2 : 4));
}

Deno.test("place bounds the bandwidth of servers that no host has room for by no more than the least there is", () => {
  let [answered, near] = [0, 0];
  fc.assert(
    fc.property(crowdedCase, (base) => {
      const { dataCenter, application } = base;
      const decision = engineFor(dataCenter, { profile: "bandwidth" }).place(
        request([], [], { application }),
      );
      if (decision.kind === "refused") return;
      const { bound } = decision.quality.criteria.find(({ criterion }) => criterion === "bandwidth")!;
      const least = leastBandwidth(base);
      assert(bound <= least, `${bound} is above ${least}`);
      if (least > 0) answered++;
      if (bound > 0.6 * least) near++;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  assert(near > 0.45 * answered, `Only ${near} of ${answered} bounds are near`);
});
