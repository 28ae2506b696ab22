import { StaticIdentity } from "../../src/adapters/identity/static/identity.ts";
import { MemoryStore } from "../../src/adapters/store/memory/store.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Group } from "../../src/domain/group.ts";
import { holdingsOf } from "../../src/domain/holdings_of.ts";
import type { PlanWithPlacements } from "../../src/domain/plan.ts";
import { levelsOf } from "../../src/domain/topology.ts";
import type { Engine } from "../../src/engine/mod.ts";
import type { Identity } from "../../src/ports/identity.ts";
import type { Inventory } from "../../src/ports/inventory.ts";
import type { Store } from "../../src/ports/store.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { type Access, accessOf } from "../../src/usecases/access.ts";
import type { UseCaseContext, UseCaseLimits } from "../../src/usecases/context.ts";
import { createPlan, type CreatePlanBody } from "../../src/usecases/create_plan.ts";
import { reservePlacement } from "../../src/usecases/reserve_placement.ts";
import { Locks } from "../../src/usecases/locks.ts";
import { Problem, type ProblemDetail } from "../../src/usecases/problem.ts";
import { Waits } from "../../src/usecases/waits.ts";
import { assertEquals } from "./assert.ts";
import { engineFor, request, server as serverSpec, site } from "./engine_site.ts";
import { FaultInjector } from "./faults.ts";
import { InlineOptimizer } from "./inline_optimizer.ts";
import { ManualClock } from "./manual_clock.ts";
import { MemorySink } from "./memory_sink.ts";
import { readAll } from "./store_rows.ts";

export interface UseCaseSiteOptions {
  /** Two racks of two hosts of 8 vCPU when not given. */
  readonly dataCenter?: DataCenter;
  readonly limits?: Partial<UseCaseLimits>;
  readonly openDecisions?: number;
  /** Projects by the Nova id of a server, as the inventory knows them. */
  readonly projects?: Readonly<Record<string, string>>;
}

/** The use cases on a memory store and an engine in the same thread, on a clock that stands still. */
export class UseCaseSite {
  readonly ctx: UseCaseContext;
  readonly engine: Engine;
  readonly optimizer: InlineOptimizer;
  readonly clock = new ManualClock();
  readonly log = new MemorySink();
  /** What was told of decisions: action and outcome. */
  readonly decisions: string[] = [];
  readonly storeFaults = new FaultInjector<Store>("store");
  readonly identityFaults = new FaultInjector<Identity>("identity");
  readonly inventoryFaults = new FaultInjector<Inventory>("inventory");
  readonly #dataCenter: DataCenter;

  constructor(options: UseCaseSiteOptions = {}) {
    const { dataCenter = site(), limits = {}, openDecisions = 100, projects = {} } = options;
    this.#dataCenter = dataCenter;
    this.engine = engineFor(dataCenter, { improveSteps: 0 });
    this.optimizer = new InlineOptimizer(this.engine);
    const levels = levelsOf(dataCenter);
    this.ctx = {
      store: this.storeFaults.wrap(new MemoryStore({ pageSize: 2 })),
      optimizer: this.optimizer,
      identity: this.identityFaults.wrap(
        new StaticIdentity({ tokens: [], projectIds: ["p-admin", "p-blue", "p-green"] }),
      ),
      inventory: this.inventoryFaults.wrap(inventoryOf(dataCenter, projects)),
      clock: this.clock,
      ids: { uuid: countedIds() },
      locks: new Locks(),
      waits: new Waits(openDecisions),
      levels: () => levels,
      logger: createLogger({ sink: this.log, clock: this.clock, format: "json" }),
      metrics: {
        decisionMade: ({ action, outcome }) => void this.decisions.push(`${action} ${outcome}`),
        requestEnded: () => {},
        requestsInFlight: () => {},
        notificationsEnded: () => {},
        expose: () => Promise.resolve({ contentType: "text/plain", text: "" }),
      },
      limits: {
        plans: 1000,
        resourcesPerPlan: 5000,
        decisionMs: 60_000,
        pingMs: 5000,
        movesPerPlan: 1000,
        movesPerHost: 2,
        holdMs: 0,
        ...limits,
      },
    };
  }

  /** Plans a stack, which must succeed. */
  async plan(
    stackId: string,
    resources: Readonly<Record<string, unknown>>,
    { access = ADMIN, ...changes }: Partial<CreatePlanBody> & { access?: Access } = {},
  ): Promise<PlanWithPlacements> {
    const body = { plan_name: stackId, stack_id: stackId, resources, ...changes };
    return done((await createPlan(this.ctx, access, body))!);
  }

  /** Reserves a server as Nova does when it starts: where it is planned, unless other candidates are given. */
  async boot(orchestrationId: string, locations?: readonly string[]): Promise<void> {
    const found = (await this.ctx.store.placementByOrchestrationId(orchestrationId))!;
    const resource_id = `nova-${orchestrationId}`;
    const body = { action: "reserve", locations: locations ?? [found.location], resource_id } as const;
    done(await reservePlacement(this.ctx, { found, body }));
  }

  /** Stores a group with these members. */
  async group(name: string, changes: Partial<Group> = {}): Promise<Group> {
    const group: Group = {
      id: `id-of-${name}`,
      name,
      description: "",
      type: "exclusivity",
      level: null,
      members: [],
      createdAtMs: this.clock.nowMs(),
      ...changes,
    };
    assertEquals(await this.ctx.store.createGroup(group), "created");
    return group;
  }

  /** The stored plan of a stack. */
  async stored(stackId: string): Promise<PlanWithPlacements> {
    return (await this.ctx.store.planByStack(stackId))!;
  }

  /** Fails unless the optimizer holds exactly what the stored rows say, and every booking is settled. */
  async assertInStep(): Promise<void> {
    assertEquals([...this.optimizer.open], [], "Bookings are open");
    const rebuilt = engineFor(this.#dataCenter, { improveSteps: 0 });
    const nowMs = this.clock.nowMs();
    for (const plan of await readAll(this.ctx.store.plans("all"))) {
      for (const holding of holdingsOf(plan, nowMs)) rebuilt.hold(holding);
    }
    assertEquals(this.#room(this.engine), this.#room(rebuilt), "Rows and optimizer disagree");
  }

  /** How many servers of one vCPU fit on a host. */
  room(host: string): number {
    return this.#room(this.engine)[host];
  }

  #room(engine: Engine): Record<string, number> {
    return Object.fromEntries(this.#dataCenter.hosts.map(({ name }) => [name, this.#roomOn(engine, name)]));
  }

  #roomOn(engine: Engine, host: string): number {
    for (let count = 1;; count++) {
      const servers = Array.from(
        { length: count },
        (_, index) => serverSpec(`probe-${index}`, { flavor: "v1", forcedHost: host }),
      );
      const decision = engine.place(request(servers, [], { stackId: "probe", nowMs: this.clock.nowMs() }));
      if (decision.kind === "refused") return count - 1;
      engine.settle(decision.bookingId, "undone");
    }
  }
}

function inventoryOf(dataCenter: DataCenter, projects: Readonly<Record<string, string>>): Inventory {
  const known = new Map(Object.entries(projects));
  return {
    load: () => Promise.resolve(dataCenter),
    projectsOf: (uuids) =>
      Promise.resolve(
        new Map(uuids.flatMap((uuid) => known.has(uuid) ? [[uuid, known.get(uuid)!] as const] : [])),
      ),
    close: () => Promise.resolve(),
  };
}

function countedIds(): () => string {
  let last = 0;
  return () => `00000000-0000-4000-8000-${String(++last).padStart(12, "0")}`;
}

function access(projectId: string, role: string): Access {
  return accessOf({ projectId, userId: `u-${projectId}`, roles: [role] }, { policy: "split" })!;
}

export const ADMIN = access("p-admin", "admin");
export const BLUE = access("p-blue", "member");
export const GREEN = access("p-green", "member");

/** An `OS::Nova::Server` of one vCPU, unless `flavor` says otherwise. */
export function server(
  { flavor = "v1", properties = {}, ...rest }: {
    flavor?: unknown;
    properties?: object;
    [key: string]: unknown;
  } = {},
): object {
  return { type: "OS::Nova::Server", properties: { flavor, ...properties }, ...rest };
}

/** An `ATT::Valet::GroupAssignment` at level `host`, unless `level` says otherwise. */
export function assignment(
  groupType: unknown,
  members: unknown,
  properties: Readonly<Record<string, unknown>> = {},
): object {
  return {
    type: "ATT::Valet::GroupAssignment",
    properties: { group_type: groupType, level: "host", resources: members, ...properties },
  };
}

/** The result of a use case that must succeed. */
export function done<T>(result: T | Problem): T {
  if (result instanceof Problem) throw new Error(`Refused: ${JSON.stringify(result.detail)}`);
  return result;
}

/** What a use case refused with. */
export function refusal(result: unknown): ProblemDetail {
  if (result instanceof Problem) return result.detail;
  throw new Error(`Not refused: ${JSON.stringify(result)}`);
}

/** Hosts by orchestration id. */
export function locationsOf({ placements }: PlanWithPlacements): Record<string, string> {
  return Object.fromEntries(placements.map(({ orchestrationId, location }) => [orchestrationId, location]));
}
