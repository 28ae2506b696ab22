import { assert, assertEquals, assertRejects } from "@std/assert";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Holding } from "../../src/domain/holding.ts";
import type { Decision, PlacementRequest } from "../../src/domain/placement_request.ts";
import { Unavailable } from "../../src/ports/failures.ts";
import type { Optimizer } from "../../src/ports/optimizer.ts";
import { amounts, holding, hostsOf, request, rule, server, site } from "./engine_site.ts";
import { type PortCase, portSuite } from "./port_suite.ts";

export interface OptimizerUnderTest extends AsyncDisposable {
  readonly optimizer: Optimizer;
}

export interface OptimizerAdapter {
  readonly name: string;
  /** An optimizer that is ready, with this model, answering pings as `PINGED`. */
  open(model: {
    readonly dataCenter: DataCenter;
    readonly holdings: readonly Holding[];
  }): Promise<OptimizerUnderTest>;
}

export const PINGED = { ip: "192.0.2.1", id: 1 } as const;

const IN_TIME = { timeoutMs: 30_000 };

/** Two hosts with room for two servers each. */
const DATA_CENTER = site({ racks: 2, hostsPerRack: 1, capacity: amounts(2, 4, 20) });

const GROUP = { groupId: "g1", name: "db", type: "diversity", level: "host" } as const;

/** Fills the first host; its hold ends at 1000. */
const HELD: readonly Holding[] = ["held-1", "held-2"].map((id) =>
  holding(id, "r1h1", { stackId: "held", expiresAtMs: 1000, groups: [GROUP] })
);

function stack(stackId: string, count: number, changes: Partial<PlacementRequest> = {}): PlacementRequest {
  const servers = Array.from({ length: count }, (_, index) => server(`${stackId}-${index + 1}`));
  return request(servers, [], { stackId, ...changes });
}

async function kept(optimizer: Optimizer, asked: PlacementRequest): Promise<Record<string, string>> {
  const decision = await optimizer.place(asked, IN_TIME);
  if (decision.kind === "placed") optimizer.settle(decision.bookingId, "kept");
  return hostsOf(decision);
}

/** How many servers of one vCPU still fit; leaves nothing held. */
async function room(optimizer: Optimizer, nowMs = 0): Promise<number> {
  for (let count = 4; count > 0; count--) {
    const decision = await optimizer.place(stack("probe", count, { nowMs }), IN_TIME);
    if (decision.kind === "refused") continue;
    optimizer.settle(decision.bookingId, "undone");
    return count;
  }
  return 0;
}

interface Case {
  readonly name: string;
  run(optimizer: Optimizer): Promise<void>;
}

const CASES: readonly Case[] = [
  {
    name: "Optimizer.place gives every server a host, in the application's order",
    run: async (optimizer) => {
      const decision = await optimizer.place(stack("s", 2), IN_TIME);
      assert(decision.kind === "placed");
      assertEquals(decision.placements, [
        { serverId: "s-1", host: "r2h1", demand: amounts(1, 2, 10), origin: null },
        { serverId: "s-2", host: "r2h1", demand: amounts(1, 2, 10), origin: null },
      ]);
      optimizer.settle(decision.bookingId, "kept");
    },
  },
  {
    name: "Optimizer.explain tells what place would do and why, and books nothing",
    run: async (optimizer) => {
      const fits = await optimizer.explain(stack("s", 2), {}, IN_TIME);
      assertEquals([fits.placeable, fits.conflict], [true, []]);
      const asked = await optimizer.explain(
        stack("s", 3),
        { about: { serverId: "s-1", host: "r1h1" } },
        IN_TIME,
      );
      assertEquals([asked.placeable, asked.conflict.length, asked.host?.broken], [false, 3, [
        "cpu capacity",
        "memory capacity",
        "local disk capacity",
      ]]);
      assertEquals(await room(optimizer), 2);
    },
  },
  {
    name:
      "Optimizer.planMoves plans moves of what is held, asks for the plans that it lacks, and moves nothing",
    run: async (optimizer) => {
      const question = {
        goal: { kind: "drain", choice: { hosts: ["r1h1"] } },
        stacks: new Map(),
        perHost: 1,
        mostMoves: 1000,
        nowMs: 0,
      } as const;
      const asked = await optimizer.planMoves(question, IN_TIME);
      assertEquals(asked, { kind: "incomplete", stackIds: ["held"] });
      const servers = HELD.map(({ serverId }) => server(serverId));
      const stacks = new Map([["held", { servers, assignments: [] }]]);
      const planned = await optimizer.planMoves({ ...question, stacks }, IN_TIME);
      assert(planned.kind === "planned");
      const waves = planned.plan.waves.map((wave) => wave.map(({ serverId, to }) => `${serverId} ${to}`));
      assertEquals(waves, [["held-1 r2h1"], ["held-2 r2h1"]]);
      assertEquals(await room(optimizer), 2);
    },
  },
  {
    name: "Optimizer.place counts what was held before it started",
    run: async (optimizer) => assertEquals(await room(optimizer), 2),
  },
  {
    name: "Optimizer.place gives no capacity twice, settled or not",
    run: async (optimizer) => {
      const decisions = await Promise.all(
        ["a", "b", "c"].map((id) => optimizer.place(stack(id, 1), IN_TIME)),
      );
      assertEquals(decisions.map(({ kind }) => kind), ["placed", "placed", "refused"]);
      for (const decision of decisions) {
        if (decision.kind === "placed") optimizer.settle(decision.bookingId, "kept");
      }
      assertEquals(await room(optimizer), 0);
    },
  },
  {
    name: "Optimizer.place refuses as a value, with reasons, and books nothing",
    run: async (optimizer) => {
      const decision: Decision = await optimizer.place(stack("s", 3), IN_TIME);
      assert(decision.kind === "refused");
      assertEquals([decision.refusal.message, decision.refusal.nodes.length > 0], [
        "no available hosts",
        true,
      ]);
      assertEquals(await room(optimizer), 2);
    },
  },
  {
    name: "Optimizer.place gives every booking an id of its own",
    run: async (optimizer) => {
      const ids = [];
      for (const id of ["a", "b"]) {
        const decision = await optimizer.place(stack(id, 1), IN_TIME);
        assert(decision.kind === "placed");
        optimizer.settle(decision.bookingId, "kept");
        ids.push(decision.bookingId);
      }
      assertEquals(new Set(ids).size, 2);
    },
  },
  {
    name: "Optimizer.place lets holds end at the caller's time",
    run: async (optimizer) => {
      assertEquals(await room(optimizer, 999), 2);
      assertEquals(await room(optimizer, 1000), 4);
    },
  },
  {
    name: "Optimizer.settle undone gives everything back as it was",
    run: async (optimizer) => {
      const before = await kept(optimizer, stack("s", 2));
      const smaller = await optimizer.place(stack("s", 1), IN_TIME);
      assert(smaller.kind === "placed");
      optimizer.settle(smaller.bookingId, "undone");
      assertEquals(await room(optimizer), 0);
      assertEquals(before, { "s-1": "r2h1", "s-2": "r2h1" });
    },
  },
  {
    name: "Optimizer.settle kept ends what the stack held before",
    run: async (optimizer) => {
      await kept(optimizer, stack("s", 2));
      await kept(optimizer, stack("s", 1));
      assertEquals(await room(optimizer), 1);
    },
  },
  {
    name: "Optimizer.settle takes the same or an unknown booking again without throwing",
    run: async (optimizer) => {
      const decision = await optimizer.place(stack("s", 1), IN_TIME);
      assert(decision.kind === "placed");
      for (const id of [decision.bookingId, decision.bookingId, 4711]) optimizer.settle(id, "undone");
      assertEquals(await room(optimizer), 2);
    },
  },
  {
    name: "Optimizer.release gives back what is held and passes over unknown ids",
    run: async (optimizer) => {
      optimizer.release(["held-2", "unknown", "held-2"]);
      assertEquals(await room(optimizer), 3);
    },
  },
  {
    name: "Optimizer.confirm makes a hold endless and passes over unknown ids",
    run: async (optimizer) => {
      optimizer.confirm([{ serverId: "held-1", resourceId: "nova-1" }, {
        serverId: "unknown",
        resourceId: null,
      }]);
      assertEquals(await room(optimizer, 1000), 3);
    },
  },
  {
    name: "Optimizer.confirm gives back the host that a server migrated from",
    run: async (optimizer) => {
      optimizer.release(["held-2"]);
      const asked = request([server("held-1")], [], {
        stackId: "held",
        keepOrigin: true,
        directives: [{ serverId: "held-1", stay: "free", forbiddenHosts: ["r1h1"] }],
      });
      assertEquals(await kept(optimizer, asked), { "held-1": "r2h1" });
      assertEquals(await room(optimizer), 2);
      optimizer.confirm([{ serverId: "held-1", resourceId: null }]);
      assertEquals(await room(optimizer), 3);
    },
  },
  {
    name: "Optimizer.groupServers gives the servers that are held in a group",
    run: async (optimizer) => {
      const group = { id: "g2", name: "web" };
      await kept(
        optimizer,
        request([server("w1"), server("w2")], [rule("affinity host", ["w1", "w2"], { group })]),
      );
      assertEquals((await optimizer.groupServers("web", IN_TIME)).toSorted(), ["w1", "w2"]);
      assertEquals((await optimizer.groupServers("db", IN_TIME)).toSorted(), ["held-1", "held-2"]);
      assertEquals(await optimizer.groupServers("none", IN_TIME), []);
    },
  },
  {
    name: "Optimizer.invalidPlacements names held servers that break a rule where they are",
    run: async (optimizer) => {
      const invalid = await optimizer.invalidPlacements(IN_TIME);
      assertEquals([...invalid.keys()].toSorted(), ["held-1", "held-2"]);
      optimizer.release(["held-1"]);
      assertEquals(await optimizer.invalidPlacements(IN_TIME), new Map());
    },
  },
  {
    name: "Optimizer.ping tells who answers",
    run: async (optimizer) => assertEquals(await optimizer.ping(IN_TIME), PINGED),
  },
  {
    name:
      "Optimizer.close may be repeated; what is asked later is unavailable, what is told later is ignored",
    run: async (optimizer) => {
      await optimizer.close();
      await optimizer.close();
      await assertRejects(() => optimizer.place(stack("s", 1), IN_TIME), Unavailable);
      await assertRejects(() => optimizer.groupServers("db", IN_TIME), Unavailable);
      await assertRejects(() => optimizer.ping(IN_TIME), Unavailable);
      optimizer.release(["held-1"]);
      optimizer.confirm([{ serverId: "held-1", resourceId: null }]);
      optimizer.settle(1, "kept");
    },
  },
];

/** Registers what every adapter of the port must keep. */
export function optimizerSuite({ name: adapter, open }: OptimizerAdapter): void {
  const cases = CASES.map(({ name, run }): PortCase<OptimizerUnderTest> => ({
    name,
    run: ({ optimizer }) => run(optimizer),
  }));
  portSuite(cases, { name: adapter, open: () => open({ dataCenter: DATA_CENTER, holdings: HELD }) });
}
