import { DIMENSIONS } from "../model/site.ts";
import { componentsOf } from "../search/components.ts";
import type { Node } from "../search/node.ts";

/** Nodes of a component up to which its spectrum is looked at; a factorisation costs their number to the third. */
const MOST_NODES = 300;
const ITERATIONS = 60;
/** Parts of the estimated eigenvalue that are tried as a proven bound of it, the largest first. */
const TRIED = [0.98, 0.9, 0.75, 0.5];

/**
 * Bandwidth of pipes that are cut at least when no resource has room for all nodes that are connected. A part of s of
 * n nodes is cut off by at least λ₂ · s · (n − s) / n, where λ₂ is the second smallest eigenvalue of the Laplacian of
 * the pipes (Fiedler, 1973; for partitions Donath and Hoffman, 1973), and parts are as large as there is room for.
 */
export function cutBound(nodes: readonly Node[], room: readonly number[]): number {
  let cut = 0;
  for (const component of componentsOf(nodes)) {
    const [count, most] = [component.length, mostTogether(component, room)];
    if (count < 3 || count > MOST_NODES || most >= count) continue;
    const full = Math.floor(count / Math.max(1, most));
    const rest = count - full * most;
    const squares = full * most ** 2 + rest ** 2;
    cut += connectivity(component) / 2 * (count - squares / count);
  }
  return Math.floor(cut);
}

/** How many of the nodes can share a resource with so much room. */
function mostTogether(nodes: readonly Node[], room: readonly number[]): number {
  let most = nodes.length;
  for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
    const needs = nodes.map(({ need, counted }) => counted.length > 0 ? 0 : need[dimension]).sort((a, b) =>
      a - b
    );
    let [left, fitting] = [room[dimension], 0];
    while (fitting < needs.length && needs[fitting] <= left) left -= needs[fitting++];
    most = Math.min(most, fitting);
  }
  return most;
}

/** A value that the second smallest eigenvalue of the Laplacian is not below; 0 when none is proven. */
function connectivity(nodes: readonly Node[]): number {
  const laplacian = laplacianOf(nodes);
  const estimate = secondEigenvalue(laplacian);
  return TRIED.map((part) => part * estimate).find((bound) => isAtLeast(laplacian, bound)) ?? 0;
}

function laplacianOf(nodes: readonly Node[]): Float64Array[] {
  const positions = new Map(nodes.map((node, position) => [node, position]));
  const rows = nodes.map(() => new Float64Array(nodes.length));
  for (const [position, { pipes }] of nodes.entries()) {
    for (const { peer, kbps } of pipes) {
      if (peer === null) continue;
      rows[position][position] += kbps;
      rows[position][positions.get(peer)!] -= kbps;
    }
  }
  return rows;
}

/** By power iteration among the vectors that sum up to nothing; never too small, and so no bound by itself. */
function secondEigenvalue(laplacian: readonly Float64Array[]): number {
  const size = laplacian.length;
  const shift = 2 * Math.max(...laplacian.map((row, index) => row[index]));
  // A fixed vector in general position.
  let vector = Float64Array.from({ length: size }, (_, index) => Math.sin(index + 1));
  let value = 0;
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    vector = normalised(vector);
    const image = laplacian.map((row) => row.reduce((sum, entry, index) => sum + entry * vector[index], 0));
    value = image.reduce((sum, entry, index) => sum + entry * vector[index], 0);
    vector = Float64Array.from(vector, (entry, index) => shift * entry - image[index]);
  }
  return value;
}

function normalised(vector: Float64Array): Float64Array<ArrayBuffer> {
  const mean = vector.reduce((sum, entry) => sum + entry, 0) / vector.length;
  const length = Math.sqrt(vector.reduce((sum, entry) => sum + (entry - mean) ** 2, 0)) || 1;
  return Float64Array.from(vector, (entry) => (entry - mean) / length);
}

/** Whether all eigenvalues but the one of the constant vector are at least `bound`: by a Cholesky factorisation. */
function isAtLeast(laplacian: readonly Float64Array[], bound: number): boolean {
  const size = laplacian.length;
  // Moves the eigenvalue 0 of the constant vector out of the way.
  const lift = 2 * bound / size;
  const factor = laplacian.map((row, index) =>
    row.map((entry, column) => entry + lift - (index === column ? bound : 0))
  );
  for (let column = 0; column < size; column++) {
    const head = factor[column];
    for (let k = 0; k < column; k++) head[column] -= head[k] ** 2;
    if (!(head[column] > 0)) return false;
    const pivot = head[column] = Math.sqrt(head[column]);
    for (let index = column + 1; index < size; index++) {
      const row = factor[index];
      let sum = row[column];
      for (let k = 0; k < column; k++) sum -= row[k] * head[k];
      row[column] = sum / pivot;
    }
  }
  return true;
}
