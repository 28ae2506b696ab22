import type { DataCenter, Host } from "../../domain/data_center.ts";
import type { Demand } from "../../domain/demand.ts";
import type { GroupMembership } from "../../domain/group.ts";
import type { Holding } from "../../domain/holding.ts";
import type { Case } from "./case.ts";
import { flavorOf, wishOf } from "./hardware_wish.ts";
import { ownMemberships } from "./own_memberships.ts";

/** What is held once the placement is in force: the others' holdings and the stack's new ones. */
export function holdingsAfter(judged: Case): Holding[] {
  const memberships = ownMemberships(judged.request.application);
  const { pipes = [] } = judged.request.application;
  const renewed = judged.placements.map(({ serverId, host, demand }): Holding => {
    const before = judged.own.find((holding) => holding.serverId === serverId);
    const flavor = judged.request.application.servers.find(({ id }) => id === serverId)?.flavor;
    const directive = judged.request.directives.find((each) => each.serverId === serverId);
    const standing = directive?.standing;
    const last = before?.host ?? standing?.host ?? host;
    const left = before?.origin ?? standing?.origin ??
      (before && last !== host && judged.request.keepOrigin && !directive?.gone ? last : null);
    const grown = before && (AMOUNTS.some((amount) => demand[amount] > before.demand[amount]) ||
      wantsOtherHardware(judged.dataCenter, [before.flavor, flavor]));
    return {
      serverId,
      stackId: judged.request.stackId,
      resourceId: before?.resourceId ?? standing?.resourceId ?? null,
      host,
      origin: left === host || grown ? null : left,
      demand,
      flavor,
      groups: memberships.get(serverId) ?? [],
      pipes: pipes.flatMap(({ servers: [one, other], kbps }) =>
        one === serverId ? [{ peerId: other, kbps }] : other === serverId ? [{ peerId: one, kbps }] : []
      ),
      expiresAtMs: null,
    };
  });
  return [...judged.others, ...renewed];
}

function wantsOtherHardware(dataCenter: DataCenter, names: readonly [Holding["flavor"], Holding["flavor"]]) {
  const [before, after] = names.map((name) => flavorOf(dataCenter, name));
  return before !== after && [before, after].some((flavor) => wishOf(flavor) !== null);
}

/** A server on a host: one that the inventory reports, one that is held, or both in one. */
export interface Resident {
  readonly serverId: string | null;
  readonly stackId: string | null;
  readonly groups: readonly GroupMembership[];
}

/** Who is on each host, given what is held. */
export function residents(dataCenter: DataCenter, holdings: readonly Holding[]): Map<string, Resident[]> {
  const found = new Map<string, Resident[]>();
  const matched = new Set<string>();
  for (const holding of holdings) {
    const { serverId, stackId, groups } = holding;
    for (const name of [holding.host, holding.origin]) {
      const host = name === null ? undefined : dataCenter.hosts.find((each) => each.name === name);
      if (!host) continue;
      const reported = reportedVm(host, holding);
      if (reported) matched.add(`${host.name} ${reported.uuid}`);
      append(found, host.name, { serverId, stackId, groups });
    }
  }
  for (const host of dataCenter.hosts) {
    const strangers = host.vms.filter(({ uuid }) => !matched.has(`${host.name} ${uuid}`)).length;
    // A host that uses vCPUs without listing a server has an unlisted one.
    const unlisted = host.vms.length === 0 && host.used.milliVcpu > 0 ? 1 : 0;
    for (let count = strangers + unlisted; count > 0; count--) {
      append(found, host.name, { serverId: null, stackId: null, groups: [] });
    }
  }
  return found;
}

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}

/** The inventory's entry for a held server on this host. */
function reportedVm(host: Host, { serverId, resourceId }: Pick<Holding, "serverId" | "resourceId">) {
  return host.vms.find(({ uuid }) => uuid === resourceId) ?? host.vms.find(({ uuid }) => uuid === serverId);
}

const AMOUNTS = ["milliVcpu", "memoryMib", "diskMib"] as const satisfies readonly (keyof Demand)[];

/** Per host what Valet's holdings take beyond what the inventory counts for the same servers. */
export function heldBeyond(dataCenter: DataCenter, holdings: readonly Holding[]): Map<string, Demand> {
  const hosts = new Map(dataCenter.hosts.map((host) => [host.name, host]));
  const taken = new Map<string, Demand>();
  for (const holding of holdings) {
    for (const name of [holding.host, holding.origin]) {
      const host = name === null ? undefined : hosts.get(name);
      if (!host) continue;
      const counted = reportedVm(host, holding)?.demand;
      const before = taken.get(host.name);
      const sum = (amount: keyof Demand) =>
        (before?.[amount] ?? 0) + Math.max(0, holding.demand[amount] - (counted?.[amount] ?? 0));
      taken.set(host.name, {
        milliVcpu: sum("milliVcpu"),
        memoryMib: sum("memoryMib"),
        diskMib: sum("diskMib"),
      });
    }
  }
  return taken;
}

/** The amounts in which a host would have to hand out more than it has. */
export function overbooked(host: Host, held: Demand): (keyof Demand)[] {
  return AMOUNTS.filter((amount) => host.used[amount] + held[amount] > host.capacity[amount]);
}
