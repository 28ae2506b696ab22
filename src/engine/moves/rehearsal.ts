import type { Application } from "../../domain/application.ts";
import type { Holding } from "../../domain/holding.ts";
import { companionsOf } from "../../domain/memberships.ts";
import type { MoveQuestion, StepMove } from "../../domain/moves.ts";
import type { Decision, PlacementRequest, ServerDirective } from "../../domain/placement_request.ts";
import type { Refusal } from "../../domain/refusal.ts";
import type { Budget } from "./budget.ts";
import type { Ledger } from "../model/ledger.ts";
import type { Occupancy } from "../model/occupancy.ts";

/** The engine as far as a plan of moves needs it. */
export interface Stage {
  readonly occupancy: Occupancy;
  readonly ledger: Ledger;
  /** Decides and books; `better` says whether a first answer is worth bettering. */
  readonly place: (request: PlacementRequest, options: { readonly better: boolean }) => Decision;
  readonly settle: (bookingId: number, outcome: "kept" | "undone") => void;
  readonly budget: Budget;
}

/** Moves of one stack of which a wave has all or none. */
export interface Step {
  readonly stackId: string;
  readonly moves: readonly StepMove[];
}

export interface Attempt {
  readonly stackId: string;
  /** Servers that have to leave their hosts. */
  readonly servers: ReadonlySet<string>;
  /** Where each of `servers` goes; without it the search chooses, and others of the stack may move too. */
  readonly targets?: ReadonlyMap<string, string>;
  /** Who else may move where nothing else helps: whom affinity binds to `servers`, or everybody of the stack. */
  readonly yielding?: "bound" | "all";
  /** Whether `servers` may go to closed hosts, from where they have to go on. */
  readonly stopover?: boolean;
}

interface Change {
  readonly stackId: string;
  /** What the stack held before. */
  readonly before: readonly Holding[];
}

const OTHERS_FIRST: Refusal = {
  message: "no available hosts",
  sentence: "servers of another stack in the same affinity group have to be moved first",
  proven: false,
  nodes: [],
};

/**
 * Carries moves out in the model and takes them back in the end. Moves of the same round are open bookings: both hosts
 * of each are held, and for other stacks the links of before count beside those of after.
 */
export class Rehearsal {
  /** Hosts that receive nothing. */
  closed: readonly string[] = [];
  /** Servers that are no longer where they are held. */
  lost: ReadonlySet<string> = new Set();
  readonly stacks: ReadonlyMap<string, Application | null>;
  readonly #stage: Stage;
  readonly #nowMs: number;
  readonly #open: { readonly bookingId: number; readonly change: Change }[] = [];
  readonly #past: Change[] = [];
  /** The stack that moves servers of a named affinity in this round, by group. */
  readonly #movers = new Map<string, string>();

  constructor(stage: Stage, { stacks, nowMs }: Pick<MoveQuestion, "stacks" | "nowMs">) {
    this.#stage = stage;
    this.stacks = stacks;
    this.#nowMs = nowMs;
  }

  /** Moves servers of one stack, all or none. */
  attempt(attempt: Attempt): Step | Refusal {
    const { stackId, servers, targets } = attempt;
    // The first answer for a single server is hardly ever bettered.
    const better = !targets && servers.size > 1;
    const before = this.#stage.ledger.ofStack(stackId);
    const decision = this.#stage.place(this.#request(attempt, before), { better });
    if (decision.kind === "refused") return decision.refusal;
    this.#open.push({ bookingId: decision.bookingId, change: { stackId, before } });
    const hostOf = new Map(decision.placements.map(({ serverId, host }) => [serverId, host]));
    const moves = before.flatMap(({ serverId, resourceId, host: from, demand }): StepMove[] => {
      const to = hostOf.get(serverId) ?? from;
      const live = !this.lost.has(serverId);
      const { memoryMib } = demand;
      return to === from ? [] : [{ serverId, stackId, resourceId, from, to, live, memoryMib }];
    });
    const moved = new Set(moves.map(({ serverId }) => serverId));
    if (!this.#isFirst(stackId, before.filter(({ serverId }) => moved.has(serverId)))) {
      this.withdraw();
      return OTHERS_FIRST;
    }
    return { stackId, moves };
  }

  /** Whether no other stack moves servers of the same named affinity in this round: each would follow the other. */
  #isFirst(stackId: string, moved: readonly Holding[]): boolean {
    const joined = moved.flatMap(({ groups }) => groups)
      .filter(({ type, groupId }) => type === "affinity" && this.#movers.get(groupId) !== stackId);
    if (joined.some(({ groupId }) => this.#movers.has(groupId))) return false;
    for (const { groupId } of joined) this.#movers.set(groupId, stackId);
    return true;
  }

  /** Takes the last attempt of this round back. */
  withdraw(): void {
    const { bookingId } = this.#open.pop()!;
    this.#stage.settle(bookingId, "undone");
  }

  /** Ends the moves of this round: their servers leave the hosts that they came from. */
  endRound(): void {
    const { ledger, settle } = this.#stage;
    for (const { bookingId, change } of this.#open) {
      settle(bookingId, "kept");
      this.#past.push(change);
      const hostOf = new Map(change.before.map(({ serverId, host }) => [serverId, host]));
      for (const holding of ledger.ofStack(change.stackId)) {
        const arrived = holding.origin !== null && holding.origin === hostOf.get(holding.serverId);
        if (arrived) ledger.add({ ...holding, origin: null });
      }
    }
    this.#open.length = 0;
    this.#movers.clear();
  }

  /** A point to return to, between rounds. */
  get mark(): number {
    return this.#past.length;
  }

  returnTo(mark: number): void {
    while (this.#open.length > 0) this.withdraw();
    this.#movers.clear();
    const { ledger } = this.#stage;
    while (this.#past.length > mark) {
      const changed = this.#past.pop()!.before.filter((holding) => ledger.get(holding.serverId) !== holding);
      for (const { serverId } of changed) ledger.remove(serverId);
      for (const holding of changed) ledger.add(holding);
    }
  }

  #request(attempt: Attempt, held: readonly Holding[]): PlacementRequest {
    const { stackId, servers, yielding } = attempt;
    const application = this.stacks.get(stackId)!;
    const holdings = new Map(held.map((holding) => [holding.serverId, holding]));
    const companions = yielding === "bound" ? companionsOf(application) : () => [];
    const mayYield = new Set(
      yielding === "all" ? holdings.keys() : [...servers].flatMap((serverId) => companions(serverId)),
    );
    const present = application.servers.filter(({ id }) => holdings.has(id));
    return {
      stackId,
      application: { ...application, servers: present },
      directives: present.map(({ id }) => this.#directive(holdings.get(id)!, { attempt, mayYield })),
      keepOrigin: true,
      holdUntilMs: null,
      nowMs: this.#nowMs,
    };
  }

  #directive(
    { serverId, host, demand, resourceId, origin, expiresAtMs }: Holding,
    { attempt: { servers, targets, stopover }, mayYield }: {
      attempt: Attempt;
      mayYield: ReadonlySet<string>;
    },
  ): ServerDirective {
    const standing = { host, demand, resourceId, origin, expiresAtMs };
    const moving = { serverId, standing, gone: this.lost.has(serverId) };
    if (servers.has(serverId)) {
      if (targets) return { ...moving, stay: "free", allowedHosts: [targets.get(serverId)!] };
      const forbidden = this.closed.includes(host) ? this.closed : [...this.closed, host];
      return { ...moving, stay: "free", forbiddenHosts: stopover ? [host] : forbidden };
    }
    // A server on its way is not sent elsewhere: it may be on either of its hosts.
    if (origin !== null || !mayYield.has(serverId)) return { serverId, standing, stay: "must" };
    return { ...moving, stay: "should", forbiddenHosts: this.closed };
  }
}
