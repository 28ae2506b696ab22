import type { DataCenter } from "../domain/data_center.ts";
import type { ExplainQuestion, Explanation } from "../domain/explanation.ts";
import type { ConfirmedServer, Holding } from "../domain/holding.ts";
import { pipeEndsOf } from "../domain/pipe_ends.ts";
import type { MoveAnswer, MoveQuestion } from "../domain/moves.ts";
import type { Profile } from "../domain/quality.ts";
import type { BookedServer, Decision, Effort, PlacementRequest } from "../domain/placement_request.ts";
import { explain } from "./explain/explain.ts";
import { type AloneContext, brokenAt, outlooksOf } from "./explain/outlooks.ts";
import { type Booking, Bookings } from "./model/bookings.ts";
import { invalidHoldings } from "./model/invalid_holdings.ts";
import { Ledger } from "./model/ledger.ts";
import { Occupancy } from "./model/occupancy.ts";
import { Budget } from "./moves/budget.ts";
import { planMoves } from "./moves/mod.ts";
import { Site } from "./model/site.ts";
import { compile } from "./request/compile.ts";
import { holdingOf } from "./request/decided_holding.ts";
import { Fault, type Task } from "./request/task.ts";
import { Eligibility } from "./search/eligibility.ts";
import { HostSet } from "./search/host_set.ts";
import { seedOf } from "./search/prng.ts";
import { type Solution, solve } from "./search/solve.ts";

export interface EngineSettings {
  /** Candidate hosts that one request may examine before the search gives up. */
  readonly maxSteps: number;
  readonly profile: Profile;
  /** Candidate hosts that may be examined to better a first answer. */
  readonly improveSteps: number;
  /** Candidate hosts that one plan of moves may examine before it is cut off. */
  readonly moveSteps: number;
  /** Emergency stop of one request on the wall clock, in milliseconds; reported when it ends a search. */
  readonly emergencyMs: number;
  /** Milliseconds of a clock that never goes back; read only for the emergency stop. */
  readonly monotonicMs: () => number;
}

/** Candidate hosts that a request may examine each time it is tried for an explanation. */
const TRIAL_STEPS = 200_000;

/** So often a request may be constructed at least, whatever the steps: large sites examine more hosts. */
const LEAST_CONSTRUCTIONS = 4;

/**
 * The optimizer's model of one site and the search on it: synchronous, and deterministic given the same calls in
 * the same order.
 */
export class Engine {
  readonly #settings: EngineSettings;
  readonly #occupancy: Occupancy;
  readonly #ledger: Ledger;
  readonly #bookings: Bookings;
  readonly #eligibility: Eligibility;
  readonly #hosts: HostSet;

  constructor(dataCenter: DataCenter, settings: EngineSettings) {
    this.#settings = settings;
    this.#occupancy = new Occupancy(new Site(dataCenter));
    this.#ledger = new Ledger(this.#occupancy);
    this.#bookings = new Bookings(this.#ledger);
    this.#eligibility = new Eligibility(this.#occupancy.site);
    this.#hosts = new HostSet(this.#occupancy);
  }

  /** Takes a stored holding into the model, whether or not it fits: what was promised stays promised. */
  hold(holding: Holding): void {
    this.#ledger.add(holding);
  }

  /** Decides a request and books the answer; see `Decision`. */
  place(request: PlacementRequest): Decision {
    this.#ledger.expire(request.nowMs);
    const found = this.#decide(request, { ...this.#settings, timeIsUp: this.#emergency() });
    return found.kind === "refused" ? found : this.#book(request, found.task, found.solution);
  }

  /** Says what `place` would do and why, and books nothing. */
  explain(request: PlacementRequest, question: ExplainQuestion = {}): Explanation {
    this.#ledger.expire(request.nowMs);
    const timeIsUp = this.#emergency();
    const maxSteps = Math.min(TRIAL_STEPS, this.#settings.maxSteps);
    const limits: Limits = { ...this.#settings, maxSteps, improveSteps: 0, timeIsUp };
    return explain(request, {
      timeIsUp,
      solve: (asked) => {
        const found = this.#decide(asked, limits);
        if (found.kind === "refused") return found.refusal;
        const { quality, effort } = found.solution;
        return { ...quality, ...effort };
      },
      outlooks: (asked) =>
        this.#alone(asked, outlooksOf) ?? this.#alone(withoutRules(asked), outlooksOf) ?? [],
      broken: (asked, at) => this.#alone(asked, (task, context) => brokenAt(task, context, at)) ?? [],
    }, question);
  }

  /** Plans moves of what is held, and moves nothing. */
  planMoves(question: MoveQuestion): MoveAnswer {
    this.#ledger.expire(question.nowMs);
    const { maxSteps, moveSteps } = this.#settings;
    const timeIsUp = this.#emergency();
    const most = Math.min(TRIAL_STEPS, maxSteps);
    const budget = new Budget({ steps: moveSteps, timeIsUp });
    return planMoves(question, {
      occupancy: this.#occupancy,
      ledger: this.#ledger,
      place: (request, { better }) => {
        const improveSteps = better ? most : 0;
        const found = this.#decide(request, { ...this.#settings, maxSteps: most, improveSteps, timeIsUp });
        const { steps } = found.kind === "refused" ? found.effort : found.solution.effort;
        // Lists of hosts are read for each attempt anew.
        budget.spend(steps + this.#occupancy.site.size);
        return found.kind === "refused" ? found : this.#book(request, found.task, found.solution);
      },
      settle: (bookingId, outcome) => this.settle(bookingId, outcome),
      budget,
    });
  }

  /** Works on a request of which nothing is placed; null when it can't even be read. */
  #alone<T>(request: PlacementRequest, work: (task: Task, context: AloneContext) => T): T | null {
    const task = compile(request, { occupancy: this.#occupancy, ledger: this.#ledger, settled: false });
    if (task instanceof Fault) return null;
    return this.#lifting(request, task, () => work(task, { occupancy: this.#occupancy, hosts: this.#hosts }));
  }

  /** Tells when the time of what begins now is up. */
  #emergency(): () => boolean {
    const { emergencyMs, monotonicMs } = this.#settings;
    const deadlineMs = monotonicMs() + emergencyMs;
    return () => monotonicMs() > deadlineMs;
  }

  #decide(request: PlacementRequest, limits: Limits): Found {
    const seed = seedOf([request.stackId, ...request.application.servers.map(({ id }) => id)]);
    const refusals: (Found & { kind: "refused" })[] = [];
    // Servers that should stay are first held where they are, and set free only when nothing fits then.
    const hesitant = request.directives.some(({ stay }) => stay === "should");
    for (const settled of hesitant ? [true, false] : [false]) {
      const task = compile(request, { occupancy: this.#occupancy, ledger: this.#ledger, settled });
      if (task instanceof Fault) {
        refusals.push(faulty(task, seed));
        continue;
      }
      const solution = this.#solve(task, { request, seed, limits });
      if (solution.kind === "solved") return { kind: "found", task, solution };
      refusals.push({ kind: "refused", refusal: solution.refusal, effort: solution.effort });
    }
    return refusals.at(-1)!;
  }

  /** Ends a booking; `undone` restores what was held before it. Unknown ids are a bug and throw. */
  settle(bookingId: number, outcome: "kept" | "undone"): void {
    this.#bookings.settle(bookingId, outcome);
  }

  /** Gives back what is held for these servers; unknown ids are ignored. */
  release(serverIds: readonly string[]): void {
    for (const serverId of serverIds) this.#ledger.remove(serverId);
  }

  /** See `Optimizer.confirm`. */
  confirm(servers: readonly ConfirmedServer[]): void {
    for (const { serverId, resourceId, host } of servers) {
      const holding = this.#ledger.get(serverId);
      if (!holding) continue;
      this.#ledger.add({
        ...holding,
        host: host ?? holding.host,
        resourceId: resourceId ?? holding.resourceId,
        origin: null,
        expiresAtMs: null,
      });
    }
  }

  /** Orchestration ids of the servers held in the named group, in ascending order. */
  groupServers(groupName: string): string[] {
    return this.#ledger.all()
      .filter(({ groups }) => groups.some(({ name }) => name === groupName))
      .map(({ serverId }) => serverId);
  }

  /** Held servers that break a rule where they are: orchestration id to reason, in ascending order. */
  invalidPlacements(): Map<string, string> {
    return this.#bookings.withoutShadows(() => invalidHoldings(this.#ledger, this.#occupancy));
  }

  #solve(
    task: Task,
    { request, seed, limits }: { request: PlacementRequest; seed: number; limits: Limits },
  ): Solution {
    const { maxSteps, profile, improveSteps, timeIsUp } = limits;
    return this.#lifting(request, task, () =>
      solve(task, {
        occupancy: this.#occupancy,
        eligibility: this.#eligibility,
        hosts: this.#hosts,
        seed,
        maxSteps: Math.max(maxSteps, LEAST_CONSTRUCTIONS * task.servers.length * this.#occupancy.site.size),
        profile,
        improveSteps,
        timeIsUp,
      }));
  }

  /** Works while the occupancy counts nothing that the answer may hand out again. */
  #lifting<T>(request: PlacementRequest, task: Task, work: () => T): T {
    const lifted = this.#lifted(request, task);
    const wanted = new Set(request.application.servers.map(({ id }) => id));
    const lingering = lifted.filter(({ serverId }) => wanted.has(serverId))
      .flatMap((holding) => this.#ledger.lingering(holding, { keepOrigin: false }) ?? []);
    // A migrating server keeps its old host, but what it says to others is said from one place at a time.
    const speaking = request.keepOrigin
      ? task.servers.flatMap(({ fixed, holding }) => fixed || lifted.includes(holding!) ? [] : holding ?? [])
      : [];
    for (const holding of lifted) this.#ledger.trace(holding, -1);
    for (const holding of lingering) this.#ledger.trace(holding, 1);
    for (const holding of speaking) this.#ledger.tracePipes(holding, -1);
    try {
      return work();
    } finally {
      for (const holding of speaking) this.#ledger.tracePipes(holding, 1);
      for (const holding of lingering) this.#ledger.trace(holding, -1);
      for (const holding of lifted) this.#ledger.trace(holding, 1);
    }
  }

  /** What the stack holds and the answer may hand out again: all but servers that stay and hosts migrated from. */
  #lifted(request: PlacementRequest, task: Task): Holding[] {
    const kept = new Set(
      task.servers.filter(({ fixed, directive }) => fixed || request.keepOrigin && !directive?.gone)
        .map(({ spec }) => spec.id),
    );
    return this.#ledger.ofStack(request.stackId).filter(({ serverId }) => !kept.has(serverId));
  }

  #book(
    request: PlacementRequest,
    task: Task,
    { hostOf, effort, quality }: Solution & { kind: "solved" },
  ): Decision {
    const { hosts } = this.#occupancy.site;
    const hostNames = new Map<number, string>();
    for (const node of task.nodes) {
      for (const position of node.servers) hostNames.set(position, hosts[hostOf[node.index]].name);
    }
    const pipes = pipeEndsOf(request.application);
    const booked: Holding[] = task.servers.map((server) => {
      const host = hostNames.get(server.position) ?? server.holding!.host;
      const hardware = server.holding ? this.#ledger.shapeOf(server.holding) : null;
      const held = holdingOf(server, { host, request, hardware });
      const ends = pipes.get(server.spec.id);
      return ends ? { ...held, pipes: ends } : held;
    });
    const placements = booked.map(({ serverId, host, demand, origin }): BookedServer => ({
      serverId,
      host,
      demand,
      origin,
    }));
    const booking: Booking = { removed: this.#ledger.ofStack(request.stackId), added: booked };
    return { kind: "placed", bookingId: this.#bookings.apply(booking), placements, effort, quality };
  }
}

/** The same servers without rules, which may contradict each other before any host is looked at. */
function withoutRules(request: PlacementRequest): PlacementRequest {
  return { ...request, application: { ...request.application, assignments: [] } };
}

/** What one call may use up, however often it solves. */
type Limits = Pick<EngineSettings, "maxSteps" | "profile" | "improveSteps"> & { timeIsUp: () => boolean };

/** A decision before it is booked. */
type Found =
  | { readonly kind: "found"; readonly task: Task; readonly solution: Solution & { kind: "solved" } }
  | Decision & { kind: "refused" };

function faulty({ message, sentence }: Fault, seed: number): Decision & { kind: "refused" } {
  const effort: Effort = { steps: 0, seed, endedBy: "proof" };
  return { kind: "refused", refusal: { message, sentence, proven: true, nodes: [] }, effort };
}
