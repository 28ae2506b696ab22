import type { DataCenter, Host } from "../../domain/data_center.ts";
import type { Holding } from "../../domain/holding.ts";
import type { Case, Violation } from "./case.ts";

/** No link carries more than it can because of this placement. */
export function bandwidth(judged: Case): Violation[] {
  const { dataCenter, holdings, others, request, placements, hosts } = judged;
  const hostOf = new Map(placements.map(({ serverId, host }) => [serverId, hosts.get(host)]));
  const own = (request.application.pipes ?? []).map(({ servers: [one, other], kbps }): Reserved => ({
    kbps,
    ends: [hostOf.get(one), hostOf.get(other)],
  }));
  const before = loads(dataCenter, heldPipes(holdings, hosts));
  const after = loads(dataCenter, [...heldPipes(others, hosts), ...own]);
  return [...after].filter(([link, { kbps, limit }]) => kbps > limit && kbps > (before.get(link)?.kbps ?? 0))
    .map(([link, { kbps, limit }]) => ({
      rule: "bandwidth",
      serverIds: [],
      text: `The link of ${link} carries ${kbps} of ${limit} kbit/s`,
    }));
}

interface Reserved {
  readonly kbps: number;
  /** Undefined for a server that is nowhere. */
  readonly ends: readonly [Host | undefined, Host | undefined];
}

/** Every held pipe whose ends are both held, once. */
function heldPipes(holdings: readonly Holding[], hosts: ReadonlyMap<string, Host>): Reserved[] {
  const hostOf = new Map(holdings.map(({ serverId, host }) => [serverId, hosts.get(host)]));
  return holdings.flatMap(({ serverId, pipes = [] }) =>
    pipes.filter(({ peerId }) => serverId < peerId).map(({ peerId, kbps }): Reserved => ({
      kbps,
      ends: [hostOf.get(serverId), hostOf.get(peerId)],
    }))
  );
}

/** What each link with a limit carries, by its name. */
function loads({ network = {} }: DataCenter, pipes: readonly Reserved[]) {
  const { nicKbps, rackUplinkKbps, clusterUplinkKbps } = network;
  const levels = [
    { limit: nicKbps, nameOf: ({ name }: Host) => `host ${name}` },
    { limit: rackUplinkKbps, nameOf: ({ rack }: Host) => rack === null ? null : `rack ${rack}` },
    {
      limit: clusterUplinkKbps,
      nameOf: ({ cluster }: Host) => cluster === null ? null : `cluster ${cluster}`,
    },
  ];
  const found = new Map<string, { kbps: number; limit: number }>();
  for (const { kbps, ends: [one, other] } of pipes) {
    if (!one || !other || one === other) continue;
    for (const { limit, nameOf } of levels) {
      const names = [nameOf(one), nameOf(other)];
      if (limit === undefined || names[0] === names[1] && names[0] !== null) continue;
      for (const name of names) {
        if (name !== null) found.set(name, { kbps: (found.get(name)?.kbps ?? 0) + kbps, limit });
      }
    }
  }
  return found;
}
