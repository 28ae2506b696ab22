import { NOWHERE } from "../model/site.ts";
import type { SoftRule } from "../search/node.ts";
import type { State } from "../search/state.ts";

/** The weight of a soft rule times the servers, or units of a diversity rule, that break it. */
export function softPrice(rule: SoftRule, state: State): number {
  const counts = rule.type === "affinity" ? serversAt(rule, state) : unitsAt(rule, state);
  let broken = 0;
  if (rule.type === "diversity") {
    for (const count of counts.values()) broken += Math.max(0, count - rule.most);
  } else {
    const all = [...counts.values()];
    broken = all.reduce((sum, count) => sum + count, 0) - Math.max(0, ...all);
  }
  return rule.weight * broken;
}

/** Placed servers under the rule by resource; those without a resource of the level each by themselves. */
function serversAt({ level, units, fixed }: SoftRule, { occupancy, hostOf }: State): Map<number, number> {
  const counts = new Counts();
  const { ofHost } = occupancy.site.levels[level];
  for (const { host } of fixed) counts.add(ofHost[host], 1);
  for (const node of new Set(units.flat())) {
    if (hostOf[node.index] !== NOWHERE) counts.add(ofHost[hostOf[node.index]], node.servers.length);
  }
  return counts;
}

/** Units of which a server is in each resource. */
function unitsAt({ level, units, fixed }: SoftRule, { occupancy, hostOf }: State): Map<number, number> {
  const counts = new Counts();
  const { ofHost } = occupancy.site.levels[level];
  for (const [unit, nodes] of units.entries()) {
    const places = new Set(
      nodes.flatMap(({ index }) => hostOf[index] === NOWHERE ? [] : [ofHost[hostOf[index]]]),
    );
    for (const { unit: own, host } of fixed) if (own === unit) places.add(ofHost[host]);
    for (const place of places) counts.add(place, 1);
  }
  return counts;
}

class Counts extends Map<number, number> {
  #nowhere = 0;

  add(resource: number, count: number): void {
    const key = resource === NOWHERE ? -2 - this.#nowhere++ : resource;
    this.set(key, (this.get(key) ?? 0) + count);
  }
}
