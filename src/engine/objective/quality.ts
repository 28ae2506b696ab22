import { CRITERIA, type Profile, type Quality } from "../../domain/quality.ts";

/** Whether every criterion is at its bound; the last one only breaks ties and may be above it. */
export function isOptimal(measures: readonly number[], bounds: readonly number[]): boolean {
  return measures.every((value, index) => value <= bounds[index] || index === measures.length - 1);
}

export function qualityOf(profile: Profile, measures: readonly number[], bounds: readonly number[]): Quality {
  const above = measures.findIndex((value, index) => value > bounds[index]);
  const decisive = above === measures.length - 1 ? -1 : above;
  return {
    profile,
    criteria: CRITERIA[profile].map((criterion, index) => ({
      criterion,
      value: measures[index],
      bound: bounds[index],
    })),
    gap: decisive === -1 ? 0 : (measures[decisive] - bounds[decisive]) / Math.max(bounds[decisive], 1),
    optimal: isOptimal(measures, bounds),
  };
}
