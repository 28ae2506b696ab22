import type { Holding } from "../../domain/holding.ts";
import type { Move, MovePlan, MoveQuestion, StayingServer } from "../../domain/moves.ts";
import { makeRoom } from "./make_room.ts";
import { Rehearsal, type Stage, type Step } from "./rehearsal.ts";
import { heldByHost, strangersOn } from "./residents.ts";
import { Mover, type Pending } from "./rounds.ts";
import { wavesOf } from "./waves.ts";

const ON_ITS_WAY = "it is on its way already";

/** One plan in the making. */
export class Evacuation {
  readonly question: MoveQuestion;
  readonly stage: Stage;
  readonly rehearsal: Rehearsal;
  /** Stacks whose plans are needed to tell more. */
  readonly lacking = new Set<string>();
  readonly rounds: Step[][] = [];
  readonly reasons = new Map<string, string>();

  constructor(question: MoveQuestion, stage: Stage) {
    this.question = question;
    this.stage = stage;
    this.rehearsal = new Rehearsal(stage, question);
  }

  /** Those of `holdings` that can be moved, by stack. */
  pendingOf(holdings: readonly Holding[]): Pending {
    const pending: Pending = new Map();
    const { mostMoves } = this.question;
    let count = 0;
    for (const { serverId, stackId, origin } of holdings) {
      const plan = this.rehearsal.stacks.get(stackId);
      if (origin !== null) this.reasons.set(serverId, ON_ITS_WAY);
      else if (plan === null) this.reasons.set(serverId, "its stack has no plan");
      else if (count === mostMoves) this.reasons.set(serverId, "it is left for a later schedule");
      else {
        count++;
        pending.set(stackId, (pending.get(stackId) ?? new Set()).add(serverId));
        if (plan === undefined) this.lacking.add(stackId);
      }
    }
    return pending;
  }

  /** Moves what is pending off its hosts; whether all of it could be moved. */
  run(pending: Pending, { displacing }: { displacing: boolean }): boolean {
    if (this.lacking.size > 0) return false;
    const { stage, rehearsal, lacking, question: { mostMoves } } = this;
    const mover = new Mover(rehearsal, pending, {
      exhausted: () => stage.budget.isSpent() || lacking.size > 0,
      mostMoves,
      makeRoom: displacing
        ? (stackId, servers) =>
          makeRoom(stackId, servers, { stage, rehearsal, lacking: (each) => lacking.add(each) })
        : null,
    });
    mover.run();
    this.rounds.push(...mover.rounds);
    for (const [serverId, reason] of mover.reasons) this.reasons.set(serverId, reason);
    return pending.size === 0;
  }

  /** The plan that has come about, for hosts that should become empty. */
  plan(hosts: readonly string[], { leastMoves }: { leastMoves: number }): MovePlan {
    const held = heldByHost(this.stage.ledger);
    const staying = hosts.flatMap((host) => this.#stayingOn(host, held.get(host) ?? []));
    const emptied = hosts.filter((host) => !staying.some((each) => each.host === host));
    const waves = this.waves(this.question.perHost);
    const { effort } = this.stage.budget;
    return { waves, staying, emptied, moves: waves.flat().length, leastMoves, effort };
  }

  waves(perHost: number): Move[][] {
    const { site } = this.stage.occupancy;
    return wavesOf(this.rounds, { site, stacks: this.question.stacks, perHost });
  }

  reasonOf(serverId: string): string {
    return this.reasons.get(serverId) ?? "the search ended before it was tried";
  }

  #stayingOn(name: string, held: readonly Holding[]): StayingServer[] {
    const { site } = this.stage.occupancy;
    const host = site.hosts[site.hostNumber(name)!];
    return [
      ...held.map(({ serverId, origin }) => ({
        serverId,
        host: name,
        reason: origin === null ? this.reasonOf(serverId) : ON_ITS_WAY,
      })),
      ...strangersOn(host, [...held, ...this.#leftFrom(name)]),
    ];
  }

  /** Servers that the plan moves off a host are no strangers there. */
  #leftFrom(name: string): Holding[] {
    const { ledger } = this.stage;
    const moves = this.rounds.flat().flatMap((step) => step.moves);
    return moves.filter(({ from }) => from === name).flatMap(({ serverId }) => ledger.get(serverId) ?? []);
  }
}
