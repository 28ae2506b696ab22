import { assert } from "@std/assert";
import type { Group } from "../../src/domain/group.ts";
import type { PlanWithPlacements } from "../../src/domain/plan.ts";
import type { Store } from "../../src/ports/store.ts";
import { seededRandom } from "./random.ts";
import { planRows, readPlans, storePlan } from "./store_rows.ts";

const MOST_PLANS = 6;
const MOST_SERVERS = 6;

/**
 * A writer with rows of its own in a store. What it does follows from its name and seed alone: two writers with the
 * same ones, after the same number of steps, have left the same rows in whatever stores they wrote to.
 */
export class Life {
  readonly #store: Store;
  readonly #name: string;
  readonly #random: () => number;
  readonly #alive: string[] = [];
  #made = 0;

  constructor(store: Store, { name, seed }: { readonly name: string; readonly seed: number }) {
    this.#store = store;
    this.#name = name;
    this.#random = seededRandom(seed);
  }

  /** One write, or none when the chosen plan has nothing left to change. */
  async step(): Promise<void> {
    const choice = this.#random();
    if (choice < 0.15) return await this.#changeGroup();
    if (this.#alive.length === 0 || (choice < 0.4 && this.#alive.length < MOST_PLANS)) {
      return await this.#create();
    }
    const found = await this.#store.planById(`plan-${this.#any(this.#alive)}`);
    assert(found !== null, "A plan that was stored is there");
    if (choice < 0.6) return await this.#reserve(found);
    if (choice < 0.8) return await this.#replace(found);
    if (choice < 0.9) return await this.#deletePlacement(found);
    return await this.#delete(found);
  }

  async #create(): Promise<void> {
    const key = `${this.#name}-${this.#made++}`;
    const servers = 1 + this.#below(MOST_SERVERS);
    await storePlan(this.#store, planRows(key, { servers, tenantId: this.#name, createdAtMs: this.#made }));
    this.#alive.push(key);
  }

  async #reserve({ plan, placements }: PlanWithPlacements): Promise<void> {
    if (placements.length === 0) return;
    const placement = { ...this.#any(placements), reserved: true, location: `host-${this.#below(100)}` };
    assert(await this.#store.changePlacements(plan.id, plan.version, [placement]), "The version is known");
  }

  async #replace({ plan, placements }: PlanWithPlacements): Promise<void> {
    const kept = placements.slice(this.#below(2));
    const id = `${this.#name}-${this.#made++}`;
    const [added] = planRows(id, { servers: 1, tenantId: this.#name, createdAtMs: this.#made }).placements;
    const moved = [...kept, { ...added, planId: plan.id, position: MOST_SERVERS + this.#made }];
    const outcome = await this.#store.replacePlan({ ...plan, name: id, version: plan.version + 1 }, moved);
    assert(outcome === "replaced", "The version is known and the ids are the writer's own");
  }

  async #deletePlacement({ placements }: PlanWithPlacements): Promise<void> {
    if (placements.length === 0) return;
    assert(await this.#store.deletePlacement(this.#any(placements).id) !== null, "The placement is there");
  }

  async #delete({ plan }: PlanWithPlacements): Promise<void> {
    assert(await this.#store.deletePlan(plan.id) !== null, "The plan is there");
    this.#alive.splice(this.#alive.indexOf(plan.id.slice("plan-".length)), 1);
  }

  async #changeGroup(): Promise<void> {
    const group = await this.#store.groupByName(this.#name);
    const choice = this.#below(4);
    if (group === null) await this.#createGroup();
    else if (choice < 2) await this.#store.addGroupMembers(group.id, [`p-${this.#below(50)}`]);
    else if (choice === 2) await this.#store.describeGroup(group.id, `described ${this.#below(1000)}`);
    else if (group.members.length > 0) await this.#store.removeGroupMembers(group.id, group.members);
    else await this.#store.deleteGroup(group.id);
  }

  async #createGroup(): Promise<void> {
    const id = `${this.#name}-group-${this.#made++}`;
    const group = {
      id,
      name: this.#name,
      description: "",
      level: null,
      members: [],
      createdAtMs: this.#made,
    };
    assert(await this.#store.createGroup({ ...group, type: "affinity" }) === "created", "The name is free");
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #any<T>(items: readonly T[]): T {
    return items[this.#below(items.length)];
  }
}

/** What a writer has left in a store. */
export interface Estate {
  readonly plans: readonly PlanWithPlacements[];
  readonly group: Group | null;
}

export async function readEstate(store: Store, name: string): Promise<Estate> {
  const plans = await readPlans(store, { tenantId: name, unowned: false });
  return { plans, group: await store.groupByName(name) };
}
