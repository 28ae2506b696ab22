import { Unavailable } from "../ports/failures.ts";

/** Bounds how many answers of the optimizer are waited for at once. */
export class Waits {
  #open = 0;

  /** `limit`: waits at once; beyond it `Unavailable`. */
  constructor(readonly limit: number) {}

  async run<T>(wait: () => Promise<T>): Promise<T> {
    if (this.#open >= this.limit) {
      throw new Unavailable("optimizer", "Too many requests wait for the optimizer");
    }
    this.#open++;
    try {
      return await wait();
    } finally {
      this.#open--;
    }
  }
}
