import type { Move, MovePlan } from "../domain/moves.ts";

/** A schedule on the wire. It is full of host names: for an admin's eyes. */
export function presentMoves({ waves, staying, emptied, moves, leastMoves, effort }: MovePlan): object {
  return {
    count: moves,
    least: leastMoves,
    waves: waves.map((wave) => wave.map(presentMove)),
    staying: staying.map(({ serverId, host, reason }) => ({ server: serverId, host, reason })),
    emptied,
    steps: effort.steps,
    ended_by: effort.endedBy,
  };
}

function presentMove({ serverId, resourceId, stackId, from, to, live, memoryMib, step }: Move): object {
  return {
    server: serverId,
    resource_id: resourceId,
    stack_id: stackId,
    from,
    to,
    live,
    memory_mb: memoryMib,
    step,
  };
}
