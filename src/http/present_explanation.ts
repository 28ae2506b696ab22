import type {
  Explanation,
  FoundQuality,
  HostVerdict,
  Relaxation,
  ServerOutlook,
} from "../domain/explanation.ts";
import { presentMisses } from "./errors.ts";

/** An explanation on the wire; free amounts and the hosts that have them are for admins only. */
export function presentExplanation(explanation: Explanation, { admin }: { readonly admin: boolean }): object {
  const { servers, relaxations, host, quality, ...rest } = explanation;
  return {
    ...rest,
    quality: quality && presentQuality(quality),
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

function presentVerdict({ serverId, quality, ...rest }: HostVerdict): object {
  return { server: serverId, ...rest, quality: quality && presentQuality(quality) };
}

function presentQuality({ profile, criteria, gap, optimal, steps, seed, endedBy }: FoundQuality): object {
  const byCriterion = (amount: "value" | "bound") =>
    Object.fromEntries(criteria.map((each) => [each.criterion, each[amount]]));
  return {
    profile,
    objective: byCriterion("value"),
    lower_bound: byCriterion("bound"),
    gap,
    optimal,
    steps,
    seed,
    ended_by: endedBy,
  };
}
