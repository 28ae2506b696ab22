import type { MoveEffort } from "../../domain/moves.ts";

/** The work that one plan of moves may take, counted in candidate hosts, and the clock that stops it. */
export class Budget {
  readonly #most: number;
  readonly #timeIsUp: () => boolean;
  #steps = 0;
  #endedBy: MoveEffort["endedBy"] = "answer";

  constructor({ steps, timeIsUp }: { readonly steps: number; readonly timeIsUp: () => boolean }) {
    this.#most = steps;
    this.#timeIsUp = timeIsUp;
  }

  spend(steps: number): void {
    this.#steps += steps;
  }

  /** Whether nothing more may be tried. To be asked only while there is something to try: `effort` tells the answer. */
  isSpent(): boolean {
    if (this.#endedBy !== "answer") return true;
    if (this.#steps >= this.#most) this.#endedBy = "steps";
    else if (this.#timeIsUp()) this.#endedBy = "time";
    return this.#endedBy !== "answer";
  }

  get effort(): MoveEffort {
    return { steps: this.#steps, endedBy: this.#endedBy };
  }
}
