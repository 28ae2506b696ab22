import type { Application } from "../../domain/application.ts";
import { LEVELS } from "../../domain/levels.ts";
import type { Move, StepMove } from "../../domain/moves.ts";
import { NOWHERE, type Site } from "../model/site.ts";
import { type Rule, Rules } from "../request/rules.ts";
import type { Step } from "./rehearsal.ts";

export interface WavesOptions {
  readonly site: Site;
  readonly stacks: ReadonlyMap<string, Application | null>;
  /** Moves of one wave that a host may be an end of. */
  readonly perHost: number;
}

/** Lays the steps of each round into waves, each into the first where hosts and its own stack let it. */
export function wavesOf(rounds: readonly (readonly Step[])[], options: WavesOptions): Move[][] {
  return rounds.flatMap((round) => wavesOfRound(round, options));
}

function wavesOfRound(round: readonly Step[], { site, stacks, perHost }: WavesOptions): Move[][] {
  const waves: Wave[] = [];
  const placed = new Map<string, { readonly step: Step; readonly wave: number }[]>();
  const relations = new Map<string, Relations>();
  for (const step of round) {
    const { stackId } = step;
    const related = relations.get(stackId) ?? new Relations(stacks.get(stackId)!, site);
    relations.set(stackId, related);
    const earlier = placed.get(stackId) ?? [];
    const after = earlier.filter((other) => related.depend(other.step, step)).map(({ wave }) => wave + 1);
    let wave = Math.max(0, ...after);
    while (waves[wave] && !waves[wave].hasRoomFor(step, perHost)) wave++;
    while (waves.length <= wave) waves.push(new Wave());
    waves[wave].add(step);
    placed.set(stackId, [...earlier, { step, wave }]);
  }
  return waves.map(({ moves }) => moves);
}

class Wave {
  readonly moves: Move[] = [];
  #steps = 0;
  /** Moves that each host is an end of. */
  readonly #ends = new Map<string, number>();

  hasRoomFor(step: Step, perHost: number): boolean {
    return [...endsOf(step)].every(([host, count]) => {
      const others = this.#ends.get(host) ?? 0;
      return others === 0 || others + count <= perHost;
    });
  }

  add(step: Step): void {
    const number = this.#steps++;
    this.moves.push(...step.moves.map((move) => ({ ...move, step: number })));
    for (const [host, count] of endsOf(step)) this.#ends.set(host, (this.#ends.get(host) ?? 0) + count);
  }
}

/** How many moves of a step each host is an end of; a lost host sends nothing. */
function endsOf({ moves }: Step): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const { from, to, live } of moves) {
    for (const host of live ? [from, to] : [to]) ends.set(host, (ends.get(host) ?? 0) + 1);
  }
  return ends;
}

/**
 * Which steps of a stack may not be under way together: what one does to a diversity rule or a pipe is known to be
 * right only while the other has not begun, or is over.
 */
class Relations {
  readonly #site: Site;
  readonly #rules: readonly { readonly rule: Rule; readonly level: number }[];
  readonly #position: ReadonlyMap<string, number>;
  readonly #pipes: ReadonlySet<string>;

  constructor(application: Application, site: Site) {
    const { servers, pipes = [] } = application;
    this.#site = site;
    this.#position = new Map(servers.map(({ id }, position) => [id, position]));
    this.#pipes = new Set(pipes.flatMap(({ servers: [one, other] }) => [pair(one, other), pair(other, one)]));
    const rules = new Rules(application);
    this.#rules = LEVELS.flatMap((name, level) =>
      rules.of({ type: "diversity", level: name }).map((rule) => ({ rule, level }))
    );
  }

  depend(one: Step, other: Step): boolean {
    return one.moves.some((left) => other.moves.some((right) => this.#clash(left, right)));
  }

  #clash(left: StepMove, right: StepMove): boolean {
    if (this.#pipes.has(pair(left.serverId, right.serverId))) return true;
    return this.#rules.some(({ rule, level }) => {
      const units = [left, right].map(({ serverId }) =>
        rule.units.findIndex((unit) => unit.includes(this.#position.get(serverId)!))
      );
      if (units.includes(-1) || units[0] === units[1]) return false;
      return rule.most > 1 || this.#meet(left, right, level);
    });
  }

  /** Whether the two may be in one resource of a level while both are under way. */
  #meet(left: StepMove, right: StepMove, level: number): boolean {
    const { ofHost } = this.#site.levels[level];
    const placesOf = ({ from, to }: StepMove) =>
      [from, to].map((name) => ofHost[this.#site.hostNumber(name) ?? NOWHERE] ?? NOWHERE);
    const places = placesOf(left);
    return placesOf(right).some((place) => place === NOWHERE || places.includes(place));
  }
}

function pair(one: string, other: string): string {
  return JSON.stringify([one, other]);
}
