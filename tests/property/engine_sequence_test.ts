import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Holding } from "../../src/domain/holding.ts";
import type { PlacementRequest, ServerDirective } from "../../src/domain/placement_request.ts";
import { caseOf } from "../../src/engine/checker/case.ts";
import { checkModel, checkPlacement } from "../../src/engine/checker/mod.ts";
import { holdingsAfter } from "../../src/engine/checker/world.ts";
import type { Engine } from "../../src/engine/mod.ts";
import { engineFor, request } from "../support/engine_site.ts";
import { type RandomCase, randomCase } from "../support/random_cases.ts";

const RUNS = Number(Deno.env.get("VALET_PROPERTY_RUNS") ?? 1500);
const SEED = 20_180_401;

/** One thing that happens to an engine; numbers choose among what is held. */
const action = fc.record({
  kind: fc.constantFrom("create", "create", "replan", "migrate", "release", "confirm"),
  application: fc.nat(2),
  stack: fc.nat(2),
  server: fc.nat(5),
  outcome: fc.constantFrom("kept", "kept", "undone"),
});

type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

/** An engine and what the caller knows it to hold. */
class World {
  readonly engine: Engine;
  readonly applications = new Map<string, PlacementRequest["application"]>();
  /** Every answer as it was given. */
  readonly answers: string[] = [];
  holdings: readonly Holding[];

  constructor(readonly base: RandomCase) {
    this.engine = engineFor(base.dataCenter, { maxSteps: 100_000 });
    this.holdings = base.holdings;
    for (const holding of base.holdings) this.engine.hold(holding);
  }

  perform(action: Action): void {
    const stackId = `stack-${action.stack}`;
    const own = this.holdings.filter((holding) => holding.stackId === stackId);
    const target = own[action.server % Math.max(1, own.length)];
    if (action.kind === "create") this.#place(this.#create(action, stackId), action);
    else if (!target) return;
    else if (action.kind === "release") {
      this.engine.release([target.serverId]);
      this.holdings = this.holdings.filter((holding) => holding !== target);
    } else if (action.kind === "confirm") {
      this.engine.confirm([{ serverId: target.serverId, resourceId: null }]);
      this.holdings = this.holdings.map((holding) =>
        holding === target ? { ...holding, origin: null } : holding
      );
    } else this.#place(this.#move({ own, target, stackId, migrate: action.kind === "migrate" }), action);
  }

  #create({ application: size, stack }: Action, stackId: string): PlacementRequest {
    const { servers, assignments, pipes = [] } = this.base.application;
    const kept = servers.slice(0, servers.length - size);
    // The first server of each stack may be one that the inventory reports.
    const rename = (id: string) => id === "s0" ? `vm-${stack}-0` : `${stackId}-${id}`;
    const application = {
      servers: kept.map((server) => ({ ...server, id: rename(server.id) })),
      assignments: assignments.map((assignment) => ({
        ...assignment,
        id: rename(assignment.id),
        members: assignment.members.map(rename).filter((id) =>
          kept.some((server) => rename(server.id) === id) ||
          assignments.some((other) => rename(other.id) === id)
        ),
      })),
      pipes: pipes.map((pipe) => ({
        ...pipe,
        servers: [rename(pipe.servers[0]), rename(pipe.servers[1])] as const,
      }))
        .filter((pipe) => pipe.servers.every((id) => kept.some((server) => rename(server.id) === id))),
    };
    return request(application.servers, application.assignments, { stackId, application });
  }

  #move(
    { own, target, stackId, migrate }: {
      own: readonly Holding[];
      target: Holding;
      stackId: string;
      migrate: boolean;
    },
  ): PlacementRequest {
    const application = this.applications.get(stackId)!;
    const present = application.servers.filter(({ id }) => own.some(({ serverId }) => serverId === id));
    const directives = own.map((holding): ServerDirective => {
      const { serverId, host, demand, resourceId, origin, expiresAtMs } = holding;
      const standing = { host, demand, resourceId, origin, expiresAtMs };
      if (holding === target) return { serverId, stay: "free", standing, forbiddenHosts: [host] };
      return { serverId, stay: migrate ? "must" : "should", standing };
    });
    return request(present, application.assignments, {
      stackId,
      directives,
      keepOrigin: migrate,
      application: { ...application, servers: present },
    });
  }

  #place(asked: PlacementRequest, { outcome }: Action): void {
    const decision = this.engine.place(asked);
    this.answers.push(JSON.stringify(decision));
    if (decision.kind === "refused") return;
    const finished = {
      dataCenter: this.base.dataCenter,
      holdings: this.holdings,
      request: asked,
      placements: decision.placements,
    };
    assertEquals(checkPlacement(finished), []);
    this.engine.settle(decision.bookingId, outcome);
    if (outcome === "undone") return;
    this.holdings = holdingsAfter(caseOf(finished));
    this.applications.set(asked.stackId, asked.application);
  }

  /** What the engine answers to a request that nothing is booked for, as a measure of its state. */
  probe(engine: Engine): string {
    const { application } = this.base;
    const decision = engine.place(request([], [], { stackId: "probe", application }));
    if (decision.kind === "refused") return JSON.stringify(decision);
    engine.settle(decision.bookingId, "undone");
    return JSON.stringify([decision.placements, decision.effort]);
  }
}

Deno.test("engine keeps every rule and no more room than it has through any sequence of operations", () => {
  fc.assert(
    fc.property(
      randomCase({ hosts: 6, servers: 5 }),
      fc.array(action, { maxLength: 10 }),
      (base, actions) => {
        const world = new World(base);
        const overbooked = checkModel({ dataCenter: base.dataCenter, holdings: base.holdings });
        for (const each of actions) world.perform(each);
        const after = checkModel({ dataCenter: base.dataCenter, holdings: world.holdings });
        assertEquals(after.length <= overbooked.length, true, JSON.stringify(after));
        const rebuilt = engineFor(base.dataCenter, { maxSteps: 100_000 });
        for (const holding of world.holdings) rebuilt.hold(holding);
        assertEquals(world.probe(world.engine), world.probe(rebuilt));
      },
    ),
    { numRuns: RUNS, seed: SEED },
  );
});

Deno.test("settle undone leaves an engine that answers as if nothing had been asked", () => {
  fc.assert(
    fc.property(randomCase({ hosts: 6, servers: 5 }), fc.array(action, { maxLength: 6 }), (base, actions) => {
      const world = new World(base);
      const before = world.probe(world.engine);
      for (const each of actions) world.perform({ ...each, outcome: "undone" });
      assertEquals(world.probe(world.engine), before);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

Deno.test("a recorded run, played again, is answered the same byte by byte", () => {
  fc.assert(
    fc.property(randomCase({ hosts: 6, servers: 5 }), fc.array(action, { maxLength: 8 }), (base, actions) => {
      const [recorded, replayed] = [new World(base), new World(structuredClone(base))];
      for (const world of [recorded, replayed]) for (const each of actions) world.perform(each);
      assertEquals(replayed.answers, recorded.answers);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
