import { DIMENSIONS, NOWHERE } from "../model/site.ts";
import type { State } from "../search/state.ts";

/**
 * Per host that the state uses, how far the free share of its fullest resource is from that of its emptiest one, in
 * thousandths: room that nothing can use before the other resource runs out.
 */
export function strandedShares({ hostOf, occupancy: { free, site } }: State): number {
  let sum = 0;
  let last = NOWHERE;
  for (const host of hostOf.toSorted()) {
    if (host === last) continue;
    last = host;
    let [least, most] = [Infinity, 0];
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      const capacity = site.capacity[dimension][host];
      const share = capacity > 0 ? Math.max(0, free[dimension][host]) / capacity : 0;
      least = Math.min(least, share);
      most = Math.max(most, share);
    }
    sum += Math.round((most - least) * 1000);
  }
  return sum;
}
