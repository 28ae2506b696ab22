import type { DatabaseSync } from "node:sqlite";
import type { Visibility } from "../../../domain/caller.ts";
import type { Group } from "../../../domain/group.ts";
import type { Placement, Plan, PlanWithPlacements } from "../../../domain/plan.ts";
import { Rejected } from "../../../ports/failures.ts";
import type { IdTaken, PlacementChange, PlacementQuery, Store } from "../../../ports/store.ts";
import { CommitQueue } from "./commit_queue.ts";
import { openConnection } from "./connection.ts";
import { openFailure, storeClosed, storeFailure } from "./failures.ts";
import { GroupTable } from "./groups.ts";
import { type Cursor, walk } from "./pages.ts";
import { PlacementTable } from "./placements.ts";
import { PlanTable } from "./plans.ts";
import { applySchema, markSchema } from "./schema.ts";

export interface SqliteStoreOptions {
  readonly path: string;
  /** Rows per page of a list. */
  readonly pageSize?: number;
  /** Writes that may wait for their commit; beyond it `Unavailable`. */
  readonly queuedWrites?: number;
  /** Writes that share a transaction. */
  readonly batchedWrites?: number;
}

/** The store in one file of this host, used by this process alone. */
export class SqliteStore implements Store {
  readonly #connection: DatabaseSync;
  readonly #writes: CommitQueue;
  readonly #groups: GroupTable;
  readonly #plans: PlanTable;
  readonly #placements: PlacementTable;
  readonly #pageSize: number;
  /** Kept beside the table, because counting rows means reading them all. */
  #planCount: number;
  #closed = false;

  /** Opens the file, creating or upgrading it; throws as `openConnection` does. */
  static open(options: SqliteStoreOptions): SqliteStore {
    const connection = openConnection(options.path);
    try {
      const odd = applySchema(connection).find(({ state }) => state === "differs");
      if (odd === undefined) return new SqliteStore(connection, options);
      const text = `The store's file '${options.path}' has another ${odd.object}: ${odd.remedy}`;
      throw new Rejected("store", text);
    } catch (error) {
      connection.close();
      throw openFailure(error, options.path);
    }
  }

  private constructor(
    connection: DatabaseSync,
    { pageSize = 500, queuedWrites = 4096, batchedWrites = 64 }: SqliteStoreOptions,
  ) {
    this.#connection = connection;
    this.#writes = new CommitQueue(connection, { limit: queuedWrites, batch: batchedWrites });
    this.#groups = new GroupTable(connection);
    this.#placements = new PlacementTable(connection);
    this.#plans = new PlanTable(connection, this.#placements);
    this.#pageSize = pageSize;
    this.#planCount = this.#plans.count();
  }

  groups(): AsyncIterable<readonly Group[]> {
    return walk((after) => this.#read(() => this.#groups.page(this.#page(after))), {
      limit: this.#pageSize,
      cursorOf: (last) => last,
    });
  }

  groupById(id: string): Promise<Group | null> {
    return this.#read(() => this.#groups.byId(id));
  }

  groupByName(name: string): Promise<Group | null> {
    return this.#read(() => this.#groups.byName(name));
  }

  createGroup(group: Group): Promise<"created" | "name-taken"> {
    return this.#writes.run(() => this.#groups.create(group));
  }

  describeGroup(id: string, description: string): Promise<Group | null> {
    return this.#writes.run(() => this.#groups.describe(id, description));
  }

  addGroupMembers(id: string, members: readonly string[]): Promise<Group | null> {
    return this.#writes.run(() => this.#groups.addMembers(id, members));
  }

  removeGroupMembers(id: string, members: readonly string[]): Promise<Group | null> {
    return this.#writes.run(() => this.#groups.removeMembers(id, members));
  }

  deleteGroup(id: string): Promise<"deleted" | "missing" | "has-members"> {
    return this.#writes.run(() => this.#groups.delete(id));
  }

  plans(visibility: Visibility): AsyncIterable<readonly PlanWithPlacements[]> {
    return walk(
      (after) => this.#read(() => this.#plans.page(visibility, this.#page(after))),
      { cursorOf: (last) => last.plan },
    );
  }

  countPlans(): Promise<number> {
    return this.#read(() => this.#planCount);
  }

  planById(id: string): Promise<PlanWithPlacements | null> {
    return this.#read(() => this.#plans.byId(id));
  }

  planByStack(stackId: string): Promise<PlanWithPlacements | null> {
    return this.#read(() => this.#plans.byStack(stackId));
  }

  plansOfServers(orchestrationIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#read(() => this.#placements.plansOf(orchestrationIds));
  }

  async createPlan(plan: Plan, placements: readonly Placement[]): Promise<"created" | IdTaken> {
    const outcome = await this.#writes.run(() => this.#plans.create(plan, placements));
    if (outcome === "created") this.#planCount += 1;
    return outcome;
  }

  replacePlan(plan: Plan, placements: readonly Placement[]): Promise<"replaced" | "changed" | IdTaken> {
    return this.#writes.run(() => this.#plans.replace(plan, placements));
  }

  changePlacements(planId: string, version: number, placements: readonly Placement[]): Promise<boolean> {
    return this.changePlacementsOfPlans([{ planId, version, placements }]);
  }

  changePlacementsOfPlans(changes: readonly PlacementChange[]): Promise<boolean> {
    return this.#writes.run(() => this.#plans.changePlacements(changes));
  }

  async deletePlan(id: string): Promise<PlanWithPlacements | null> {
    const removed = await this.#writes.run(() => this.#plans.delete(id));
    if (removed !== null) this.#planCount -= 1;
    return removed;
  }

  placements(query: PlacementQuery): AsyncIterable<readonly Placement[]> {
    return walk(
      (after) => this.#read(() => this.#placements.page(query, this.#page(after))),
      { limit: this.#pageSize, cursorOf: (last) => last },
    );
  }

  placementById(id: string): Promise<Placement | null> {
    return this.#read(() => this.#placements.byId(id));
  }

  placementByOrchestrationId(orchestrationId: string): Promise<Placement | null> {
    return this.#read(() => this.#placements.byOrchestrationId(orchestrationId));
  }

  deletePlacement(id: string): Promise<Placement | null> {
    return this.#writes.run(() => this.#plans.deletePlacement(id));
  }

  /** Reads; after a write that failed it also writes, since nobody may send one before the store says that it works. */
  async ping(): Promise<void> {
    await this.#read(() => this.#groups.byId(""));
    if (this.#writes.failed) await this.#writes.run(() => markSchema(this.#connection));
  }

  close(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    this.#writes.close();
    this.#closed = true;
    this.#connection.close();
    return Promise.resolve();
  }

  #page(after: Cursor): { readonly after: Cursor; readonly limit: number } {
    return { after, limit: this.#pageSize };
  }

  #read<T>(query: () => T): Promise<T> {
    if (this.#closed) return Promise.reject(storeClosed());
    try {
      return Promise.resolve(query());
    } catch (error) {
      return Promise.reject(storeFailure(error));
    }
  }
}
