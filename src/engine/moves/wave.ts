import type { MovePlan, StayingServer, WantedMove } from "../../domain/moves.ts";
import type { Evacuation } from "./evacuation.ts";
import { Mover } from "./rounds.ts";

/** Tries moves that somebody chose, all at once; those that can't be made now stay, with the reason. */
export function playWave(evacuation: Evacuation, moves: readonly WantedMove[]): MovePlan {
  const { stage, rehearsal, reasons } = evacuation;
  const wanted = moves.filter(({ serverId, from, to }) => {
    const holding = stage.ledger.get(serverId);
    if (holding?.host !== from) reasons.set(serverId, `it is not on ${from}`);
    else if (to === from) reasons.set(serverId, `it is on ${to} already`);
    return holding?.host === from && to !== from;
  });
  const pending = evacuation.pendingOf(wanted.map(({ serverId }) => stage.ledger.get(serverId)!));
  rehearsal.lost = new Set(wanted.filter(({ live }) => !live).map(({ serverId }) => serverId));
  if (evacuation.lacking.size === 0) {
    const mover = new Mover(rehearsal, pending, {
      exhausted: () => stage.budget.isSpent(),
      mostMoves: moves.length,
      makeRoom: null,
    });
    const targetOf = new Map(wanted.map(({ serverId, to }) => [serverId, to]));
    evacuation.rounds.push(
      [...pending].flatMap(([stackId, servers]) =>
        mover.follow(stackId, new Map([...servers].map((serverId) => [serverId, targetOf.get(serverId)!])))
      ),
    );
    for (const [serverId, reason] of mover.reasons) reasons.set(serverId, reason);
  }
  const [now = [], ...later] = evacuation.waves(Infinity);
  for (const { serverId } of later.flat()) reasons.set(serverId, "it has to wait for another of its stack");
  const made = new Set(now.map(({ serverId }) => serverId));
  const staying = moves.filter(({ serverId }) => !made.has(serverId))
    .map(({ serverId, from: host }): StayingServer => ({
      serverId,
      host,
      reason: evacuation.reasonOf(serverId),
    }));
  return {
    waves: [now],
    staying,
    emptied: [],
    moves: now.length,
    leastMoves: now.length,
    effort: stage.budget.effort,
  };
}
