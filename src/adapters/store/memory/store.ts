import { isVisible, type Visibility } from "../../../domain/caller.ts";
import type { Group } from "../../../domain/group.ts";
import type { Placement, Plan, PlanWithPlacements } from "../../../domain/plan.ts";
import { Unavailable } from "../../../ports/failures.ts";
import type { IdTaken, PlacementChange, PlacementQuery, Store } from "../../../ports/store.ts";

export interface MemoryStoreOptions {
  /** Rows per page of a list. */
  readonly pageSize?: number;
}

/** The store of a process that need not remember: durable means "until the process ends" here. */
export class MemoryStore implements Store {
  readonly #pageSize: number;
  readonly #groups = new Map<string, Group>();
  readonly #plans = new Map<string, Plan>();
  readonly #placements = new Map<string, Placement>();
  /** Group ids by name, plan ids by stack id, placement ids by orchestration id. */
  readonly #names = new Map<string, string>();
  readonly #stacks = new Map<string, string>();
  readonly #servers = new Map<string, string>();
  /** Placement ids by plan id, in the order of `position`. */
  readonly #members = new Map<string, readonly string[]>();
  #closed = false;

  constructor({ pageSize = 500 }: MemoryStoreOptions = {}) {
    this.#pageSize = pageSize;
  }

  groups(): AsyncIterable<readonly Group[]> {
    return this.#list(this.#groups, { wanted: () => true, shown: (group) => group });
  }

  groupById(id: string): Promise<Group | null> {
    return this.#do(() => lookUp(this.#groups, id));
  }

  groupByName(name: string): Promise<Group | null> {
    return this.#do(() => lookUp(this.#groups, this.#names.get(name)));
  }

  createGroup(group: Group): Promise<"created" | "name-taken"> {
    return this.#do(() => {
      if (this.#names.has(group.name)) return "name-taken";
      this.#groups.set(group.id, group);
      this.#names.set(group.name, group.id);
      return "created";
    });
  }

  describeGroup(id: string, description: string): Promise<Group | null> {
    return this.#changeGroup(id, (group) => ({ ...group, description }));
  }

  addGroupMembers(id: string, members: readonly string[]): Promise<Group | null> {
    return this.#changeGroup(
      id,
      (group) => ({ ...group, members: [...new Set([...group.members, ...members])] }),
    );
  }

  removeGroupMembers(id: string, members: readonly string[]): Promise<Group | null> {
    const gone = new Set(members);
    return this.#changeGroup(id, (group) => ({
      ...group,
      members: group.members.filter((member) => !gone.has(member)),
    }));
  }

  deleteGroup(id: string): Promise<"deleted" | "missing" | "has-members"> {
    return this.#do(() => {
      const group = this.#groups.get(id);
      if (group === undefined) return "missing";
      if (group.members.length > 0) return "has-members";
      this.#groups.delete(id);
      this.#names.delete(group.name);
      return "deleted";
    });
  }

  plans(visibility: Visibility): AsyncIterable<readonly PlanWithPlacements[]> {
    return this.#list(this.#plans, {
      wanted: (plan) => isVisible(plan.tenantId, visibility),
      shown: (plan) => ({ plan, placements: this.#placementsOf(plan.id) }),
    });
  }

  countPlans(): Promise<number> {
    return this.#do(() => this.#plans.size);
  }

  planById(id: string): Promise<PlanWithPlacements | null> {
    return this.#do(() => this.#complete(id));
  }

  planByStack(stackId: string): Promise<PlanWithPlacements | null> {
    return this.#do(() => this.#complete(this.#stacks.get(stackId)));
  }

  plansOfServers(orchestrationIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#do(() => {
      const placed = orchestrationIds.flatMap((id) => this.#server(id) ?? []);
      return new Map(placed.map(({ orchestrationId, planId }) => [orchestrationId, planId]));
    });
  }

  createPlan(plan: Plan, placements: readonly Placement[]): Promise<"created" | IdTaken> {
    return this.#do(() => {
      const taken = this.#taken(plan, placements);
      if (taken !== null) return taken;
      this.#put(plan, placements);
      return "created";
    });
  }

  replacePlan(plan: Plan, placements: readonly Placement[]): Promise<"replaced" | "changed" | IdTaken> {
    return this.#do(() => {
      const stored = this.#complete(plan.id);
      if (stored?.plan.version !== plan.version - 1) return "changed";
      const taken = this.#taken(plan, placements);
      if (taken !== null) return taken;
      const ages = new Map(stored.placements.map(({ id, createdAtMs }) => [id, createdAtMs]));
      this.#remove(stored);
      this.#put(
        { ...plan, createdAtMs: stored.plan.createdAtMs },
        placements.map((placement) => ({
          ...placement,
          createdAtMs: ages.get(placement.id) ?? placement.createdAtMs,
        })),
      );
      return "replaced";
    });
  }

  changePlacements(planId: string, version: number, placements: readonly Placement[]): Promise<boolean> {
    return this.changePlacementsOfPlans([{ planId, version, placements }]);
  }

  changePlacementsOfPlans(changes: readonly PlacementChange[]): Promise<boolean> {
    return this.#do(() => {
      const stored = changes.map(({ planId }) => this.#complete(planId));
      if (stored.some((each, index) => each?.plan.version !== changes[index].version)) return false;
      for (const { planId, placements } of changes) {
        const stranger = placements.find(({ id }) => this.#placements.get(id)?.planId !== planId);
        if (stranger) throw new Error(`Placement '${stranger.id}' is not one of plan '${planId}'`);
      }
      changes.forEach(({ placements }, index) => this.#renew(stored[index]!, placements));
      return true;
    });
  }

  deletePlan(id: string): Promise<PlanWithPlacements | null> {
    return this.#do(() => {
      const stored = this.#complete(id);
      if (stored !== null) this.#remove(stored);
      return stored;
    });
  }

  placements({ visibility, ...wanted }: PlacementQuery): AsyncIterable<readonly Placement[]> {
    return this.#list(this.#placements, {
      wanted: (placement) =>
        isVisible(placement.tenantId, visibility) &&
        (wanted.id ?? placement.id) === placement.id &&
        (wanted.orchestrationId ?? placement.orchestrationId) === placement.orchestrationId &&
        (wanted.resourceId ?? placement.resourceId) === placement.resourceId &&
        (wanted.planId ?? placement.planId) === placement.planId,
      shown: (placement) => placement,
    });
  }

  placementById(id: string): Promise<Placement | null> {
    return this.#do(() => lookUp(this.#placements, id));
  }

  placementByOrchestrationId(orchestrationId: string): Promise<Placement | null> {
    return this.#do(() => this.#server(orchestrationId));
  }

  deletePlacement(id: string): Promise<Placement | null> {
    return this.#do(() => {
      const removed = lookUp(this.#placements, id);
      const stored = this.#complete(removed?.planId);
      if (stored === null) return null;
      this.#remove(stored);
      this.#put(
        { ...stored.plan, version: stored.plan.version + 1 },
        stored.placements.filter((placement) => placement.id !== id),
      );
      return removed;
    });
  }

  ping(): Promise<void> {
    return this.#do(() => undefined);
  }

  close(): Promise<void> {
    this.#closed = true;
    return Promise.resolve();
  }

  /** Runs one call as a whole: nothing else gets in between. */
  #do<T>(work: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(new Unavailable("store", "The store is closed"));
    return Promise.try(work);
  }

  /** The rows that were there at the first page and still are when their page comes. */
  async *#list<T extends Aged, U>(
    rows: ReadonlyMap<string, T>,
    { wanted, shown }: { readonly wanted: (row: T) => boolean; readonly shown: (row: T) => U },
  ): AsyncGenerator<readonly U[]> {
    const ids = await this.#do(() => [...rows.values()].filter(wanted).sort(byAge).map(({ id }) => id));
    for (let start = 0; start < ids.length; start += this.#pageSize) {
      const page = await this.#do(() =>
        ids.slice(start, start + this.#pageSize).flatMap((id) => rows.get(id) ?? []).filter(wanted).map(shown)
      );
      if (page.length > 0) yield page;
    }
  }

  #changeGroup(id: string, change: (group: Group) => Group): Promise<Group | null> {
    return this.#do(() => {
      const group = this.#groups.get(id);
      if (group === undefined) return null;
      const changed = change(group);
      this.#groups.set(id, changed);
      return changed;
    });
  }

  #complete(planId: string | undefined): PlanWithPlacements | null {
    const plan = lookUp(this.#plans, planId);
    return plan === null ? null : { plan, placements: this.#placementsOf(plan.id) };
  }

  #server(orchestrationId: string): Placement | null {
    return lookUp(this.#placements, this.#servers.get(orchestrationId));
  }

  #placementsOf(planId: string): readonly Placement[] {
    return (this.#members.get(planId) ?? []).flatMap((id) => this.#placements.get(id) ?? []);
  }

  /** The first of the plan's unique ids, its stack's before its servers', that another plan has. */
  #taken(plan: Plan, placements: readonly Placement[]): IdTaken | null {
    if ((this.#stacks.get(plan.stackId) ?? plan.id) !== plan.id) return { takenId: plan.stackId };
    const taken = placements.find(({ orchestrationId }) =>
      (this.#server(orchestrationId)?.planId ?? plan.id) !== plan.id
    );
    return taken === undefined ? null : { takenId: taken.orchestrationId };
  }

  #put(plan: Plan, placements: readonly Placement[]): void {
    const inOrder = placements.toSorted((left, right) => left.position - right.position);
    this.#plans.set(plan.id, plan);
    this.#stacks.set(plan.stackId, plan.id);
    this.#members.set(plan.id, inOrder.map(({ id }) => id));
    for (const placement of inOrder) {
      this.#placements.set(placement.id, placement);
      this.#servers.set(placement.orchestrationId, placement.id);
    }
  }

  #renew(stored: PlanWithPlacements, placements: readonly Placement[]): void {
    const changes = new Map(placements.map((placement) => [placement.id, placement]));
    const changed = stored.placements.map((before) => ({
      ...before,
      ...changes.get(before.id),
      createdAtMs: before.createdAtMs,
    }));
    this.#remove(stored);
    this.#put({ ...stored.plan, version: stored.plan.version + 1 }, changed);
  }

  #remove({ plan, placements }: PlanWithPlacements): void {
    this.#plans.delete(plan.id);
    this.#stacks.delete(plan.stackId);
    this.#members.delete(plan.id);
    for (const { id, orchestrationId } of placements) {
      this.#placements.delete(id);
      this.#servers.delete(orchestrationId);
    }
  }
}

interface Aged {
  readonly id: string;
  readonly createdAtMs: number;
}

function byAge(left: Aged, right: Aged): number {
  return left.createdAtMs - right.createdAtMs || (left.id < right.id ? -1 : 1);
}

function lookUp<T>(rows: ReadonlyMap<string, T>, key: string | undefined): T | null {
  return key === undefined ? null : rows.get(key) ?? null;
}
