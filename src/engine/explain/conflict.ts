import type { Cause } from "../../domain/explanation.ts";
import type { PlacementRequest } from "../../domain/placement_request.ts";
import { causesOf, without } from "./causes.ts";

export interface TrialLimits {
  readonly most: number;
  readonly timeIsUp: () => boolean;
}

/** Answers whether a request can be placed, so often and so long and no more. */
export class Trials {
  readonly #placeable: (request: PlacementRequest) => boolean;
  readonly #timeIsUp: () => boolean;
  #left: number;

  constructor(placeable: (request: PlacementRequest) => boolean, { most, timeIsUp }: TrialLimits) {
    this.#placeable = placeable;
    this.#timeIsUp = timeIsUp;
    this.#left = most;
  }

  get exhausted(): boolean {
    return this.#left <= 0 || this.#timeIsUp();
  }

  placeable(request: PlacementRequest): boolean {
    this.#left--;
    return this.#placeable(request);
  }
}

/**
 * Parts of a request that can't be placed together, though without any one of them the rest could: what is left when
 * everything that does not matter is dropped, first in large pieces and then one by one.
 */
export function conflictOf(
  request: PlacementRequest,
  trials: Trials,
): { readonly conflict: readonly Cause[]; readonly minimal: boolean } {
  const every = causesOf(request);
  const without_ = (kept: readonly Cause[]) => {
    const left = new Set(kept);
    return without(request, every.filter((cause) => !left.has(cause)));
  };
  let kept: readonly Cause[] = every;
  for (let piece = Math.ceil(every.length / 2); piece > 0; piece = piece === 1 ? 0 : Math.ceil(piece / 2)) {
    for (let start = 0; start < kept.length;) {
      if (trials.exhausted) return { conflict: kept, minimal: false };
      const fewer = [...kept.slice(0, start), ...kept.slice(start + piece)];
      if (trials.placeable(without_(fewer))) start += piece;
      // A trial that the clock ended tells nothing.
      else if (trials.exhausted) return { conflict: kept, minimal: false };
      else kept = fewer;
    }
  }
  return { conflict: kept, minimal: true };
}
