import { CRITERIA, type Profile, type Quality } from "../../domain/quality.ts";
import type { Effort } from "../../domain/placement_request.ts";
import type { NodeRefusal, Refusal } from "../../domain/refusal.ts";
import { refuseClass, refuseNode } from "../explain/node_refusal.ts";
import { refusalOf, unfinished } from "../explain/refusal.ts";
import type { Occupancy } from "../model/occupancy.ts";
import { NOWHERE } from "../model/site.ts";
import type { Task } from "../request/task.ts";
import { type Block, blocksOf } from "./blocks.ts";
import { Candidates } from "./candidates.ts";
import { Construction } from "./construct.ts";
import type { Eligibility } from "./eligibility.ts";
import { ExactSearch } from "./exact.ts";
import { FullestFirst } from "./fullest_first.ts";
import type { HostSet } from "./host_set.ts";
import type { AffinityClass, Node } from "./node.ts";
import { Exchange } from "./exchange.ts";
import { Exhaustion } from "./exhaust.ts";
import { Improvement } from "./improve.ts";
import { isOptimal, qualityOf } from "../objective/quality.ts";
import { Objective } from "../objective/objective.ts";
import { boundsOf } from "../bounds/mod.ts";
import { type Ranking, rankingOf } from "./ranking.ts";
import { Preference, scarcity } from "./preference.ts";
import { randomNumbers } from "./prng.ts";
import { hasRoomInSum } from "./room_in_sum.ts";
import { State } from "./state.ts";
import { Usable } from "./usable.ts";

/** Servers × hosts up to which the search is complete. */
const EXACT_LIMIT = 100;
/** Constructions before the search gives up, or turns to the complete one where the request is small. */
const MOST_ATTEMPTS = 400;
const MOST_ATTEMPTS_WHEN_SMALL = 12;

export interface SolveContext {
  readonly occupancy: Occupancy;
  readonly eligibility: Eligibility;
  readonly hosts: HostSet;
  readonly seed: number;
  readonly maxSteps: number;
  readonly profile: Profile;
  /** Candidate hosts that may be examined to better a first answer. */
  readonly improveSteps: number;
  /** True once the emergency clock has run out. */
  readonly timeIsUp: () => boolean;
}

export type Solution =
  | {
    readonly kind: "solved";
    readonly hostOf: Int32Array;
    readonly effort: Effort;
    readonly quality: Quality;
  }
  | { readonly kind: "unsolved"; readonly refusal: Refusal; readonly effort: Effort };

/** Improvement may take so many times the steps of the first answer, at least some, and on a large site a quarter. */
const IMPROVEMENT = 16;
const LEAST_IMPROVEMENT = 20_000;
/** Candidate hosts that the complete search for the best answer to a small request may examine. */
const MOST_EXHAUSTION = 200_000;
const IMPROVEMENT_SEED = 0x5eed;
/** What the constructions try in turn: the levels, host first, of which diversity rules take the emptiest resources. */
const SPREADING: readonly (readonly boolean[])[] = [
  [false, false, false],
  [false, true, true],
  [true, true, true],
  [true, false, false],
];
/** Share of an improvement's steps that go to single moves where bandwidth is what counts most. */
const EXCHANGE_SHARE = 0.9;
const EXCHANGE_SEED = 0xe8c4a6e;

/** Looks for hosts for every node. The occupancy is left as it was found. */
export function solve(task: Task, context: SolveContext): Solution {
  return new Solver(task, context).run();
}

class Solver {
  readonly #task: Task;
  readonly #context: SolveContext;
  readonly #state: State;
  readonly #candidates: Candidates;
  readonly #blocks: readonly Block[];
  #endedBy: Effort["endedBy"] = "answer";
  #deadEnd: { node: NodeRefusal; placed: number } | null = null;

  constructor(task: Task, context: SolveContext) {
    this.#task = task;
    this.#context = context;
    this.#state = new State(context.occupancy, task.nodes);
    this.#candidates = new Candidates(this.#state, context);
    this.#blocks = blocksOf(task.nodes);
  }

  run(): Solution {
    const solved = this.#construct();
    const small = this.#isSmall();
    if (solved || (this.#endedBy === "answer" && small && this.#searchExactly())) return this.#solution();
    const proven = this.#endedBy === "proof";
    if (this.#endedBy === "answer") this.#endedBy = "steps";
    return { kind: "unsolved", refusal: this.#refusal({ proven }), effort: this.#effort() };
  }

  #refusal({ proven }: { proven: boolean }): Refusal {
    if (this.#deadEnd === null) return unfinished(this.#state.steps);
    const { node, placed } = this.#deadEnd;
    return refusalOf(node, { placed, total: this.#task.servers.length, proven });
  }

  #isSmall(): boolean {
    return this.#task.servers.length * this.#context.occupancy.site.size <= EXACT_LIMIT;
  }

  #construct(): boolean {
    const { occupancy, seed } = this.#context;
    const small = this.#isSmall();
    const weights = scarcity(this.#task.nodes, occupancy);
    const order = this.#state.order = new FullestFirst(occupancy, weights);
    const ranking = rankingOf({
      weights,
      candidates: this.#candidates,
      random: randomNumbers(seed),
    });
    for (let attempt = 0; attempt < (small ? MOST_ATTEMPTS_WHEN_SMALL : MOST_ATTEMPTS); attempt++) {
      const failed = this.#attempt(attempt, { ranking, order });
      if (!failed) return true;
      if (attempt === 0 && this.#isHopeless()) return false;
      if (attempt === 0) this.#candidates.leaveOutFull();
      if (this.#exhausted()) return false;
      ranking.blame(failed);
    }
    return false;
  }

  #attempt(attempt: number, { ranking, order }: { ranking: Ranking; order: FullestFirst }) {
    const { profile } = this.#context;
    const spreading = SPREADING[attempt % SPREADING.length];
    const preference = new Preference(this.#state, { profile, order, spreading });
    const construction = new Construction(this.#state, {
      candidates: this.#candidates,
      preference,
      rank: ranking.rank,
      // Most requests are placed at once, without it.
      foresight: attempt > 0,
      exhausted: () => this.#exhausted(),
      onDeadEnd: (node) => this.#deadEnd ??= this.#explain(node),
      onNoRoom: (shared) => this.#deadEnd ??= this.#explain(shared),
    });
    return construction.place(this.#blocks);
  }

  /**
   * Whether some node has no host even when nothing else of the request is placed, some diversity rule has fewer
   * resources than its units need, or all hosts together have too little room: then no search can help.
   */
  #isHopeless(): boolean {
    const { site } = this.#state.occupancy;
    const usable = new Map(this.#task.rules.map((rule) => [rule, new Usable(rule, site)]));
    for (const node of this.#task.nodes) {
      if (this.#exhausted()) return false;
      const hosts = this.#candidates.all(node);
      if (hosts.length === 0) {
        this.#deadEnd = this.#explain(node);
        this.#endedBy = "proof";
        return true;
      }
      for (const { rule } of node.diversity) usable.get(rule)!.add(hosts);
    }
    const tooFew = usable.values().some((each) => each.isTooFew());
    if (!tooFew && hasRoomInSum(this.#state)) return false;
    this.#endedBy = "proof";
    return true;
  }

  #searchExactly(): boolean {
    const exact = new ExactSearch(this.#state, {
      candidates: this.#candidates,
      exhausted: () => this.#exhausted(),
    });
    const found = exact.run();
    if (!found && this.#endedBy === "answer") this.#endedBy = "proof";
    return found;
  }

  #exhausted(): boolean {
    if (this.#state.steps >= this.#context.maxSteps) this.#endedBy = "steps";
    else if (this.#context.timeIsUp()) this.#endedBy = "time";
    return this.#endedBy === "steps" || this.#endedBy === "time";
  }

  /** Why a node, or an affinity class, finds no place as things stand. */
  #explain(failed: Node | AffinityClass) {
    const context = { state: this.#state, hosts: this.#context.hosts, servers: this.#task.servers };
    const refusal = "nodes" in failed ? refuseClass(failed, context) : refuseNode(failed, context);
    const fixed = this.#task.servers.filter((server) => server.fixed).length;
    const nodes = this.#task.nodes.filter(({ index }) => this.#state.hostOf[index] !== NOWHERE);
    return { node: refusal, placed: fixed + nodes.reduce((count, { servers }) => count + servers.length, 0) };
  }

  #solution(): Solution {
    const quality = this.#improve();
    const hostOf = this.#state.hostOf.slice();
    this.#state.undoTo(0);
    return { kind: "solved", hostOf, effort: this.#effort(), quality };
  }

  /** Betters the answer as far as it pays; says how good it is. */
  #improve(): Quality {
    const { profile, improveSteps, seed, occupancy, timeIsUp } = this.#context;
    const objective = new Objective(this.#task, this.#state, profile);
    let measures: readonly number[] = objective.measure();
    const bounds = boundsOf(this.#task, this.#state, { profile, measures });
    const spent = this.#state.steps;
    const most = Math.min(Math.max(improveSteps, spent / 4), IMPROVEMENT * spent);
    const limit = spent + (improveSteps === 0 ? 0 : Math.max(LEAST_IMPROVEMENT, most));
    if (!isOptimal(profile, measures, bounds)) {
      const order = this.#state.order = new FullestFirst(occupancy, scarcity(this.#task.nodes, occupancy));
      if (profile === "bandwidth") this.#exchange(limit, bounds[CRITERIA.bandwidth.indexOf("bandwidth")]);
      measures = new Improvement(this.#state, {
        objective,
        candidates: this.#candidates,
        preference: new Preference(this.#state, { profile, order, spreading: SPREADING[0] }),
        random: randomNumbers(seed ^ IMPROVEMENT_SEED),
        exhausted: () => this.#state.steps >= limit || timeIsUp(),
        isOptimal: (found) => isOptimal(profile, found, bounds),
      }).run();
    }
    if (!this.#isSmall() || isOptimal(profile, measures, bounds)) return qualityOf(profile, measures, bounds);
    const exhausted = () => this.#state.steps >= limit + MOST_EXHAUSTION || timeIsUp();
    const all = new Exhaustion(this.#state, { objective, candidates: this.#candidates, exhausted }).run();
    const quality = qualityOf(profile, all.measures, bounds);
    return all.complete ? { ...quality, gap: 0, optimal: true } : quality;
  }

  /** Lessens the bandwidth alone, by single moves, before what comes after it in the profile is looked at. */
  #exchange(limit: number, bound: number): void {
    new Exchange(this.#state, {
      candidates: this.#candidates,
      random: randomNumbers(this.#context.seed ^ EXCHANGE_SEED),
      steps: (limit - this.#state.steps) * EXCHANGE_SHARE,
      isDone: (bandwidth) => bandwidth <= bound || this.#context.timeIsUp(),
    }).run();
  }

  #effort(): Effort {
    return { steps: this.#state.steps, seed: this.#context.seed, endedBy: this.#endedBy };
  }
}
