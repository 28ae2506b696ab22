import type { Application, Assignment } from "../../src/domain/application.ts";
import type { DataCenter, Host } from "../../src/domain/data_center.ts";
import type { Holding } from "../../src/domain/holding.ts";
import type { Criterion } from "../../src/domain/quality.ts";

/** A placement and where it was made, for measures that share nothing with the engine's. */
export interface Placed {
  readonly dataCenter: DataCenter;
  readonly holdings: readonly Holding[];
  readonly application: Application;
  /** Host by server id. */
  readonly hostOf: ReadonlyMap<string, string>;
}

export const MEASURES = {
  soft: softPrice,
  woken_hosts: wokenHosts,
  bandwidth,
  rack_servers: (placed) => most(placed, ({ rack }) => rack),
  host_servers: (placed) => most(placed, ({ name }) => name),
} as const satisfies { readonly [C in Criterion]?: (placed: Placed) => number };

function hosts({ dataCenter }: Placed): Map<string, Host> {
  return new Map(dataCenter.hosts.map((host) => [host.name, host]));
}

/** Hosts that ran nothing, by inventory and holdings, and got a server. */
function wokenHosts({ dataCenter, holdings, hostOf }: Placed): number {
  const used = new Set(hostOf.values());
  const running = new Set(holdings.map(({ host }) => host));
  return dataCenter.hosts.filter(({ name, vms, used: amounts }) =>
    used.has(name) && vms.length === 0 && amounts.milliVcpu === 0 && !running.has(name)
  ).length;
}

/** kbit/s times links: two for the hosts, two more for other racks, two more for other clusters. */
function bandwidth(placed: Placed): number {
  const known = hosts(placed);
  const levels = [
    ({ name }: Host) => name,
    ({ rack }: Host) => rack,
    ({ cluster }: Host) => cluster,
  ].filter((placeOf) => placed.dataCenter.hosts.some((host) => placeOf(host) !== null));
  return (placed.application.pipes ?? []).reduce((sum, { servers, kbps }) => {
    const [one, other] = servers.map((id) => known.get(placed.hostOf.get(id)!)!);
    if (one === other) return sum;
    const apart = levels.filter((placeOf) => placeOf(one) === null || placeOf(one) !== placeOf(other));
    return sum + 2 * apart.length * kbps;
  }, 0);
}

function softPrice(placed: Placed): number {
  return placed.application.assignments.reduce(
    (sum, rule) => rule.softWeight === undefined ? sum : sum + rule.softWeight * broken(placed, rule),
    0,
  );
}

function broken(placed: Placed, { type, level, members, mostPerResource = 1 }: Assignment): number {
  const known = hosts(placed);
  const placeOf = (id: string) => {
    const { name, rack, cluster, room } = known.get(placed.hostOf.get(id)!)!;
    return { host: name, rack, cluster, room }[level] ?? `${name} by itself`;
  };
  const units = [...new Set(members)].map((member) => leaves(placed.application, member));
  const counted = type === "affinity"
    ? [...new Set(units.flat())].map(placeOf)
    : units.flatMap((unit) => [...new Set(unit.map(placeOf))]);
  const counts = [...Map.groupBy(counted, (place) => place).values()].map(({ length }) => length);
  if (type === "affinity") return counted.length - Math.max(0, ...counts);
  return counts.reduce((sum, count) => sum + Math.max(0, count - mostPerResource), 0);
}

function leaves({ servers, assignments }: Application, member: string): string[] {
  const nested = assignments.find(({ id }) => id === member);
  if (nested) return nested.members.flatMap((each) => leaves({ servers, assignments }, each));
  return servers.some(({ id }) => id === member) ? [member] : [];
}

function most(placed: Placed, placeOf: (host: Host) => string | null): number {
  const known = hosts(placed);
  const places = [...placed.hostOf.values()].map((name) => placeOf(known.get(name)!)).filter((place) =>
    place !== null
  );
  return Math.max(0, ...[...Map.groupBy(places, (place) => place).values()].map(({ length }) => length));
}
