import type { DataCenter, Host } from "../../domain/data_center.ts";
import type { Holding } from "../../domain/holding.ts";
import type { Case, Violation } from "./case.ts";
import { cellsGrant, devicesGrant } from "./hardware_room.ts";
import { flavorOf, type Wish, wishOf } from "./hardware_wish.ts";
import { holdingsAfter } from "./world.ts";

/** Hosts that received a server with guest cells can give all their servers the cells that they want. */
export function numaTopology(judged: Case): Violation[] {
  return judge(judged, {
    rule: "numa topology",
    concerns: ({ cells }) => cells.length > 0,
    grants: cellsGrant,
  });
}

/** Hosts that received a server with cells or devices can give all their servers the devices that they want. */
export function pciDevices(judged: Case): Violation[] {
  return judge(judged, { rule: "pci devices", concerns: () => true, grants: devicesGrant });
}

/** Hosts on which more cells or devices are held than there are. */
export function hardwareOverbooked(dataCenter: DataCenter, holdings: readonly Holding[]): Host[] {
  const wishes = wishesByHost(dataCenter, holdings);
  return dataCenter.hosts.filter((host) => {
    const held = wishes.get(host.name) ?? [];
    return held.length > 0 && !(cellsGrant(host, held) && devicesGrant(host, held));
  });
}

interface HardwareRule {
  readonly rule: NonNullable<Wish["absurd"]>;
  readonly concerns: (wish: Wish) => boolean;
  readonly grants: (host: Host, wishes: readonly Wish[]) => boolean;
}

function judge(judged: Case, { rule, concerns, grants }: HardwareRule): Violation[] {
  const asking = judged.servers.filter(({ fixed }) => !fixed).flatMap(({ flavor, spec, host }) => {
    const wish = wishOf(flavor);
    return wish ? [{ wish, host, serverId: spec.id }] : [];
  });
  if (asking.length === 0) return [];
  const absurd = asking.filter(({ wish }) => wish.absurd === rule).map(({ serverId }): Violation => ({
    rule,
    serverIds: [serverId],
    text: `No host can grant what the flavor of server "${serverId}" asks for`,
  }));
  const concerned = asking.filter(({ wish }) => concerns(wish));
  const wishes = wishesByHost(judged.dataCenter, holdingsAfter(judged));
  const crowded = [...new Set(concerned.map(({ host }) => host))]
    .filter((host) => !grants(host, wishes.get(host.name) ?? []));
  return [
    ...absurd,
    ...crowded.map((host): Violation => ({
      rule,
      serverIds: concerned.filter((each) => each.host === host).map(({ serverId }) => serverId),
      text: `Host "${host.name}" has too little for its servers by rule "${rule}"`,
    })),
  ];
}

function wishesByHost(dataCenter: DataCenter, holdings: readonly Holding[]): Map<string, Wish[]> {
  const found = new Map<string, Wish[]>();
  for (const { flavor, host, origin } of holdings) {
    const wish = wishOf(flavorOf(dataCenter, flavor));
    if (!wish) continue;
    for (const name of [host, origin]) {
      if (name !== null) found.set(name, [...found.get(name) ?? [], wish]);
    }
  }
  return found;
}
