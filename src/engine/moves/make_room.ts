import type { Holding } from "../../domain/holding.ts";
import { addDemand, type Demand, NO_DEMAND } from "../../domain/demand.ts";
import { companionsOf } from "../../domain/memberships.ts";
import { amountsOf, compareText } from "../model/site.ts";
import type { Rehearsal, Stage, Step } from "./rehearsal.ts";

/** So many servers are tried to be moved out of the way of one that has no host. */
const MOST_TRIES = 32;

export interface RoomContext {
  readonly stage: Stage;
  readonly rehearsal: Rehearsal;
  /** Told the stacks without which nothing more can be said. */
  readonly lacking: (stackId: string) => void;
}

/**
 * Moves a server of another stack out of the way, so that `servers`, which share a host, get its place: the rounds of
 * both moves, or none. The smallest server that is large enough is tried first.
 */
export function makeRoom(
  stackId: string,
  servers: ReadonlySet<string>,
  { stage, rehearsal, lacking }: RoomContext,
): Step[][] {
  if (stage.budget.isSpent()) return [];
  const moving = stage.ledger.ofStack(stackId).filter(({ serverId }) => servers.has(serverId));
  const candidates = blockers(stage, rehearsal, moving).slice(0, MOST_TRIES);
  const unknown = candidates.filter((blocker) => rehearsal.stacks.get(blocker.stackId) === undefined);
  for (const blocker of unknown) lacking(blocker.stackId);
  if (unknown.length > 0) return [];
  for (const blocker of candidates) {
    if (stage.budget.isSpent()) return [];
    const made = displace(blocker, { stackId, servers, rehearsal });
    if (made.length > 0) return made;
  }
  return [];
}

/** Servers without which their host would have the room, or would not hold a server of the same group. */
function blockers(stage: Stage, { closed }: Rehearsal, moving: readonly Holding[]): Holding[] {
  const need = moving.map(({ demand }) => demand).reduce(addDemand, NO_DEMAND);
  const closedHosts = new Set([...closed, ...moving.map(({ host }) => host)]);
  const groups = new Set(moving.flatMap((holding) => holding.groups.map(({ groupId }) => groupId)));
  const stackId = moving[0]?.stackId;
  stage.budget.spend(stage.ledger.size);
  return Iterator.from(stage.ledger.each()).filter((holding) => {
    if (holding.stackId === stackId || holding.origin !== null || closedHosts.has(holding.host)) return false;
    const missing = shortfall(stage, holding.host, need);
    if (missing === null) return false;
    if (missing.every((amount) => amount === 0)) {
      return holding.groups.some(({ groupId, type }) => groups.has(groupId) || type === "exclusivity");
    }
    return amountsOf(holding.demand).every((amount, dimension) => amount >= missing[dimension]);
  }).toArray().sort((a, b) => bySize(a.demand, b.demand) || compareText(a.serverId, b.serverId));
}

function bySize(left: Demand, right: Demand): number {
  return left.memoryMib - right.memoryMib || left.milliVcpu - right.milliVcpu;
}

/** What a host lacks for a demand, by dimension; null for one that takes nothing. */
function shortfall({ occupancy }: Stage, name: string, need: Demand): readonly number[] | null {
  const { site, free } = occupancy;
  const host = site.hostNumber(name);
  if (host === undefined || !site.usable[host]) return null;
  return amountsOf(need).map((amount, dimension) => Math.max(0, amount - free[dimension][host]));
}

function displace(
  blocker: Holding,
  { stackId, servers, rehearsal }: { stackId: string; servers: ReadonlySet<string>; rehearsal: Rehearsal },
): Step[][] {
  const plan = rehearsal.stacks.get(blocker.stackId);
  if (!plan) return [];
  const { mark } = rehearsal;
  const bound = new Set(companionsOf(plan, "host")(blocker.serverId));
  const away = rehearsal.attempt({ stackId: blocker.stackId, servers: bound });
  if (!("moves" in away)) return [];
  rehearsal.endRound();
  const targets = new Map([...servers].map((serverId) => [serverId, blocker.host]));
  const step = rehearsal.attempt({ stackId, servers, targets });
  if ("moves" in step) {
    rehearsal.endRound();
    return [[away], [step]];
  }
  rehearsal.returnTo(mark);
  return [];
}
