import type { Node } from "../search/node.ts";

/** Share of a diagonal entry that a proof gives away for what rounding may hide. */
const ROUNDING = 1e-9;

/**
 * The Laplacian L of the pipes between connected nodes, as it looks when each node has a mass: with masses M on the
 * diagonal, the least λ above 0 with Lx = λMx. A vector is balanced when its entries times the masses sum up to 0.
 */
export class Laplacian {
  readonly size: number;
  readonly #rows: readonly Float64Array[];
  /** The factor of L with its eigenvalue 0, that of the constant vector, moved out of the way. */
  readonly #factor: readonly Float64Array[];

  constructor(nodes: readonly Node[]) {
    this.size = nodes.length;
    this.#rows = rowsOf(nodes);
    const lift = this.#rows.reduce((sum, row, index) => sum + row[index], 0) / this.size ** 2;
    this.#factor = this.#rows.map((row) => row.map((entry) => entry + lift));
    factorise(this.#factor);
  }

  degree(index: number): number {
    return this.#rows[index][index];
  }

  /**
   * Moves a balanced vector towards that of the least λ, by a step of inverse iteration; scales it to x'Mx = 1.
   * Returns x'Lx, which is not below λ.
   */
  smooth(vector: Float64Array, masses: Float64Array): number {
    for (let index = 0; index < this.size; index++) vector[index] *= masses[index];
    const image = vector.slice();
    solve(this.#factor, vector);
    balance(vector, masses);
    let [energy, squares] = [0, 0];
    for (let index = 0; index < this.size; index++) {
      energy += vector[index] * image[index];
      squares += masses[index] * vector[index] ** 2;
    }
    const length = Math.sqrt(squares);
    for (let index = 0; index < this.size; index++) vector[index] /= length;
    return energy / squares;
  }

  /** Whether λ is proven to be at least so much: by a factorisation of L − bound · M. */
  isAtLeast(bound: number, masses: Float64Array): boolean {
    const lift = 2 * bound / sum(masses);
    const matrix = this.#rows.map((row, index) =>
      row.map((entry, column) => entry + lift * masses[index] * masses[column])
    );
    for (let index = 0; index < this.size; index++) {
      matrix[index][index] -= bound * masses[index] + ROUNDING * this.degree(index);
    }
    return factorise(matrix);
  }
}

/** Shifts a vector so that its entries times the masses sum up to 0. */
export function balance(vector: Float64Array, masses: Float64Array): void {
  const mean = vector.reduce((sum, entry, index) => sum + entry * masses[index], 0) / sum(masses);
  for (let index = 0; index < vector.length; index++) vector[index] -= mean;
}

export function sum(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function rowsOf(nodes: readonly Node[]): Float64Array[] {
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

/** Replaces a symmetric matrix by its Cholesky factor in the lower half; false when it is not positive definite. */
function factorise(matrix: readonly Float64Array[]): boolean {
  for (let index = 0; index < matrix.length; index++) {
    const row = matrix[index];
    for (let column = 0; column <= index; column++) {
      const head = matrix[column];
      let rest = row[column];
      for (let k = 0; k < column; k++) rest -= row[k] * head[k];
      if (column < index) row[column] = rest / head[column];
      else if (!(rest > 0)) return false;
      else row[column] = Math.sqrt(rest);
    }
  }
  return true;
}

/** Solves for the right side `vector`, in place, with a Cholesky factor. */
function solve(factor: readonly Float64Array[], vector: Float64Array): void {
  for (let index = 0; index < factor.length; index++) {
    const row = factor[index];
    for (let k = 0; k < index; k++) vector[index] -= row[k] * vector[k];
    vector[index] /= row[index];
  }
  for (let index = factor.length - 1; index >= 0; index--) {
    const row = factor[index];
    vector[index] /= row[index];
    for (let k = 0; k < index; k++) vector[k] -= row[k] * vector[index];
  }
}
