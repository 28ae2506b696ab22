import type { Visibility } from "../domain/caller.ts";
import type { Group } from "../domain/group.ts";
import type { Placement, Plan, PlanWithPlacements } from "../domain/plan.ts";

/** Why a plan could not be stored: `id` (a stack id or an orchestration id) belongs to another plan. */
export interface IdTaken {
  readonly takenId: string;
}

/** Exact matches on indexed fields; all given ones must hold. */
export interface PlacementQuery {
  readonly visibility: Visibility;
  readonly id?: string;
  readonly orchestrationId?: string;
  readonly resourceId?: string;
  readonly planId?: string;
}

/** New states of some placements of one plan, whose stored version must be `version`. */
export interface PlacementChange {
  readonly planId: string;
  readonly version: number;
  readonly placements: readonly Placement[];
}

/**
 * The durable truth. Every write is atomic, and durable when its promise resolves; a reader sees committed rows only.
 *
 * All methods throw `Unavailable` (nothing happened), or `Rejected` when what is stored is damaged. Writes may throw
 * `OutcomeUnknown` instead.
 * Lists come in pages of bounded size, oldest first (`createdAtMs`, then `id`); an empty list gives no page.
 * A list that is being read while rows change shows each row at most once; for that, `createdAtMs` of a stored row
 * stays as it was first written.
 */
export interface Store {
  groups(): AsyncIterable<readonly Group[]>;
  groupById(id: string): Promise<Group | null>;
  groupByName(name: string): Promise<Group | null>;
  /** Not idempotent: `name-taken` also when the same group was stored by an earlier, lost call. */
  createGroup(group: Group): Promise<"created" | "name-taken">;
  /** Null when the group does not exist. Idempotent. */
  describeGroup(id: string, description: string): Promise<Group | null>;
  /** Adds the members that are not there yet, at the end; null when the group does not exist. Idempotent. */
  addGroupMembers(id: string, members: readonly string[]): Promise<Group | null>;
  /** Removes those of `members` that are there; null when the group does not exist. Idempotent. */
  removeGroupMembers(id: string, members: readonly string[]): Promise<Group | null>;
  deleteGroup(id: string): Promise<"deleted" | "missing" | "has-members">;

  plans(visibility: Visibility): AsyncIterable<readonly PlanWithPlacements[]>;
  countPlans(): Promise<number>;
  planById(id: string): Promise<PlanWithPlacements | null>;
  planByStack(stackId: string): Promise<PlanWithPlacements | null>;
  /** Plan ids by orchestration id, for those of `orchestrationIds` that are placed. */
  plansOfServers(orchestrationIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Stores a new plan with its placements. Not idempotent. */
  createPlan(plan: Plan, placements: readonly Placement[]): Promise<"created" | IdTaken>;
  /**
   * Puts a plan and its placements in the place of the stored ones with the same plan id: rows of `placements` are
   * written, stored ones that are missing in it are removed. `plan.version` is the new version; the stored one must
   * be one less, otherwise nothing changes and the answer is `changed` (also when the plan is gone).
   */
  replacePlan(plan: Plan, placements: readonly Placement[]): Promise<"replaced" | "changed" | IdTaken>;
  /**
   * Writes some placements of a plan whose stored version must be `version`, and raises that version by one;
   * false, and nothing changed, when it is not. All of `placements` are stored rows of that plan.
   */
  changePlacements(planId: string, version: number, placements: readonly Placement[]): Promise<boolean>;
  /** `changePlacements` of several plans, each given once: all of them are changed, or none. */
  changePlacementsOfPlans(changes: readonly PlacementChange[]): Promise<boolean>;
  /** Removes a plan with its placements; what was removed, or null. Idempotent. */
  deletePlan(id: string): Promise<PlanWithPlacements | null>;

  placements(query: PlacementQuery): AsyncIterable<readonly Placement[]>;
  placementById(id: string): Promise<Placement | null>;
  placementByOrchestrationId(orchestrationId: string): Promise<Placement | null>;
  /** Removes one placement and raises its plan's version; what was removed, or null. Idempotent. */
  deletePlacement(id: string): Promise<Placement | null>;

  /** Resolves when the store answers; throws `Unavailable`. */
  ping(): Promise<void>;
  /** Ends writes that were accepted, then lets go of the store. */
  close(): Promise<void>;
}

/** What a store and whoever holds its lease tell each other about a term. */
export interface TermHooks {
  /** Called once, when this process can write no longer. */
  readonly lost: (reason: Error) => void;
  /** Whether nobody else can have begun a term, so that what this process remembers is what is stored. */
  readonly holds: () => boolean;
}

/** A store that several processes use at once. All of them read; who writes is settled by a `Lease`. */
export interface SharedStore extends Store {
  /**
   * Begins the term `epoch`, in which this process alone writes: from then on no process of a smaller number can. What
   * such a one wrote last is read from now on. Throws `Unavailable`, also when a term with a larger number has begun.
   */
  beginWriting(epoch: number, hooks: TermHooks): Promise<void>;
  /** Ends the writes that were accepted, then the term. */
  endWriting(): Promise<void>;
  /** Another process writes, and has read what this one wrote last. */
  leaveWriting(): void;
}

/** One object of a store's schema, as found or made. */
export interface SchemaStep {
  /** E.g. `table groups`. */
  readonly object: string;
  readonly state: "created" | "exists" | "differs";
  /** What differs and the statement that would repair it. */
  readonly remedy?: string;
}

/** Creates a store's schema; the service itself may lack the right to. */
export interface SchemaAdmin {
  /** Creates what is missing, leaves what exists untouched. Idempotent. */
  populate(): AsyncIterable<SchemaStep>;
  /** Tells what is missing or differs, and changes nothing. */
  check(): AsyncIterable<SchemaStep>;
  close(): Promise<void>;
}
