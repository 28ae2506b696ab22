import { companionsOf } from "../../domain/memberships.ts";
import type { Level } from "../../domain/levels.ts";
import { compareText } from "../model/site.ts";
import type { Attempt, Rehearsal, Step } from "./rehearsal.ts";

/** Servers that have to move, by stack. */
export type Pending = Map<string, Set<string>>;

export interface MoverOptions {
  readonly exhausted: () => boolean;
  /** Moves that a plan may have. */
  readonly mostMoves: number;
  /** Makes room for servers that nothing else helps; the rounds of moves that it took. Null: nobody makes room. */
  readonly makeRoom: ((stackId: string, servers: ReadonlySet<string>) => readonly Step[][]) | null;
}

/** So many servers that nothing else helps are tried to be moved in two goes. */
const MOST_STOPS = 4;

/**
 * Moves servers round by round. The steps of a round are compatible in whatever order they run, but for those of the
 * same stack, which may depend on each other in their order; a round relies on the end of the one before it.
 */
export class Mover {
  readonly rounds: Step[][] = [];
  /** Why a server could not be moved, as the last attempt found. */
  readonly reasons = new Map<string, string>();
  readonly #rehearsal: Rehearsal;
  readonly #pending: Pending;
  readonly #options: MoverOptions;

  constructor(rehearsal: Rehearsal, pending: Pending, options: MoverOptions) {
    this.#rehearsal = rehearsal;
    this.#pending = pending;
    this.#options = options;
  }

  /** Moves as many servers as it can. */
  run(): void {
    this.#moveOn();
    const { closed, lost } = this.#rehearsal;
    // A lost host is no place to stop at, and a single one is where they are.
    if (!this.#options.makeRoom || lost.size > 0 || closed.length < 2) return;
    for (const stop of this.#stops()) if (!this.#isOver()) this.#stopOver(stop);
  }

  /** Moves servers until nobody is left who can be moved. */
  #moveOn(): void {
    let progress = { mark: this.#rehearsal.mark, rounds: this.rounds.length };
    while (this.#pending.size > 0 && !this.#isOver()) {
      const waiting = this.#waiting();
      const made = this.#nextRounds();
      if (made.length === 0) break;
      if (this.#waiting() < waiting) progress = { mark: this.#rehearsal.mark, rounds: this.rounds.length };
      else if (this.rounds.length > progress.rounds + 1) break;
    }
    // Whoever made room in vain stays.
    this.#rehearsal.returnTo(progress.mark);
    this.rounds.length = progress.rounds;
  }

  /** Servers that block each other, and of which one may have to step aside. */
  #stops(): { readonly stackId: string; readonly servers: ReadonlySet<string> }[] {
    return [...this.#pending].flatMap(([stackId, servers]) =>
      this.#units(stackId, servers, "host").map((unit) => ({ stackId, servers: unit }))
    ).slice(0, MOST_STOPS);
  }

  /** Lets servers stop on a host that is to become empty; they go on from there, or do not go at all. */
  #stopOver({ stackId, servers }: { stackId: string; servers: ReadonlySet<string> }): void {
    const waits = () => [...servers].some((serverId) => this.#pending.get(stackId)?.has(serverId));
    const [mark, count] = [this.#rehearsal.mark, this.rounds.length];
    const before = [...this.#pending].map(([id, waiting]) => [id, new Set(waiting)] as const);
    const step = waits() ? this.#rehearsal.attempt({ stackId, servers, stopover: true }) : null;
    if (!step || !("moves" in step)) return;
    this.#end([[step]]);
    this.#moveOn();
    if (!waits()) return;
    this.#rehearsal.returnTo(mark);
    this.rounds.length = count;
    for (const [id, waiting] of before) this.#pending.set(id, waiting);
  }

  /** Moves servers of a stack to where they are wanted, as far as that can be done in this round. */
  follow(stackId: string, targets: ReadonlyMap<string, string>): Step[] {
    const steps: Step[] = [];
    const left = new Set(targets.keys());
    // Servers of a wider affinity stay in their rack where they can, and leave it together where they have to.
    for (const level of ["host", "cluster"] as const) {
      for (const servers of this.#units(stackId, left, level)) {
        const step = this.#attempt({ stackId, servers, targets });
        if (!step) continue;
        steps.push(step);
        for (const serverId of servers) left.delete(serverId);
      }
    }
    return steps;
  }

  #isOver(): boolean {
    const moves = this.rounds.flat().reduce((count, step) => count + step.moves.length, 0);
    return moves >= this.#options.mostMoves || this.#options.exhausted();
  }

  #waiting(): number {
    return [...this.#pending.values()].reduce((count, servers) => count + servers.size, 0);
  }

  #nextRounds(): readonly Step[][] {
    const { makeRoom } = this.#options;
    for (const yielding of makeRoom ? ["bound", "all"] as const : ["bound"] as const) {
      const steps = this.#round(yielding);
      if (steps.length > 0) return this.#end([steps]);
    }
    for (const [stackId, servers] of makeRoom ? [...this.#pending] : []) {
      for (const unit of this.#units(stackId, servers, "host")) {
        const made = makeRoom!(stackId, unit);
        if (made.length === 0) continue;
        for (const step of made.flat()) this.#done(step);
        this.rounds.push(...made);
        return made;
      }
    }
    return [];
  }

  #end(made: Step[][]): Step[][] {
    this.rounds.push(...made);
    this.#rehearsal.endRound();
    return made;
  }

  #round(yielding: "bound" | "all"): Step[] {
    const stacks = [...this.#pending].toSorted(([a, one], [b, other]) =>
      other.size - one.size || compareText(a, b)
    );
    return stacks.flatMap(([stackId, servers]) => this.#moveStack(stackId, new Set(servers), yielding));
  }

  #moveStack(stackId: string, servers: ReadonlySet<string>, yielding: "bound" | "all"): Step[] {
    const together = this.#move({ stackId, servers, yielding });
    if (together.length > 0 || servers.size === 1) return together;
    return this.#units(stackId, servers, "host").flatMap((unit) => {
      const waits = [...unit].some((serverId) => this.#pending.get(stackId)?.has(serverId));
      return waits ? this.#move({ stackId, servers: unit, yielding }) : [];
    });
  }

  #move(attempt: Attempt): Step[] {
    const step = this.#attempt(attempt, { sure: false });
    if (!step) return [];
    const { stackId, moves } = step;
    const servers = new Set(moves.map(({ serverId }) => serverId));
    if (this.#units(stackId, servers, "host").length === 1) {
      this.#done(step);
      return [step];
    }
    this.#rehearsal.withdraw();
    return this.follow(stackId, new Map(moves.map(({ serverId, to }) => [serverId, to])));
  }

  #attempt(attempt: Attempt, { sure = true } = {}): Step | null {
    if (this.#options.exhausted()) return null;
    const found = this.#rehearsal.attempt(attempt);
    if ("moves" in found) {
      if (sure) this.#done(found);
      return found;
    }
    const { message, sentence } = found;
    for (const serverId of attempt.servers) this.reasons.set(serverId, sentence || message);
    return null;
  }

  #done({ stackId, moves }: Step): void {
    const servers = this.#pending.get(stackId);
    if (!servers) return;
    for (const { serverId } of moves) servers.delete(serverId);
    if (servers.size === 0) this.#pending.delete(stackId);
  }

  /** The servers by what affinity up to a level binds together. */
  #units(stackId: string, servers: ReadonlySet<string>, level: Level): ReadonlySet<string>[] {
    const companions = companionsOf(this.#rehearsal.stacks.get(stackId)!, level);
    const units = new Map<string, Set<string>>();
    for (const serverId of servers) {
      const unit = new Set(companions(serverId).filter((each) => servers.has(each)));
      const key = [...unit].sort(compareText)[0];
      if (!units.has(key)) units.set(key, unit);
    }
    return [...units.values()];
  }
}
