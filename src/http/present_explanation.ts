import type { Explanation, HostVerdict, Relaxation, ServerOutlook } from "../domain/explanation.ts";
import { presentMisses } from "./errors.ts";

/** An explanation on the wire; free amounts and the hosts that have them are for admins only. */
export function presentExplanation(explanation: Explanation, { admin }: { readonly admin: boolean }): object {
  const { servers, relaxations, host, ...rest } = explanation;
  return {
    ...rest,
    servers: servers.map((outlook) => presentOutlook(outlook, admin)),
    relaxations: relaxations.map(presentRelaxation),
    ...(host ? { host: presentVerdict(host) } : {}),
  };
}

function presentOutlook({ serverId, nearestMisses, ...rest }: ServerOutlook, admin: boolean): object {
  return { server: serverId, ...rest, nearest_misses: presentMisses(nearestMisses, admin) };
}

function presentRelaxation({ cause, change: { kind, ...amount }, sentence }: Relaxation): object {
  return { part: cause, change: kind, ...amount, sentence };
}

function presentVerdict({ serverId, ...rest }: HostVerdict): object {
  return { server: serverId, ...rest };
}
