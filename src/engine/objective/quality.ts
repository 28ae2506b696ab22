import { CRITERIA, type Criterion, type Profile, type Quality } from "../../domain/quality.ts";

/** Of this criterion no bound is known, and nobody waits for its best value: it only decides among equals. */
const TIE_BREAKER: Criterion = "stranded";

/** Whether every criterion is at its bound, the tie breaker aside. */
export function isOptimal(profile: Profile, measures: readonly number[], bounds: readonly number[]): boolean {
  return decisiveGap(profile, measures, bounds) === -1;
}

export function qualityOf(profile: Profile, measures: readonly number[], bounds: readonly number[]): Quality {
  const decisive = decisiveGap(profile, measures, bounds);
  return {
    profile,
    criteria: CRITERIA[profile].map((criterion, index) => ({
      criterion,
      value: measures[index],
      bound: bounds[index],
    })),
    gap: decisive === -1 ? 0 : (measures[decisive] - bounds[decisive]) / Math.max(bounds[decisive], 1),
    optimal: decisive === -1,
  };
}

/** Position of the first criterion that is above its bound, or −1. */
function decisiveGap(profile: Profile, measures: readonly number[], bounds: readonly number[]): number {
  return CRITERIA[profile].findIndex((criterion, index) =>
    measures[index] > bounds[index] && criterion !== TIE_BREAKER
  );
}
