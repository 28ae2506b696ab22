import type { MovePlan } from "../../domain/moves.ts";
import type { Holding } from "../../domain/holding.ts";
import type { Evacuation } from "./evacuation.ts";
import { heldByHost, strangersOn } from "./residents.ts";

interface Candidate {
  readonly host: string;
  readonly servers: readonly Holding[];
}

/** Hosts that are looked at beyond those that are wanted. */
const MOST_FURTHER = 16;

/**
 * Empties hosts, those with the fewest servers first; hosts that are empty stay so. Where the first ones can't be
 * emptied together, they are taken one by one, and a host that can't be emptied is passed over.
 */
export function consolidate(evacuation: Evacuation, count: number): MovePlan {
  const { candidates, barred, empty } = survey(evacuation);
  const first = candidates.slice(0, count + MOST_FURTHER);
  const movable = first.filter(({ servers }) => evacuation.pendingOf(servers).size > 0);
  if (evacuation.lacking.size > 0) return evacuation.plan([], { leastMoves: 0 });
  const wanted = movable.slice(0, count);
  const chosen = emptyAll(evacuation, wanted, empty)
    ? wanted
    : oneByOne(evacuation, movable, { count, empty });
  const passed = chosen.length < count ? passedOver(evacuation, { movable, chosen, barred }) : [];
  const leastMoves = candidates.slice(0, chosen.length)
    .reduce((sum, { servers }) => sum + servers.length, 0);
  return evacuation.plan([...chosen, ...passed].map(({ host }) => host), { leastMoves });
}

/** Hosts with few servers that could not be emptied, for the reasons to be told. */
function passedOver(
  evacuation: Evacuation,
  { movable, chosen, barred }: Record<"movable" | "chosen" | "barred", readonly Candidate[]>,
): Candidate[] {
  for (const { serverId } of barred.flatMap(({ servers }) => servers)) {
    evacuation.reasons.set(serverId, "it shares its host with servers that can't be moved");
  }
  const passed = [...movable.filter((candidate) => !chosen.includes(candidate)), ...barred];
  return passed.slice(0, MOST_FURTHER);
}

function survey({ stage }: Evacuation) {
  const { ledger, occupancy: { site } } = stage;
  const held = heldByHost(ledger);
  const candidates: Candidate[] = [];
  /** Hosts of which not everybody can be moved. */
  const barred: Candidate[] = [];
  const empty: string[] = [];
  for (const host of site.hosts) {
    const servers = held.get(host.name) ?? [];
    const candidate: Candidate = { host: host.name, servers };
    const free = strangersOn(host, servers).length === 0 && servers.every(({ origin }) => origin === null);
    if (host.unusable !== null) continue;
    if (servers.length > 0) (free ? candidates : barred).push(candidate);
    else if (free) empty.push(host.name);
  }
  for (const list of [candidates, barred]) list.sort((a, b) => a.servers.length - b.servers.length);
  return { candidates, barred, empty };
}

function emptyAll(evacuation: Evacuation, chosen: readonly Candidate[], empty: readonly string[]): boolean {
  const { rehearsal } = evacuation;
  const { mark } = rehearsal;
  rehearsal.closed = [...empty, ...chosen.map(({ host }) => host)];
  if (evacuation.run(evacuation.pendingOf(chosen.flatMap(({ servers }) => servers)), { displacing: false })) {
    return true;
  }
  rehearsal.returnTo(mark);
  evacuation.rounds.length = 0;
  return false;
}

function oneByOne(
  evacuation: Evacuation,
  candidates: readonly Candidate[],
  { count, empty }: { count: number; empty: readonly string[] },
): Candidate[] {
  const { rehearsal, rounds, stage } = evacuation;
  const chosen: Candidate[] = [];
  for (const candidate of candidates) {
    if (chosen.length === count || stage.budget.isSpent()) break;
    // Whoever came here with an earlier host would have to move twice.
    if (rounds.flat().some(({ moves }) => moves.some(({ to }) => to === candidate.host))) continue;
    const { mark } = rehearsal;
    const before = rounds.length;
    rehearsal.closed = [...empty, ...chosen.map(({ host }) => host), candidate.host];
    if (evacuation.run(evacuation.pendingOf(candidate.servers), { displacing: false })) {
      chosen.push(candidate);
      continue;
    }
    rehearsal.returnTo(mark);
    rounds.length = before;
  }
  return chosen;
}
