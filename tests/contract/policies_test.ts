import { assertEquals } from "@std/assert";
import { RESOURCES } from "../../src/http/routes/mod.ts";
import type { IdentityPolicy } from "../../src/settings/settings.ts";
import { startService, type TestService } from "../support/service.ts";
import { TOKENS } from "../support/test_settings.ts";
import { createGroup, createPlan } from "../support/contract.ts";

type Persona = "admin" | "member" | "reader" | "other" | "service" | "manager" | "norole";

const READS = ["GET", "HEAD", "OPTIONS"];
const ALL: readonly Persona[] = ["admin", "member", "reader", "other", "service", "manager", "norole"];

/** Who gets past 401, by policy: `admins` for groups and other admin routes, `reads` and `writes` for the rest. */
const RIGHTS: Readonly<Record<IdentityPolicy, { reads: readonly Persona[]; writes: readonly Persona[] }>> = {
  admin: { reads: ["admin"], writes: ["admin"] },
  split: { reads: ALL, writes: ALL },
  rbac: {
    reads: ["admin", "member", "reader", "other", "service", "manager"],
    writes: ["admin", "member", "other", "service", "manager"],
  },
};

/** What a route table row needs, from the table that the service itself routes by. */
const ROUTES = RESOURCES.flatMap(({ path, open, kind, reads, methods }) =>
  [...methods.keys(), "OPTIONS", "PATCH"].map((method) => ({ path, open, kind, reads, method }))
);

function mayPass(
  policy: IdentityPolicy,
  persona: Persona,
  { open, kind, reads, method }: (typeof ROUTES)[number],
): boolean {
  if (open || persona === "admin") return true;
  if (kind !== "general") return false;
  return RIGHTS[policy][reads || READS.includes(method) ? "reads" : "writes"].includes(persona);
}

async function concrete(service: TestService, path: string): Promise<string> {
  if (!path.includes(":")) return path;
  const group = await createGroup(service, { members: ["p-blue"] });
  const plan = await createPlan(service);
  return path.replace(":group_id", group.id).replace(":member_id", "p-blue").replace(":plan_id", plan.id)
    .replace(":placement_id", Object.keys(plan.placements)[0]);
}

for (const policy of ["admin", "split", "rbac"] as const) {
  Deno.test(`[AUTH-2, AUTH-4, AUTH-5] policy "${policy}" lets each persona do what it may on every route`, async () => {
    await using service = await startService({ policy });
    assertEquals(TOKENS.map(({ token }) => token), [...ALL]);
    const wrong: string[] = [];
    for (const route of ROUTES) {
      for (const persona of ALL) {
        const { status } = await service.call(route.method, await concrete(service, route.path), {
          token: persona,
        });
        if ((status !== 401) !== mayPass(policy, persona, route)) {
          wrong.push(`${persona} ${route.method} ${route.path}: ${status}`);
        }
      }
    }
    assertEquals(wrong, []);
  });

  Deno.test(`[AUTH-4, 8.14-401] policy "${policy}" leaves migration to admins`, async () => {
    await using service = await startService({ policy });
    const plan = await createPlan(service);
    const body = { action: "migrate", resources: ["unknown"] };
    for (const persona of ALL) {
      const { status } = await service.call("PUT", `/v1/plans/${plan.id}`, { token: persona, body });
      assertEquals(status, persona === "admin" ? 400 : 401, persona);
    }
  });
}

Deno.test('[AUTH-tenants] policy "rbac" shows a service every project\'s plans, and a reader its own', async () => {
  await using service = await startService({ policy: "rbac" });
  const plan = await createPlan(service, {}, { token: "member" });
  const seen = await Promise.all(ALL.map(async (token) => {
    return [token, (await service.call("GET", `/v1/plans/${plan.id}`, { token })).status];
  }));
  assertEquals(Object.fromEntries(seen), {
    admin: 200,
    member: 200,
    reader: 200,
    other: 404,
    service: 200,
    manager: 200,
    norole: 401,
  });
});
