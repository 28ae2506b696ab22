import type { Application } from "../../src/domain/application.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Holding } from "../../src/domain/holding.ts";
import type { Move } from "../../src/domain/moves.ts";
import type { PlacementRequest } from "../../src/domain/placement_request.ts";
import type { Violation } from "../../src/engine/checker/case.ts";
import { checkModel, checkPlacement } from "../../src/engine/checker/mod.ts";

/** What the moves of one wave are judged in. */
export interface WaveCase {
  readonly dataCenter: DataCenter;
  readonly applications: ReadonlyMap<string, Application>;
  /** What is held before the wave. */
  readonly holdings: readonly Holding[];
  readonly wave: readonly Move[];
}

type Stage = "waits" | "runs" | "over";

const STAGES: readonly Stage[] = ["waits", "runs", "over"];
/** States of one wave that are looked at, unless told otherwise; where there are more, an even choice of them. */
const MOST_STATES = 90;

/** The rules that some state of a wave breaks, by the checker: steps that wait, run or are over in any combination. */
export function violationsOfWave(wave: WaveCase, { mostStates = MOST_STATES } = {}): Violation[] {
  const steps = [...Map.groupBy(wave.wave, ({ step }) => step).values()];
  const states = 3 ** steps.length;
  const stride = Math.max(1, Math.floor(states / mostStates));
  const found: Violation[] = [];
  for (let number = 0; number < states; number += stride) {
    found.push(...violationsOf(wave, stagesOf(steps, number)));
  }
  return [...found, ...violationsOf(wave, stagesOf(steps, (states - 1) / 2))];
}

/** What is held when the wave is over. */
export function afterWave({ holdings, wave }: WaveCase): Holding[] {
  const moveOf = new Map(wave.map((move) => [move.serverId, move]));
  return holdings.map((holding) => heldAt(holding, { move: moveOf.get(holding.serverId), stage: "over" }));
}

function stagesOf(steps: readonly (readonly Move[])[], number: number): Map<string, Stage> {
  return new Map(steps.flatMap((moves, index) => {
    const stage = STAGES[Math.floor(number / 3 ** index) % 3];
    return moves.map(({ serverId }) => [serverId, stage] as const);
  }));
}

function heldAt(holding: Holding, { move, stage }: { move?: Move; stage: Stage }): Holding {
  if (!move || stage === "waits") return holding;
  return { ...holding, host: move.to, origin: stage === "runs" && move.live ? move.from : null };
}

function violationsOf(wave: WaveCase, stages: ReadonlyMap<string, Stage>): Violation[] {
  const { dataCenter, holdings } = wave;
  const moveOf = new Map(wave.wave.map((move) => [move.serverId, move]));
  const state = holdings.map((holding) => {
    const { serverId } = holding;
    return heldAt(holding, { move: moveOf.get(serverId), stage: stages.get(serverId) ?? "waits" });
  });
  const crowded = checkModel({ dataCenter, holdings: state });
  const stackIds = new Set(wave.wave.map(({ stackId }) => stackId));
  return [...crowded, ...[...stackIds].flatMap((stackId) => judgeStack(wave, { stackId, state, stages }))];
}

function judgeStack(
  { dataCenter, applications, holdings, wave }: WaveCase,
  { stackId, state, stages }: {
    stackId: string;
    state: readonly Holding[];
    stages: ReadonlyMap<string, Stage>;
  },
): Violation[] {
  const own = holdings.filter((holding) => holding.stackId === stackId);
  const application = applications.get(stackId)!;
  const held = new Set(own.map(({ serverId }) => serverId));
  const lost = new Set(wave.filter(({ live }) => !live).map(({ serverId }) => serverId));
  const request: PlacementRequest = {
    stackId,
    application: { ...application, servers: application.servers.filter(({ id }) => held.has(id)) },
    directives: own.map(({ serverId, host, demand, resourceId, origin, expiresAtMs }) => ({
      serverId,
      stay: (stages.get(serverId) ?? "waits") === "waits" ? "must" : "free",
      standing: { host, demand, resourceId, origin, expiresAtMs },
      gone: lost.has(serverId),
    })),
    keepOrigin: true,
    holdUntilMs: null,
    nowMs: 0,
  };
  return checkPlacement({
    dataCenter,
    holdings: [...state.filter((holding) => holding.stackId !== stackId), ...own],
    request,
    placements: state.filter((holding) => holding.stackId === stackId),
  });
}
