import type { Visibility } from "../../../domain/caller.ts";
import type { Group } from "../../../domain/group.ts";
import type { Placement, Plan, PlanWithPlacements } from "../../../domain/plan.ts";
import type {
  IdTaken,
  PlacementChange,
  PlacementQuery,
  SharedStore,
  TermHooks,
} from "../../../ports/store.ts";
import type { CassandraConnection } from "./connection.ts";
import { notWriting, storeClosed, unsure } from "./failures.ts";
import { GroupTable } from "./groups.ts";
import { Ledger, type LedgerOptions } from "./ledger.ts";
import { placementPages } from "./placements.ts";
import { type Access, type Append, PlanTable } from "./plans.ts";
import { EPOCHS } from "./tables.ts";
import { TermCache } from "./term_cache.ts";

export interface CassandraStoreOptions
  extends Pick<LedgerOptions, "site" | "queuedWrites" | "batchedWrites" | "bucketEntries" | "patienceMs"> {
  readonly connection: CassandraConnection;
  /** Rows per page of a list. */
  readonly pageSize?: number;
}

/** A term in which this process writes. */
interface Term {
  readonly ledger: Ledger;
  readonly cache: TermCache;
  /** Counted once, then kept, since nobody else writes. */
  planCount: number | null;
  /** All that wait for the count share it. */
  counting: Promise<number> | null;
}

/** The store of several processes, in Cassandra. All of them read; one at a time writes. */
export class CassandraStore implements SharedStore {
  readonly #connection: CassandraConnection;
  readonly #options: CassandraStoreOptions;
  readonly #plans: PlanTable;
  readonly #groups: GroupTable;
  readonly #pageSize: number;
  #term: Term | null = null;
  /** Whether the term takes further writes. */
  #accepting = false;
  readonly #writes = new Set<Promise<unknown>>();
  /** Whether something may be written that readers would not see yet. */
  #unsure = false;
  #closed = false;

  constructor(options: CassandraStoreOptions) {
    const { connection, pageSize = 200 } = options;
    const access: Access = {
      append: (...written) => this.#append(...written),
      pageSize,
      cache: () => this.#accepting ? this.#term!.cache : null,
    };
    this.#connection = connection;
    this.#options = options;
    this.#pageSize = pageSize;
    this.#plans = new PlanTable(connection, access);
    this.#groups = new GroupTable(connection, access);
  }

  async beginWriting(epoch: number, { lost, holds }: TermHooks): Promise<void> {
    await this.#endTerm();
    const ledger = await Ledger.open(this.#connection, {
      ...this.#options,
      epoch,
      lost: (reason, { unsure: isUnsure }) => {
        this.#unsure ||= isUnsure;
        this.#accepting = false;
        lost(reason);
      },
    });
    this.#term = { ledger, cache: new TermCache({ holds }), planCount: null, counting: null };
    this.#accepting = true;
    this.#unsure = false;
  }

  async endWriting(): Promise<void> {
    await this.#endTerm();
  }

  leaveWriting(): void {
    this.#unsure = false;
  }

  async *groups(): AsyncGenerator<readonly Group[]> {
    this.#readable();
    yield* this.#groups.pages();
  }

  async groupById(id: string): Promise<Group | null> {
    this.#readable();
    return await this.#groups.byId(id);
  }

  async groupByName(name: string): Promise<Group | null> {
    this.#readable();
    return await this.#groups.byName(name);
  }

  async createGroup(group: Group): Promise<"created" | "name-taken"> {
    return await this.#write(() => this.#groups.create(group));
  }

  async describeGroup(id: string, description: string): Promise<Group | null> {
    return await this.#write(() => this.#groups.describe(id, description));
  }

  async addGroupMembers(id: string, members: readonly string[]): Promise<Group | null> {
    return await this.#write(() => this.#groups.addMembers(id, members));
  }

  async removeGroupMembers(id: string, members: readonly string[]): Promise<Group | null> {
    return await this.#write(() => this.#groups.removeMembers(id, members));
  }

  async deleteGroup(id: string): Promise<"deleted" | "missing" | "has-members"> {
    return await this.#write(() => this.#groups.delete(id));
  }

  async *plans(visibility: Visibility): AsyncGenerator<readonly PlanWithPlacements[]> {
    this.#readable();
    yield* this.#plans.pages(visibility);
  }

  async countPlans(): Promise<number> {
    this.#readable();
    const term = this.#term;
    if (term === null) return await this.#plans.count();
    if (term.planCount !== null) return term.planCount;
    term.counting ??= this.#plans.count().finally(() => void (term.counting = null));
    const counted = await term.counting;
    return term.planCount ??= counted;
  }

  async planById(id: string): Promise<PlanWithPlacements | null> {
    this.#readable();
    return await this.#plans.byId(id);
  }

  async planByStack(stackId: string): Promise<PlanWithPlacements | null> {
    this.#readable();
    return await this.#plans.byStack(stackId);
  }

  async plansOfServers(orchestrationIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    this.#readable();
    return await this.#plans.plansOf(orchestrationIds);
  }

  async createPlan(plan: Plan, placements: readonly Placement[]): Promise<"created" | IdTaken> {
    return await this.#write(async (term) => {
      await this.countPlans();
      const outcome = await this.#plans.create(plan, placements);
      if (outcome === "created") term.planCount! += 1;
      return outcome;
    });
  }

  async replacePlan(plan: Plan, placements: readonly Placement[]): Promise<"replaced" | "changed" | IdTaken> {
    return await this.#write(() => this.#plans.replace(plan, placements));
  }

  async changePlacements(
    planId: string,
    version: number,
    placements: readonly Placement[],
  ): Promise<boolean> {
    return await this.changePlacementsOfPlans([{ planId, version, placements }]);
  }

  async changePlacementsOfPlans(changes: readonly PlacementChange[]): Promise<boolean> {
    return await this.#write(() => this.#plans.changePlacements(changes));
  }

  async deletePlan(id: string): Promise<PlanWithPlacements | null> {
    return await this.#write(async (term) => {
      await this.countPlans();
      const removed = await this.#plans.delete(id);
      if (removed !== null) term.planCount! -= 1;
      return removed;
    });
  }

  async *placements(query: PlacementQuery): AsyncGenerator<readonly Placement[]> {
    this.#readable();
    yield* placementPages(this.#plans, query, this.#pageSize);
  }

  async placementById(id: string): Promise<Placement | null> {
    this.#readable();
    const plan = await this.#plans.byPlacement(id);
    return plan?.placements.find((placement) => placement.id === id) ?? null;
  }

  async placementByOrchestrationId(orchestrationId: string): Promise<Placement | null> {
    this.#readable();
    const plan = await this.#plans.byServer(orchestrationId);
    return plan?.placements.find((placement) => placement.orchestrationId === orchestrationId) ?? null;
  }

  async deletePlacement(id: string): Promise<Placement | null> {
    return await this.#write(() => this.#plans.deletePlacement(id));
  }

  async ping(): Promise<void> {
    if (this.#closed) throw storeClosed();
    await this.#connection.read(
      `SELECT epoch FROM ${this.#connection.table(EPOCHS)} WHERE site = ?`,
      [this.#options.site],
    );
  }

  async close(): Promise<void> {
    this.#accepting = false;
    await Promise.allSettled(this.#writes);
    this.#closed = true;
    await this.#endTerm();
    await this.#connection.close();
  }

  async #append(...[changes, after]: Parameters<Append>): Promise<void> {
    const term = this.#term;
    if (term === null) throw notWriting();
    await term.cache.write(changes, { work: () => term.ledger.append(changes), after });
  }

  #readable(): void {
    if (this.#closed) throw storeClosed();
    if (this.#unsure) throw unsure();
  }

  /** Does a write, which the end of the term waits for. */
  async #write<T>(work: (term: Term) => Promise<T>): Promise<T> {
    this.#readable();
    if (!this.#accepting || this.#term === null) throw notWriting();
    const write = work(this.#term).finally(() => this.#writes.delete(write));
    this.#writes.add(write);
    return await write;
  }

  async #endTerm(): Promise<void> {
    this.#accepting = false;
    await Promise.allSettled(this.#writes);
    await this.#term?.ledger.close();
    this.#term = null;
  }
}
