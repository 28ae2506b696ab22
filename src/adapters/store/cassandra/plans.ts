import type { Visibility } from "../../../domain/caller.ts";
import type { Placement, Plan, PlanWithPlacements } from "../../../domain/plan.ts";
import type { IdTaken, PlacementChange } from "../../../ports/store.ts";
import { type Change, keyOf } from "./changes.ts";
import type { CassandraConnection, Row } from "./connection.ts";
import { KeyLocks } from "./key_locks.ts";
import { type AgePartition, idsByAge } from "./lists.ts";
import { isPlan, ownerOf, PLAN_SHARDS, planChanges, planOf } from "./rows.ts";
import { known, type TermCache } from "./term_cache.ts";
import { PLACEMENTS, PLAN_AGES, PLANS, RESOURCES, SERVERS, STACKS, TENANT_PLANS } from "./tables.ts";

/** Makes changes durable, all or none, and remembers values by their keys then. */
export type Append = (
  changes: readonly Change[],
  after?: readonly (readonly [key: string, value: unknown])[],
) => Promise<void>;

/** How a table reads and writes. */
export interface Access {
  readonly append: Append;
  readonly pageSize: number;
  /** What this process remembers; null while it does not write. */
  readonly cache: () => TermCache | null;
}

/** Keys that one statement asks for at once. */
const KEYS_AT_ONCE = 100;

/** The rows of plans; see `Store` for what the methods promise. */
export class PlanTable {
  readonly #connection: CassandraConnection;
  readonly #append: Append;
  readonly #pageSize: number;
  readonly #cache: () => TermCache | null;
  /** Plans first, then the ids that they lay claim to: so that no two writes wait for each other. */
  readonly #plans = new KeyLocks();
  readonly #ids = new KeyLocks();

  constructor(connection: CassandraConnection, { append, pageSize, cache }: Access) {
    this.#connection = connection;
    this.#append = append;
    this.#pageSize = pageSize;
    this.#cache = cache;
  }

  async count(): Promise<number> {
    let count = 0;
    for await (const page of idsByAge(this.#connection, ALL_PLANS, 1000)) count += page.length;
    return count;
  }

  async byId(id: string): Promise<PlanWithPlacements | null> {
    return await known(this.#cache(), { table: "plans", id }, async () => {
      const [row] = await this.#connection.read(
        `SELECT * FROM ${this.#connection.table(PLANS)} WHERE id = ?`,
        [id],
      );
      return isPlan(row) ? planOf(row) : null;
    });
  }

  async byStack(stackId: string): Promise<PlanWithPlacements | null> {
    const id = await this.#idOfStack(stackId);
    return id === null ? null : await this.byId(id);
  }

  async byPlacement(placementId: string): Promise<PlanWithPlacements | null> {
    const id = await known(this.#cache(), { table: "placements", id: placementId }, async () => {
      const [row] = await this.#connection.read(
        `SELECT plan_id FROM ${this.#connection.table(PLACEMENTS)} WHERE id = ?`,
        [placementId],
      );
      return row?.plan_id as string | undefined ?? null;
    });
    return id === null ? null : await this.byId(id);
  }

  async byServer(orchestrationId: string): Promise<PlanWithPlacements | null> {
    const id = (await this.plansOf([orchestrationId])).get(orchestrationId);
    return id === undefined ? null : await this.byId(id);
  }

  /** Plan ids by orchestration id. */
  async plansOf(orchestrationIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const wanted = [...new Set(orchestrationIds)].filter((id) => id !== "");
    const reader = new ServerReader((ids) =>
      this.#connection.read(
        `SELECT orchestration_id, plan_id FROM ${
          this.#connection.table(SERVERS)
        } WHERE orchestration_id IN ?`,
        [ids],
      )
    );
    const found = await Promise.all(
      wanted.map((id) => known(this.#cache(), { table: "servers", id }, () => reader.planOf(id))),
    );
    return new Map(wanted.flatMap((id, index) => found[index] === null ? [] : [[id, found[index]!]]));
  }

  /** Ids of the plans with a placement of a server that Nova calls `resourceId`. */
  async plansOfResource(resourceId: string): Promise<readonly string[]> {
    if (resourceId === "") return [];
    const rows = await this.#connection.read(
      `SELECT plan_id FROM ${this.#connection.table(RESOURCES)} WHERE resource_id = ?`,
      [resourceId],
    );
    return [...new Set(rows.map(({ plan_id: id }) => id as string))];
  }

  async *pages(visibility: Visibility): AsyncGenerator<readonly PlanWithPlacements[]> {
    const survey = visibility === "all" ? this.#cache()?.planKeys.survey() : null;
    let complete = false;
    try {
      for await (const ids of idsByAge(this.#connection, partitionsOf(visibility), this.#pageSize)) {
        const plans = await this.#byIds(ids);
        survey?.met(plans);
        if (plans.length > 0) yield plans;
      }
      complete = true;
    } finally {
      survey?.end({ complete });
    }
  }

  create(plan: Plan, placements: readonly Placement[]): Promise<"created" | IdTaken> {
    return this.#plans.alone([plan.id], () =>
      this.#ids.alone(claims({ plan, placements }), async () => {
        const taken = await this.#taken(plan, placements);
        if (taken !== null) return taken;
        await this.#write(null, { plan, placements });
        return "created";
      }));
  }

  replace(plan: Plan, placements: readonly Placement[]): Promise<"replaced" | "changed" | IdTaken> {
    return this.#plans.alone([plan.id], async () => {
      const before = await this.byId(plan.id);
      if (before?.plan.version !== plan.version - 1) return "changed";
      const next = withAges(before, { plan, placements });
      return await this.#ids.alone([...claims(before), ...claims(next)], async () => {
        const taken = await this.#taken(plan, placements);
        if (taken !== null) return taken;
        await this.#write(before, next);
        return "replaced";
      });
    });
  }

  changePlacements(changes: readonly PlacementChange[]): Promise<boolean> {
    return this.#plans.alone(changes.map(({ planId }) => planId), async () => {
      const stored = await Promise.all(changes.map(({ planId }) => this.byId(planId)));
      if (!stored.every((plan, index) => plan?.plan.version === changes[index].version)) return false;
      const next = stored.map((before, index) => withRows(before!, changes[index].placements));
      await this.#append(
        stored.flatMap((before, index) => planChanges(before, next[index])),
        next.map(remembered),
      );
      return true;
    });
  }

  delete(id: string): Promise<PlanWithPlacements | null> {
    return this.#plans.alone([id], async () => {
      const before = await this.byId(id);
      if (before === null) return null;
      await this.#ids.alone(claims(before), () => this.#write(before, null));
      return before;
    });
  }

  async deletePlacement(id: string): Promise<Placement | null> {
    const owner = await this.byPlacement(id);
    if (owner === null) return null;
    return await this.#plans.alone([owner.plan.id], async () => {
      const before = await this.byId(owner.plan.id);
      const found = before?.placements.find((placement) => placement.id === id);
      if (!before || !found) return null;
      const after = {
        plan: { ...before.plan, version: before.plan.version + 1 },
        placements: before.placements.filter((placement) => placement !== found),
      };
      await this.#ids.alone(claims(before), () => this.#write(before, after));
      return found;
    });
  }

  /** Plans in the order of their ids; those that are gone by now are left out. */
  async #byIds(ids: readonly string[]): Promise<readonly PlanWithPlacements[]> {
    const rows = await Promise.all(
      chunks(ids).map((some) =>
        this.#connection.read(`SELECT * FROM ${this.#connection.table(PLANS)} WHERE id IN ?`, [some])
      ),
    );
    const found = new Map(rows.flat().filter(isPlan).map((row) => [row.id as string, planOf(row)]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** The first of the plan's unique ids, its stack's before its servers', that another plan has. */
  async #taken(plan: Plan, placements: readonly Placement[]): Promise<IdTaken | null> {
    const ids = placements.map(({ orchestrationId }) => orchestrationId);
    const [holder, owners] = await Promise.all([this.#idOfStack(plan.stackId), this.plansOf(ids)]);
    if (holder !== null && holder !== plan.id) return { takenId: plan.stackId };
    const takenId = ids.find((id) => (owners.get(id) ?? plan.id) !== plan.id);
    return takenId === undefined ? null : { takenId };
  }

  async #idOfStack(stackId: string): Promise<string | null> {
    return await known(this.#cache(), { table: "stacks", id: stackId }, async () => {
      const [row] = await this.#connection.read(
        `SELECT plan_id FROM ${this.#connection.table(STACKS)} WHERE stack_id = ?`,
        [stackId],
      );
      return row?.plan_id as string | undefined ?? null;
    });
  }

  async #write(before: PlanWithPlacements | null, after: PlanWithPlacements | null): Promise<void> {
    const written = this.#cache()?.planKeys.write(before, after);
    await this.#append(planChanges(before, after), after === null ? [] : [remembered(after)]);
    written?.();
  }
}

function remembered(rows: PlanWithPlacements): readonly [string, unknown] {
  const placements = rows.placements.toSorted((a, b) => a.position - b.position);
  return [keyOf({ table: "plans", id: rows.plan.id }), { ...rows, placements }];
}

/** Reads what is asked for in one turn of the event loop together. */
class ServerReader {
  readonly #read: (ids: readonly string[]) => Promise<readonly Row[]>;
  #waiting: string[] = [];
  #reading: Promise<ReadonlyMap<string, string>> | null = null;

  constructor(read: (ids: readonly string[]) => Promise<readonly Row[]>) {
    this.#read = read;
  }

  async planOf(id: string): Promise<string | null> {
    this.#waiting.push(id);
    this.#reading ??= Promise.resolve().then(() => this.#all());
    return (await this.#reading).get(id) ?? null;
  }

  async #all(): Promise<ReadonlyMap<string, string>> {
    const ids = this.#waiting;
    this.#waiting = [];
    this.#reading = null;
    const rows = await Promise.all(chunks(ids).map((some) => this.#read(some)));
    return new Map(rows.flat().map(({ orchestration_id: id, plan_id: planId }) => [id, planId]));
  }
}

const ALL_PLANS: readonly AgePartition[] = Array.from(
  { length: PLAN_SHARDS },
  (_, shard) => ({ table: PLAN_AGES, column: "shard", value: shard }),
);

function partitionsOf(visibility: Visibility): readonly AgePartition[] {
  if (visibility === "all") return ALL_PLANS;
  const owners = visibility.unowned ? [visibility.tenantId, null] : [visibility.tenantId];
  return owners.map((owner) => ({ table: TENANT_PLANS, column: "owner", value: ownerOf(owner) }));
}

/** What no two plans may both have. */
function claims({ plan, placements }: PlanWithPlacements): string[] {
  return [`stack ${plan.stackId}`, ...placements.map(({ orchestrationId }) => `server ${orchestrationId}`)];
}

function withAges(before: PlanWithPlacements, { plan, placements }: PlanWithPlacements): PlanWithPlacements {
  const ages = new Map(before.placements.map(({ id, createdAtMs }) => [id, createdAtMs]));
  return {
    plan: { ...plan, createdAtMs: before.plan.createdAtMs },
    placements: placements.map((row) => ({ ...row, createdAtMs: ages.get(row.id) ?? row.createdAtMs })),
  };
}

function withRows(before: PlanWithPlacements, rows: readonly Placement[]): PlanWithPlacements {
  const newer = new Map(rows.map((row) => [row.id, row]));
  const ids = new Set(before.placements.map(({ id }) => id));
  const stranger = rows.find(({ id }) => !ids.has(id));
  if (stranger) throw new Error(`Placement '${stranger.id}' is not one of plan '${before.plan.id}'`);
  return withAges(before, {
    plan: { ...before.plan, version: before.plan.version + 1 },
    placements: before.placements.map((row) => newer.get(row.id) ?? row),
  });
}

function chunks<T>(items: readonly T[]): (readonly T[])[] {
  const count = Math.ceil(items.length / KEYS_AT_ONCE);
  return Array.from(
    { length: count },
    (_, index) => items.slice(index * KEYS_AT_ONCE, (index + 1) * KEYS_AT_ONCE),
  );
}
