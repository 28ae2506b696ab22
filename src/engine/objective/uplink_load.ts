import { NOWHERE } from "../model/site.ts";
import type { State } from "../search/state.ts";

/** The fullest link of a level among those of the resources that the state uses, in thousandths of its limit. */
export function uplinkLoad({ hostOf, occupancy: { links, site } }: State, level: number): number {
  const limit = links.limitOf(level);
  if (limit === Infinity) return 0;
  let least = limit;
  for (const host of hostOf) {
    const resource = host === NOWHERE ? NOWHERE : site.levels[level].ofHost[host];
    if (resource !== NOWHERE) least = Math.min(least, links.free[level][resource]);
  }
  return Math.round((limit - least) / Math.max(1, limit) * 1000);
}
