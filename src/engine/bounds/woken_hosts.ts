import type { GroupPresence } from "../model/groups.ts";
import { DIMENSIONS, NOWHERE } from "../model/site.ts";
import type { Task } from "../request/task.ts";
import type { DiversityRule, Node } from "../search/node.ts";
import type { State } from "../search/state.ts";

/** Sizes at which demand is compared with room, for each dimension. */
const MOST_THRESHOLDS = 8;

/** Hosts that have to be woken at least, with nothing of the request placed. */
export function wokenHostsBound(task: Task, state: State): number {
  // Zones share no host, so that what each of them needs adds up.
  const byZone = zonesOf(state.nodes).map((zone) =>
    Math.max(
      roomBound(state.nodes.filter(({ zones }) => zones.includes(zone)), state, inZone(state, zone)),
      ...task.rules.map((rule) => separationBound(rule, state, zone)),
    )
  );
  return Math.max(
    roomBound(state.nodes, state),
    byZone.reduce((sum, hosts) => sum + hosts, 0),
    ...presencesOf(state.nodes).map((presence) => exclusiveBound(presence, state)),
    ...task.rules.map((rule) => separationBound(rule, state)),
  );
}

function zonesOf(nodes: readonly Node[]): string[] {
  return [...new Set(nodes.flatMap(({ zones }) => zones))];
}

function presencesOf(nodes: readonly Node[]): GroupPresence[] {
  return [...new Set(nodes.flatMap(({ exclusive }) => exclusive.flatMap((presence) => presence ?? [])))];
}

/** Nodes of an exclusivity group have no room where anybody else is. */
function exclusiveBound(presence: GroupPresence, state: State): number {
  const { level, servers } = presence;
  const { ofHost } = state.occupancy.site.levels[level];
  const all = state.occupancy.servers[level];
  const nodes = state.nodes.filter(({ exclusive }) => exclusive[level] === presence);
  // What is counted for them already lets them be where they seem to be strangers.
  if (nodes.some(({ counted }) => counted.length > 0)) return 0;
  return roomBound(nodes, state, (host) => all[ofHost[host]] === (servers.get(ofHost[host]) ?? 0));
}

function inZone({ occupancy: { site } }: State, zone: string): (host: number) => boolean {
  const number = site.zoneNumber(zone);
  return (host) => number === undefined || site.zones[host] === number;
}

/**
 * What the demand of nodes of some size and more leaves over when the running hosts with room for one of that size
 * are full, in the largest of the other hosts. The best of all dimensions and sizes.
 */
function roomBound(
  nodes: readonly Node[],
  { occupancy: { site, servers, free } }: State,
  isAllowed: (host: number) => boolean = () => true,
): number {
  const hosts = site.everyHost.filter((host) => site.usable[host] === 1 && isAllowed(host));
  const running = hosts.filter((host) => servers[0][host] > 0);
  const sleeping = hosts.filter((host) => servers[0][host] === 0);
  let bound = 0;
  for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
    const rooms = running.map((host) => free[dimension][host]);
    const fresh = Float64Array.from(sleeping, (host) => free[dimension][host]).sort().reverse();
    for (const size of thresholds(nodes.map(({ need }) => need[dimension]))) {
      let rest = 0;
      for (const { need, counted } of nodes) {
        const relief = Math.max(0, ...counted.map((each) => each.relief[dimension]));
        if (need[dimension] >= size) rest += need[dimension] - relief;
      }
      for (const room of rooms) if (room >= size) rest -= room;
      let hosts = 0;
      while (rest > 0 && hosts < fresh.length) rest -= fresh[hosts++];
      bound = Math.max(bound, hosts);
    }
  }
  return bound;
}

/** Some of the different sizes, the smallest and the largest among them. */
function thresholds(sizes: readonly number[]): number[] {
  const different = [...new Set(sizes)].sort((a, b) => a - b).filter((size) => size > 0);
  if (different.length <= MOST_THRESHOLDS) return different;
  const step = (different.length - 1) / (MOST_THRESHOLDS - 1);
  return Array.from({ length: MOST_THRESHOLDS }, (_, index) => different[Math.round(index * step)]);
}

/** A rule, or its part in a zone, needs so many resources, of which only those with a running host for one of its nodes need no waking. */
function separationBound(
  { level, most, units: all, fixed }: DiversityRule,
  state: State,
  zone?: string,
): number {
  const { occupancy: { site, servers, free } } = state;
  const number = zone === undefined ? undefined : site.zoneNumber(zone);
  const units = all.filter((unit) => zone === undefined || unit.some(({ zones }) => zones.includes(zone)));
  const nodes = units.flat();
  if (nodes.length === 0 || nodes.some(({ counted }) => counted.length > 0)) return 0;
  const least = Array.from({ length: DIMENSIONS }, (_, r) => Math.min(...nodes.map(({ need }) => need[r])));
  const { ofHost } = site.levels[level];
  const ready = new Set<number>(fixed.map(({ host }) => ofHost[host]));
  for (let host = 0; host < site.size; host++) {
    if (site.usable[host] === 0 || servers[0][host] === 0 || ofHost[host] === NOWHERE) continue;
    if (number !== undefined && site.zones[host] !== number) continue;
    if (least.every((amount, r) => free[r][host] >= amount)) ready.add(ofHost[host]);
  }
  const waiting = units.filter((unit) => unit.length > 0).length - most * ready.size;
  return Math.max(0, Math.ceil(waiting / most));
}
