import type { Application } from "./application.ts";

/** Moves of one wave that a host may be asked to be an end of. */
export const MOST_PER_HOST = 16;

/** Hosts by name, or all hosts of a rack. */
export type HostChoice = { readonly hosts: readonly string[] } | { readonly rack: string };

/** What is to be reached by moving servers that Valet holds. */
export type MoveGoal =
  /** Nothing of Valet's stays on the hosts. */
  | { readonly kind: "drain"; readonly choice: HostChoice }
  /** The same for hosts that are lost: their servers are there no more, and start anew elsewhere. */
  | { readonly kind: "failed"; readonly choice: HostChoice }
  /** So many more hosts become empty. */
  | { readonly kind: "consolidate"; readonly hosts: number }
  /** One server, by Nova's id or its orchestration id, leaves its host. */
  | { readonly kind: "move"; readonly serverId: string }
  /** Exactly these moves, all at once. */
  | { readonly kind: "wave"; readonly moves: readonly WantedMove[] };

/** One move as somebody asks for it. */
export interface WantedMove {
  readonly serverId: string;
  readonly from: string;
  readonly to: string;
  /** Whether the server is on `from` and is held there until the move is over; false for one of a lost host. */
  readonly live: boolean;
}

export interface StepMove extends WantedMove {
  readonly stackId: string;
  /** Nova's id, once known. */
  readonly resourceId: string | null;
  /** What is copied at least. */
  readonly memoryMib: number;
}

export interface Move extends StepMove {
  /** Moves of a wave with the same number are one step: servers that affinity binds, and that follow each other. */
  readonly step: number;
}

export interface MoveQuestion {
  readonly goal: MoveGoal;
  /** Plans of the stacks that may be moved; null for a stack that has none. */
  readonly stacks: ReadonlyMap<string, Application | null>;
  /** Moves of one wave that a host may be an end of, unless affinity makes a single step of more. */
  readonly perHost: number;
  /** Moves that the plan may have; who is left over is for a later one. */
  readonly mostMoves: number;
  readonly nowMs: number;
}

/** How a plan of moves was found. */
export interface MoveEffort {
  /** Candidate hosts examined. */
  readonly steps: number;
  /** `answer`: nothing was left to try; else what cut the plan off: its budget of steps, or the emergency clock. */
  readonly endedBy: "answer" | "steps" | "time";
}

/** A server that stays on a host that should become empty, or that should move and does not. */
export interface StayingServer {
  /** Orchestration id; Nova's id of a server that Valet does not hold; null for usage that no server explains. */
  readonly serverId: string | null;
  readonly host: string;
  readonly reason: string;
}

/**
 * Moves, wave by wave: a wave begins when the one before it is over, and its steps may run in any order or together.
 * Whichever of its steps have begun or ended, every server has room on both of its hosts, and every rule holds; a step
 * counts as one, so that only between its own servers a rule may be broken until the last one has followed.
 */
export interface MovePlan {
  readonly waves: readonly (readonly Move[])[];
  readonly staying: readonly StayingServer[];
  /** Hosts of the goal that hold no server afterwards, by name. */
  readonly emptied: readonly string[];
  readonly moves: number;
  /** No schedule that gets as far has fewer moves. */
  readonly leastMoves: number;
  readonly effort: MoveEffort;
}

export type MoveAnswer =
  | { readonly kind: "planned"; readonly plan: MovePlan }
  /** Asked again with the plans of these stacks too, the engine can tell more. */
  | { readonly kind: "incomplete"; readonly stackIds: readonly string[] }
  | { readonly kind: "unknown"; readonly what: "host" | "rack" | "server"; readonly name: string };
