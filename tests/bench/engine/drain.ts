import type { Application } from "../../../src/domain/application.ts";
import type { DataCenter } from "../../../src/domain/data_center.ts";
import type { Holding } from "../../../src/domain/holding.ts";
import type { MovePlan } from "../../../src/domain/moves.ts";
import { caseOf } from "../../../src/engine/checker/case.ts";
import { holdingsAfter } from "../../../src/engine/checker/world.ts";
import type { Engine } from "../../../src/engine/mod.ts";
import { engineFor, request } from "../../support/engine_site.ts";
import { afterWave, violationsOfWave } from "../../support/move_states.ts";
import { seededRandom } from "../../support/random.ts";
import { type ApplicationName, APPLICATIONS } from "../applications/applications.ts";
import { type Figure, InvalidRun, percentile, shown } from "../load/figures.ts";
import { benchSite } from "../sites/site.ts";

/** Share of the site's memory that the plans use. */
const FILL = 0.5;
/** Stacks that leave while others come, so that the site is unevenly full. */
const LEAVING = 0.3;
/** Their pipes leave the racks' uplinks enough for so many of them. */
const KINDS: readonly ApplicationName[] = ["A3", "A5", "A3", "A1"];
const PER_HOST = 2;
/** Somebody waits for the plan, but its moves will take minutes. */
const MOST_P99_MS = 5000;
/** States of each wave that the checker looks at beside the one in which all moves run. */
const STATES = 3;

/** A site on which everything that runs is held for plans. */
interface Planned {
  readonly dataCenter: DataCenter;
  readonly engine: Engine;
  readonly stacks: ReadonlyMap<string, Application>;
  readonly holdings: readonly Holding[];
}

interface Drained {
  readonly tookMs: number;
  readonly plan: MovePlan;
}

export interface DrainOptions {
  readonly size: { readonly hosts: number; readonly racks: number };
  readonly racks: number;
  /** Whether the checker judges every wave, which takes far longer than the plan itself. */
  readonly judged: boolean;
}

/** A8: racks are drained, one after another, of a site that is half full with plans. Nothing is applied. */
export function measureDrain({ size, racks, judged }: DrainOptions): Figure {
  const site = halfFull(size);
  const random = seededRandom(racks);
  const names = [...new Set(site.dataCenter.hosts.map(({ rack }) => rack!))];
  let invalid = 0;
  const drained = Array.from({ length: racks }, () => {
    const rack = names[Math.floor(random() * names.length)];
    const found = drain(site, rack);
    if (judged) invalid += violations(site, found.plan);
    return found;
  });
  return figure(drained, { hosts: size.hosts, invalid: judged ? invalid : null });
}

function halfFull(size: { readonly hosts: number; readonly racks: number }): Planned {
  const dataCenter = benchSite({ size, load: 0 });
  const engine = engineFor(dataCenter, { improveSteps: 0 });
  const memory = dataCenter.hosts.reduce((sum, { capacity }) => sum + capacity.memoryMib, 0);
  const random = seededRandom(size.hosts);
  const stacks = new Map<string, { application: Application; holdings: readonly Holding[] }>();
  let held = 0;
  for (let number = 0; held < memory * FILL; number++) {
    const stackId = `s${number}`;
    const application = named(APPLICATIONS[KINDS[number % KINDS.length]](number), stackId);
    const holdings = placed(engine, { dataCenter, stackId, application });
    stacks.set(stackId, { application, holdings });
    held += memoryOf(holdings);
    if (random() >= LEAVING) continue;
    const [leaving, left] = [...stacks][Math.floor(random() * stacks.size)];
    engine.release(left.holdings.map(({ serverId }) => serverId));
    stacks.delete(leaving);
    held -= memoryOf(left.holdings);
  }
  return {
    dataCenter,
    engine,
    stacks: new Map([...stacks].map(([stackId, { application }]) => [stackId, application])),
    holdings: [...stacks.values()].flatMap(({ holdings }) => holdings),
  };
}

/** An application with names of servers that no other stack has. */
function named({ servers, assignments, pipes = [] }: Application, stackId: string): Application {
  const rename = (id: string) => `${stackId}-${id}`;
  return {
    servers: servers.map((server) => ({ ...server, id: rename(server.id) })),
    assignments: assignments.map((rule) => ({ ...rule, members: rule.members.map(rename) })),
    pipes: pipes.map((pipe) => ({ ...pipe, servers: [rename(pipe.servers[0]), rename(pipe.servers[1])] })),
  };
}

function placed(
  engine: Engine,
  { dataCenter, stackId, application }: {
    dataCenter: DataCenter;
    stackId: string;
    application: Application;
  },
): readonly Holding[] {
  const asked = request([], [], { stackId, application });
  const decision = engine.place(asked);
  if (decision.kind === "refused") throw new InvalidRun(`A plan was refused: ${decision.refusal.sentence}`);
  engine.settle(decision.bookingId, "kept");
  const { placements } = decision;
  return holdingsAfter(caseOf({ dataCenter, holdings: [], request: asked, placements }));
}

function memoryOf(holdings: readonly Holding[]): number {
  return holdings.reduce((sum, { demand }) => sum + demand.memoryMib, 0);
}

function drain({ engine, stacks }: Planned, rack: string): Drained {
  const startMs = performance.now();
  const answer = engine.planMoves({
    goal: { kind: "drain", choice: { rack } },
    stacks,
    perHost: PER_HOST,
    mostMoves: 1000,
    nowMs: 0,
  });
  const tookMs = performance.now() - startMs;
  if (answer.kind !== "planned") throw new InvalidRun(`Rack "${rack}" could not be looked at`);
  return { tookMs, plan: answer.plan };
}

/** How many violations the checker finds while a plan is carried out. */
function violations({ dataCenter, stacks: applications, holdings: first }: Planned, plan: MovePlan): number {
  let [holdings, found] = [first, 0];
  for (const wave of plan.waves) {
    const step = { dataCenter, applications, holdings, wave };
    found += violationsOfWave(step, { mostStates: STATES }).length;
    holdings = afterWave(step);
  }
  return found;
}

function figure(
  drained: readonly Drained[],
  { hosts, invalid }: { hosts: number; invalid: number | null },
): Figure {
  const durations = drained.map(({ tookMs }) => tookMs);
  const [middle, slow] = [percentile(durations, 0.5), percentile(durations, 0.99)];
  const mean = (of: (plan: MovePlan) => number) =>
    shown(drained.reduce((sum, { plan }) => sum + of(plan), 0) / drained.length, 1);
  const states = invalid === null ? "" : `${invalid} violations, `;
  return {
    what: `engine: A8, draining a rack, ${shown(hosts)} hosts half full with plans`,
    wanted: `${invalid === null ? "" : "every state valid, "}nobody stays, the least moves, p99 ${
      shown(MOST_P99_MS)
    } ms`,
    measured: `${mean(({ moves }) => moves)} moves (at least ${mean(({ leastMoves }) => leastMoves)}) in ${
      mean(({ waves }) => waves.length)
    } waves, ${mean(({ staying }) => staying.length)} stay, ${states}p50 ${shown(middle)} ms, p99 ${
      shown(slow)
    } ms`,
    met: !invalid && slow <= MOST_P99_MS && drained.every(({ plan }) => isBest(plan)),
  };
}

function isBest({ staying, moves, leastMoves }: MovePlan): boolean {
  return staying.length === 0 && moves <= leastMoves;
}
