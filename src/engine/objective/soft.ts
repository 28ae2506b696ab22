import { NOWHERE } from "../model/site.ts";
import type { SoftRule } from "../search/node.ts";
import type { State } from "../search/state.ts";

/** The weight of a soft rule times the servers, or units of a diversity rule, that break it. */
export function softPrice(rule: SoftRule, state: State): number {
  const counts = [...(rule.type === "affinity" ? serversAt(rule, state) : unitsAt(rule, state)).values()];
  const broken = rule.type === "diversity"
    ? counts.reduce((sum, count) => sum + Math.max(0, count - rule.most), 0)
    : counts.reduce((sum, count) => sum + count, 0) - Math.max(0, ...counts);
  return rule.weight * broken;
}

/** Placed servers under the rule by place. */
function serversAt({ level, units, fixed }: SoftRule, { occupancy, hostOf }: State): Map<number, number> {
  const counts = new Map<number, number>();
  const { ofHost } = occupancy.site.levels[level];
  for (const { host } of fixed) add(counts, placeOf(host, ofHost), 1);
  for (const { index, servers } of new Set(units.flat())) {
    if (hostOf[index] !== NOWHERE) add(counts, placeOf(hostOf[index], ofHost), servers.length);
  }
  return counts;
}

/** Units of which a server is in each place. */
function unitsAt({ level, units, fixed }: SoftRule, { occupancy, hostOf }: State): Map<number, number> {
  const counts = new Map<number, number>();
  const { ofHost } = occupancy.site.levels[level];
  for (const [unit, nodes] of units.entries()) {
    const hosts = [
      ...nodes.map(({ index }) => hostOf[index]).filter((host) => host !== NOWHERE),
      ...fixed.filter((each) => each.unit === unit).map(({ host }) => host),
    ];
    for (const place of new Set(hosts.map((host) => placeOf(host, ofHost)))) add(counts, place, 1);
  }
  return counts;
}

/** The resource of a host, or for one that has none at the level a place that it has to itself. */
function placeOf(host: number, ofHost: Int32Array): number {
  return ofHost[host] === NOWHERE ? -2 - host : ofHost[host];
}

function add(counts: Map<number, number>, place: number, count: number): void {
  counts.set(place, (counts.get(place) ?? 0) + count);
}
