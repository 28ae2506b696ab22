import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { PlacedServer } from "../../src/domain/placement_request.ts";
import { CRITERIA, type Criterion, PROFILES } from "../../src/domain/quality.ts";
import { everyPlacement } from "../support/brute_force.ts";
import { engineFor, request } from "../support/engine_site.ts";
import { MEASURES } from "../support/placement_measures.ts";
import { pipedCase } from "../support/piped_cases.ts";
import { type RandomCase, randomCase } from "../support/random_cases.ts";

const RUNS = Number(Deno.env.get("VALET_PROPERTY_RUNS") ?? 400);
const SEED = 20_151_029;

/** Criteria that are counted a second time here, in the order of a profile. */
function countedTwice(profile: typeof PROFILES[number]): (keyof typeof MEASURES)[] {
  return CRITERIA[profile].filter((criterion): criterion is keyof typeof MEASURES => criterion in MEASURES);
}

function measure({ dataCenter, holdings, application }: RandomCase, placements: readonly PlacedServer[]) {
  const hostOf = new Map(placements.map(({ serverId, host }) => [serverId, host]));
  return (criterion: Criterion) =>
    MEASURES[criterion as keyof typeof MEASURES]({ dataCenter, holdings, application, hostOf });
}

function decide({ dataCenter, holdings, application }: RandomCase, profile: typeof PROFILES[number]) {
  const engine = engineFor(dataCenter, { profile });
  for (const holding of holdings) engine.hold(holding);
  return engine.place(request([], [], { application }));
}

Deno.test("place says of its answer what an independent count says", () => {
  fc.assert(
    fc.property(randomCase({ hosts: 8, servers: 8 }), fc.constantFrom(...PROFILES), (base, profile) => {
      const decision = decide(base, profile);
      if (decision.kind === "refused") return;
      const counted = measure(base, decision.placements);
      for (const criterion of countedTwice(profile)) {
        const said = decision.quality.criteria.find((each) => each.criterion === criterion)!;
        assertEquals(said.value, counted(criterion), criterion);
        assert(said.bound <= said.value, criterion);
      }
    }),
    { numRuns: 4 * RUNS, seed: SEED },
  );
});

Deno.test("place gives small requests the best answer there is, and bounds that none is below", () => {
  let [answered, best] = [0, 0];
  fc.assert(
    fc.property(randomCase({ hosts: 4, servers: 4 }), fc.constantFrom(...PROFILES), (base, profile) => {
      const decision = decide(base, profile);
      if (decision.kind === "refused") return;
      const { dataCenter, holdings, application } = base;
      const criteria = countedTwice(profile);
      const every = [...everyPlacement({ dataCenter, holdings, request: request([], [], { application }) })]
        .map((placements) => criteria.map(measure(base, placements)));
      for (const [index, criterion] of criteria.entries()) {
        const { bound } = decision.quality.criteria.find((each) => each.criterion === criterion)!;
        assert(every.every((values) => values[index] >= bound), `${criterion} has the bound ${bound}`);
      }
      const optimum = every.toSorted(compare)[0];
      answered++;
      if (compare(criteria.map(measure(base, decision.placements)), optimum) === 0) best++;
    }),
    { numRuns: RUNS, seed: SEED },
  );
  assertEquals(best, answered);
});

Deno.test("place bounds the bandwidth of servers with many pipes by no more than the least there is", () => {
  let tight = 0;
  fc.assert(
    fc.property(pipedCase({ servers: 5 }), (base) => {
      const decision = decide(base, "bandwidth");
      if (decision.kind === "refused") return;
      const { dataCenter, holdings, application } = base;
      const { bound } = decision.quality.criteria.find(({ criterion }) => criterion === "bandwidth")!;
      const every = everyPlacement({ dataCenter, holdings, request: request([], [], { application }) });
      const least = Math.min(...Iterator.from(every).map((each) => measure(base, each)("bandwidth")));
      assert(bound <= least, `${bound} is above ${least}`);
      if (bound > 0 && bound === least) tight++;
    }),
    { numRuns: RUNS / 2, seed: SEED },
  );
  assert(tight > RUNS / 40, `Only ${tight} bounds are reached`);
});

function compare(left: readonly number[], right: readonly number[]): number {
  const index = left.findIndex((value, position) => value !== right[position]);
  return index === -1 ? 0 : left[index] - right[index];
}
