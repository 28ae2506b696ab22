import { assert, assertLessOrEqual } from "@std/assert";
import { mostMass } from "../../src/engine/bounds/most_mass.ts";
import { seededRandom } from "../support/random.ts";

const NODES = 8;

/** Masses and needs in whole multiples of `unit`, and room for some of the nodes. */
function load(seed: number, unit: number) {
  const random = seededRandom(seed);
  const masses = Float64Array.from({ length: NODES }, () => 1 + random());
  const needs = Array.from({ length: NODES }, () => unit * Math.floor(random() * 9));
  const room = Math.floor(needs.reduce((sum, need) => sum + need, 0) * (0.2 + 0.7 * random()));
  return { masses, needs, room };
}

/** Of all sets of whole nodes. */
function mostOfAll({ masses, needs, room }: ReturnType<typeof load>): number {
  let most = 0;
  for (let set = 0; set < 2 ** NODES; set++) {
    const inside = [...masses.keys()].filter((node) => set & 2 ** node);
    const need = inside.reduce((sum, node) => sum + needs[node], 0);
    if (need <= room) most = Math.max(most, inside.reduce((sum, node) => sum + masses[node], 0));
  }
  return most;
}

Deno.test("mostMass finds the heaviest load of whole nodes that fits", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const asked = load(seed, 5);
    const { mass, inside } = mostMass(asked.masses, asked);
    assertLessOrEqual(Math.abs(mass - mostOfAll(asked)), 1e-9);
    assert(inside.every((share) => share === 0 || share === 1));
    assert(asked.needs.reduce((sum, need, node) => sum + inside[node] * need, 0) <= asked.room);
  }
});

Deno.test("mostMass cuts one node where amounts are too fine, and is never below the heaviest load", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const asked = load(seed, 1000);
    asked.needs[0]++;
    const { mass, inside } = mostMass(asked.masses, asked);
    const most = mostOfAll(asked);
    assert(most <= mass + 1e-9 && mass <= most + Math.max(...asked.masses));
    assertLessOrEqual(inside.filter((share) => share > 0 && share < 1).length, 1);
  }
});
