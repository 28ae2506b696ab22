/** Disjoint sets of the numbers 0 to `size` − 1, merged step by step. */
export class UnionFind {
  readonly #parents: Int32Array;

  constructor(size: number) {
    this.#parents = Int32Array.from({ length: size }, (_, index) => index);
  }

  /** The smallest number of the set that holds `item`. */
  find(item: number): number {
    const parents = this.#parents;
    while (parents[item] !== item) {
      parents[item] = parents[parents[item]];
      item = parents[item];
    }
    return item;
  }

  merge(left: number, right: number): void {
    const [low, high] = [this.find(left), this.find(right)].sort((a, b) => a - b);
    this.#parents[high] = low;
  }
}
