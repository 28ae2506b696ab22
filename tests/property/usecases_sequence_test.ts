import { assert } from "@std/assert";
import fc from "fast-check";
import { addDemand, NO_DEMAND } from "../../src/domain/demand.ts";
import { holdingsOf } from "../../src/domain/holdings_of.ts";
import { OutsideFailure } from "../../src/ports/failures.ts";
import { applyMoves } from "../../src/usecases/apply_moves.ts";
import type { UseCaseContext } from "../../src/usecases/context.ts";
import { createPlan } from "../../src/usecases/create_plan.ts";
import { expireHolds } from "../../src/usecases/expire_holds.ts";
import { migratePlan } from "../../src/usecases/migrate_plan.ts";
import { deletePlacement } from "../../src/usecases/placements.ts";
import { deletePlan } from "../../src/usecases/plans.ts";
import { planMoves } from "../../src/usecases/plan_moves.ts";
import { Problem } from "../../src/usecases/problem.ts";
import { reservePlacement } from "../../src/usecases/reserve_placement.ts";
import { updatePlan } from "../../src/usecases/update_plan.ts";
import { amounts, site } from "../support/engine_site.ts";
import { readAll } from "../support/store_rows.ts";
import { ADMIN, assignment, server, UseCaseSite } from "../support/usecase_site.ts";

const RUNS = Number(Deno.env.get("VALET_PROPERTY_RUNS") ?? 150);
const SEED = 20_180_401;

const HOLD_MS = 900_000;
const DATA_CENTER = site({ capacity: amounts(4, 8, 40) });
const HOSTS = DATA_CENTER.hosts.map(({ name }) => name);
const WRITES = [
  "createPlan",
  "replacePlan",
  "changePlacements",
  "changePlacementsOfPlans",
  "deletePlan",
  "deletePlacement",
] as const;

const servers = fc.array(
  fc.record({ key: fc.nat(3), flavor: fc.constantFrom("v1", "v1", "v2", "v4") }),
  { minLength: 1, maxLength: 4 },
);

const rule = fc.constantFrom(
  null,
  null,
  assignment("diversity", []),
  assignment("affinity", []),
  assignment("affinity", [], { level: "rack" }),
  assignment("exclusivity", [], { group_name: "mine" }),
);

/** One call; numbers choose among what is there. */
const step = fc.record({
  kind: fc.constantFrom(
    "create",
    "create",
    "update",
    "migrate",
    "reserve",
    "delete",
    "remove",
    "sweep",
    "drain",
  ),
  stack: fc.nat(2),
  servers,
  rule,
  target: fc.nat(3),
  hosts: fc.subarray(HOSTS),
});

/** Calls that come at the same time, after some time has passed, and what befalls the store meanwhile. */
const burst = fc.record({
  steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  passes: fc.constantFrom(0, 0, 5000, 300_000, HOLD_MS - 8000, HOLD_MS),
  fault: fc.constantFrom("none", "none", "none", "fail", "lose"),
});

type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function resourcesOf({ stack, servers, rule }: Step): Record<string, unknown> {
  const resources = Object.fromEntries(
    servers.map(({ key, flavor }) => [key === 0 ? "wanted by all" : `s${stack}-${key}`, server({ flavor })]),
  );
  if (rule === null) return resources;
  const { properties, ...rest } = rule as { properties: object };
  return {
    ...resources,
    rule: { ...rest, properties: { ...properties, resources: Object.keys(resources) } },
  };
}

async function perform({ ctx }: UseCaseSite, step: Step): Promise<void> {
  const stackId = `stack-${step.stack}`;
  const resources = resourcesOf(step);
  if (step.kind === "sweep") return await expireHolds(ctx);
  if (step.kind === "drain") return await drain(ctx, step);
  if (step.kind === "create") {
    await createPlan(ctx, ADMIN, { plan_name: stackId, stack_id: stackId, resources, locations: step.hosts });
    return;
  }
  const found = await ctx.store.planByStack(stackId);
  const target = found?.placements[step.target % Math.max(1, found.placements.length)];
  if (!found || !target) return;
  const { orchestrationId, location } = target;
  switch (step.kind) {
    case "update":
      await updatePlan(ctx, ADMIN, { found, body: { action: "update", resources } });
      return;
    case "migrate": {
      const body = { action: "migrate", resources: [orchestrationId], excluded_hosts: step.hosts } as const;
      await migratePlan(ctx, ADMIN, { found, body });
      return;
    }
    case "reserve": {
      const locations = step.hosts.length % 2 === 0 ? [location, ...step.hosts] : step.hosts;
      const body = { action: "reserve", locations, resource_id: `nova-${orchestrationId}` } as const;
      await reservePlacement(ctx, { found: target, body });
      return;
    }
    case "delete":
      await deletePlan(ctx, found);
      return;
    case "remove":
      await deletePlacement(ctx, target);
  }
}

/** Plans moves off a host, lost or not, and applies the first wave of them. */
async function drain(ctx: UseCaseContext, { target, stack }: Step): Promise<void> {
  const choice = { hosts: [HOSTS[target]] };
  const plan = await planMoves(ctx, { goal: { kind: stack === 0 ? "failed" : "drain", choice }, perHost: 2 });
  if (plan instanceof Problem || plan.waves.length === 0) return;
  await applyMoves(ctx, plan.waves[0]);
}

/** Fails when the stored rows promise more of a host than it has. */
async function assertNotOverbooked({ ctx, clock }: UseCaseSite): Promise<void> {
  const promised = new Map(HOSTS.map((host) => [host, NO_DEMAND]));
  for (const plan of await readAll(ctx.store.plans("all"))) {
    for (const { host, origin, demand } of holdingsOf(plan, clock.nowMs())) {
      for (const name of origin === null ? [host] : [host, origin]) {
        promised.set(name, addDemand(promised.get(name)!, demand));
      }
    }
  }
  for (const [host, { milliVcpu }] of promised) assert(milliVcpu <= 4000, `${host}: ${milliVcpu}`);
}

for (const holdMs of [0, HOLD_MS]) {
  Deno.test(`Rows and optimizer stay in step and overbook no host, whatever happens (holds of ${holdMs} ms)`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(burst, { minLength: 1, maxLength: 10 }), async (bursts) => {
        const here = new UseCaseSite({ dataCenter: DATA_CENTER, limits: { holdMs } });
        await here.group("mine", { members: ["p-admin"] });
        for (const { steps, passes, fault } of bursts) {
          here.clock.advance(passes);
          if (fault !== "none") here.storeFaults[fault](...WRITES);
          const outcomes = await Promise.allSettled(steps.map((each) => perform(here, each)));
          here.storeFaults.heal();
          for (const outcome of outcomes) {
            if (outcome.status === "rejected") {
              assert(outcome.reason instanceof OutsideFailure, outcome.reason);
            }
          }
          await here.assertInStep();
          await assertNotOverbooked(here);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
  });
}
