import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Criterion } from "../../src/domain/quality.ts";
import { engineFor, request } from "../support/engine_site.ts";
import { type RandomCase, randomCase } from "../support/random_cases.ts";
import { type Verdict, verdictsOn } from "./python.ts";

const SEEDS = Number(Deno.env.get("VALET_REFEREE_SEEDS") ?? 1000);
const SEED = 20_150_629;

/** Share of the answers that have to be as good as the best one. */
const LEAST_OPTIMAL = 0.99;

/** What the solver minimises, in this order. */
const COMPARED: readonly Criterion[] = ["soft", "woken_hosts", "bandwidth"];

/** Extra specs that the solver's model knows; a packing of cells and devices is not among them. */
const KNOWN_FLAVORS = /^(?:v\d+|2-ssd|1-avx|1-safe)$/;

function withKnownFlavors({ application, ...rest }: RandomCase): RandomCase {
  const servers = application.servers.map((spec) => ({
    ...spec,
    flavor: KNOWN_FLAVORS.test(spec.flavor) ? spec.flavor : `v${spec.flavor[0]}`,
  }));
  return { ...rest, application: { ...application, servers } };
}

const SIZES = [{ hosts: 4, servers: 5 }, { hosts: 8, servers: 8 }, { hosts: 12, servers: 12 }];

function cases(): RandomCase[] {
  return SIZES.flatMap((size, index) => {
    const numRuns = Math.ceil(SEEDS / SIZES.length);
    return fc.sample(randomCase(size), { numRuns, seed: SEED + index }).map(withKnownFlavors);
  });
}

/** What the engine answers, and for each criterion what it says that no answer is below. */
function answerTo(
  { dataCenter, holdings, application }: RandomCase,
): Verdict & { readonly bounds: readonly number[] } {
  const engine = engineFor(dataCenter);
  for (const holding of holdings) engine.hold(holding);
  const decision = engine.place(request([], [], { application }));
  if (decision.kind === "refused") return { feasible: false, objective: null, bounds: [] };
  const { criteria } = decision.quality;
  const found = COMPARED.map((wanted) => criteria.find(({ criterion }) => criterion === wanted)!);
  const [objective, bounds] = [found.map(({ value }) => value), found.map(({ bound }) => bound)];
  return { feasible: true, objective, bounds };
}

Deno.test("place agrees with an exact solver on what is feasible, on bounds, and on the best answer almost always", async () => {
  const asked = cases();
  const verdicts = await verdictsOn(asked);
  assertEquals(verdicts.length, asked.length);
  let [feasible, best] = [0, 0];
  for (const [index, verdict] of verdicts.entries()) {
    const answer = answerTo(asked[index]);
    assertEquals(answer.feasible, verdict.feasible, JSON.stringify(asked[index]));
    if (!verdict.feasible) continue;
    feasible++;
    assert(
      compare(answer.objective!, verdict.objective!) >= 0,
      `better than the best: ${JSON.stringify(asked[index])}`,
    );
    const broken = COMPARED.filter((_, position) => answer.bounds[position] > verdict.objective![position]);
    assertEquals(broken, [], `bounds above the best answer: ${JSON.stringify(asked[index])}`);
    if (compare(answer.objective!, verdict.objective!) === 0) best++;
  }
  console.log(`${asked.length} cases, ${feasible} feasible, ${best} answered as well as possible`);
  assert(best >= LEAST_OPTIMAL * feasible, `${best} of ${feasible}`);
});

function compare(left: readonly number[], right: readonly number[]): number {
  const index = left.findIndex((value, position) => value !== right[position]);
  return index === -1 ? 0 : left[index] - right[index];
}
