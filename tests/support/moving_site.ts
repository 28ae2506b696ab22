import type { Application } from "../../src/domain/application.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { MoveAnswer, MoveGoal, MovePlan } from "../../src/domain/moves.ts";
import type { Engine } from "../../src/engine/mod.ts";
import { engineFor, request, server, site } from "./engine_site.ts";

/** An engine with stacks of which every server is where its name's key says. */
export class MovingSite {
  readonly engine: Engine;
  readonly stacks = new Map<string, Application>();

  constructor(readonly dataCenter: DataCenter = site(), { moveSteps }: { moveSteps?: number } = {}) {
    this.engine = engineFor(dataCenter, { moveSteps });
  }

  stack(stackId: string, hosts: Record<string, string>, changes: Partial<Application> = {}): this {
    const servers = changes.servers ?? Object.keys(hosts).map((id) => server(id));
    const application: Application = { assignments: [], ...changes, servers };
    const directives = Object.entries(hosts).map(([serverId, host]) => ({
      serverId,
      stay: "free" as const,
      allowedHosts: [host],
    }));
    const decision = this.engine.place(request([], [], { stackId, application, directives }));
    if (decision.kind === "refused") throw new Error(JSON.stringify(decision.refusal));
    this.engine.settle(decision.bookingId, "kept");
    this.stacks.set(stackId, application);
    return this;
  }

  ask(
    goal: MoveGoal,
    { perHost = 2, mostMoves = 1000, stacks = this.stacks as Map<string, Application | null> } = {},
  ): MoveAnswer {
    return this.engine.planMoves({ goal, stacks, perHost, mostMoves, nowMs: 0 });
  }

  plan(goal: MoveGoal, options: { perHost?: number; mostMoves?: number } = {}): MovePlan {
    const answer = this.ask(goal, options);
    if (answer.kind !== "planned") throw new Error(JSON.stringify(answer));
    return answer.plan;
  }
}

export const drain = (...hosts: string[]): MoveGoal => ({ kind: "drain", choice: { hosts } });
export const failed = (...hosts: string[]): MoveGoal => ({ kind: "failed", choice: { hosts } });

/** Waves as texts. */
export function told({ waves }: MovePlan): string[] {
  return waves.map((moves) => moves.map(({ serverId, from, to }) => `${serverId} ${from}-${to}`).join(", "));
}
