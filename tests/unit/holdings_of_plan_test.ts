import { assertEquals } from "@std/assert";
import { holdingsOf } from "../../src/domain/holdings_of.ts";
import type { Placement, PlanWithPlacements } from "../../src/domain/plan.ts";
import { amounts, rule, server } from "../support/engine_site.ts";

const NOW_MS = 1000;

function placement(orchestrationId: string, changes: Partial<Placement> = {}): Placement {
  return {
    id: `placement-${orchestrationId}`,
    planId: "plan",
    tenantId: "p-blue",
    name: orchestrationId,
    orchestrationId,
    resourceId: null,
    location: "r1h1",
    reserved: false,
    metadata: {},
    demand: amounts(1, 2, 10),
    origin: null,
    holdExpiresAtMs: null,
    position: 0,
    createdAtMs: 0,
    ...changes,
  };
}

function planOf(
  placements: readonly Placement[],
  assignments: PlanWithPlacements["plan"]["application"]["assignments"] = [],
): PlanWithPlacements {
  const servers = placements.map(({ orchestrationId }) => server(orchestrationId));
  return {
    plan: {
      id: "plan",
      stackId: "stack",
      name: "plan",
      tenantId: "p-blue",
      application: { servers, assignments },
      resourcesDigest: "",
      createdAtMs: 0,
      version: 1,
    },
    placements,
  };
}

Deno.test("holdingsOf holds each placement where it is, with its demand and Nova id", () => {
  const stored = planOf([
    placement("a", { resourceId: "nova-a", reserved: true }),
    placement("b", { location: "r1h2" }),
  ]);
  const holdings = holdingsOf(stored, NOW_MS);
  assertEquals(holdings.map(({ serverId, host, resourceId }) => ({ serverId, host, resourceId })), [
    { serverId: "a", host: "r1h1", resourceId: "nova-a" },
    { serverId: "b", host: "r1h2", resourceId: null },
  ]);
  assertEquals(holdings[0].stackId, "stack");
  assertEquals(holdings[0].demand, amounts(1, 2, 10));
});

Deno.test("holdingsOf tells the flavor that the application gives a server, which cells and devices follow from", () => {
  const { plan, placements } = planOf([placement("a"), placement("b")]);
  const servers = [server("b", { flavor: "gpu" }), server("c")];
  const holdings = holdingsOf(
    { plan: { ...plan, application: { servers, assignments: [] } }, placements },
    NOW_MS,
  );
  assertEquals(holdings.map(({ flavor }) => flavor), [undefined, "gpu"]);
});

Deno.test("holdingsOf leaves out an unreserved placement from the end of its hold on", () => {
  const stored = planOf([
    placement("ended", { holdExpiresAtMs: NOW_MS }),
    placement("running", { holdExpiresAtMs: NOW_MS + 1 }),
    placement("reserved", { holdExpiresAtMs: NOW_MS, reserved: true }),
  ]);
  assertEquals(holdingsOf(stored, NOW_MS).map(({ serverId, expiresAtMs }) => [serverId, expiresAtMs]), [
    ["running", NOW_MS + 1],
    ["reserved", null],
  ]);
});

Deno.test("holdingsOf holds both hosts of a migrating server, and the old one again after the hold has ended", () => {
  const migrating = placement("a", { location: "r2h1", origin: "r1h1", holdExpiresAtMs: NOW_MS });
  const [before] = holdingsOf(planOf([migrating]), NOW_MS - 1);
  assertEquals([before.host, before.origin, before.expiresAtMs], ["r2h1", "r1h1", NOW_MS]);
  const [after] = holdingsOf(planOf([migrating]), NOW_MS);
  assertEquals([after.host, after.origin, after.expiresAtMs], ["r1h1", null, null]);
});

Deno.test("holdingsOf gives a server the named groups of every assignment above it", () => {
  const inner = rule("diversity rack", ["a"], { id: "inner", group: { id: "g1", name: "db" } });
  const outer = rule("exclusivity host", ["inner", "b"], { id: "outer", group: { id: "g2", name: "only" } });
  const own = rule("affinity rack", ["a", "b"]);
  const [a, b] = holdingsOf(planOf([placement("a"), placement("b")], [inner, outer, own]), NOW_MS);
  const g1 = { groupId: "g1", name: "db", type: "diversity", level: "rack", unit: "a" } as const;
  const g2 = { groupId: "g2", name: "only", type: "exclusivity", level: "host" } as const;
  assertEquals(a.groups, [g1, g2]);
  assertEquals(b.groups, [g2]);
});

Deno.test("holdingsOf holds a placement that its application no longer has, without groups", () => {
  const { plan, placements } = planOf([placement("a")]);
  const [holding] = holdingsOf({
    plan: { ...plan, application: { servers: [], assignments: [] } },
    placements,
  }, NOW_MS);
  assertEquals([holding.serverId, holding.groups], ["a", []]);
});
