import { assert, assertEquals } from "@std/assert";
import { balance, Laplacian } from "../../src/engine/bounds/laplacian.ts";
import type { Node, NodePipe } from "../../src/engine/search/node.ts";

const COUNT = 40;

/** Nodes that pipes of 10 kbit/s join in a ring. */
function ring(): Node[] {
  const nodes = Array.from({ length: COUNT }, () => ({ pipes: [] as NodePipe[] } as unknown as Node));
  for (const [index, node] of nodes.entries()) {
    for (const step of [1, COUNT - 1]) {
      node.pipes.push({ peer: nodes[(index + step) % COUNT], host: -1, kbps: 10 });
    }
  }
  return nodes;
}

const SECOND = 10 * (2 - 2 * Math.cos(2 * Math.PI / COUNT));

Deno.test("isAtLeast of a Laplacian proves what its second eigenvalue is, and no more", () => {
  const laplacian = new Laplacian(ring());
  for (const mass of [1, 4]) {
    const masses = new Float64Array(COUNT).fill(mass);
    const proven = [0.5, 0.999, 1.001, 2].map((part) => laplacian.isAtLeast(part * SECOND / mass, masses));
    assertEquals(proven, [true, true, false, false]);
  }
});

Deno.test("smooth of a Laplacian comes down to its second eigenvalue, and not below", () => {
  const laplacian = new Laplacian(ring());
  const masses = new Float64Array(COUNT).fill(1);
  const vector = Float64Array.from(masses, (_, index) => Math.sin(index + 1));
  balance(vector, masses);
  const estimates = Array.from({ length: 12 }, () => laplacian.smooth(vector, masses));
  assert(estimates.every((estimate) => estimate >= SECOND * (1 - 1e-9)));
  assert(estimates.at(-1)! < SECOND * 1.001);
});
