import { assertEquals } from "@std/assert";
import {
  type Access,
  accessOf,
  type AccessOptions,
  mayCall,
  type Operation,
} from "../../src/usecases/access.ts";

const OWN = { tenantId: "p-blue", unowned: false };

function accessWith(roles: string[], options: AccessOptions): Access | null {
  return accessOf({ projectId: "p-blue", userId: "u", roles }, options);
}

/** What a role may do: its visibility, and whether it may only read. */
const PERSONAS: readonly [policy: AccessOptions["policy"], roles: string[], expected: string][] = [
  ["admin", ["admin"], "all"],
  ["admin", ["member", "admin"], "all"],
  ["admin", ["Admin"], "none"],
  ["admin", ["administrator"], "none"],
  ["admin", ["member"], "none"],
  ["admin", ["service"], "none"],
  ["admin", [], "none"],
  ["split", ["admin"], "all"],
  ["split", ["member"], "own"],
  ["split", ["x"], "own"],
  ["split", [], "own"],
  ["rbac", ["admin", "reader"], "all"],
  ["rbac", ["service"], "all, no admin"],
  ["rbac", ["manager"], "own"],
  ["rbac", ["member"], "own"],
  ["rbac", ["reader", "member"], "own"],
  ["rbac", ["reader"], "own, reading"],
  ["rbac", ["x"], "none"],
  ["rbac", [], "none"],
];

function told(access: Access | null): string {
  if (access === null) return "none";
  const sees = access.visibility === "all" ? "all" : "own";
  if (sees === "all" && !access.admin) return "all, no admin";
  return access.readOnly ? `${sees}, reading` : sees;
}

for (const [policy, roles, expected] of PERSONAS) {
  Deno.test(`accessOf gives "${expected}" for the roles [${roles}] under the policy "${policy}"`, () => {
    const access = accessWith(roles, { policy });
    assertEquals(told(access), expected);
    if (access && access.visibility !== "all") assertEquals(access.visibility, OWN);
  });
}

Deno.test("accessOf takes the names of admin roles from the settings", () => {
  const adminRoles = ["cloud_admin", "root"];
  assertEquals(accessWith(["root"], { policy: "admin", adminRoles })?.admin, true);
  assertEquals(accessWith(["admin"], { policy: "admin", adminRoles }), null);
});

Deno.test("accessOf shows rows without an owner to all when the settings say so", () => {
  const access = accessWith(["member"], { policy: "split", unowned: "all" });
  assertEquals(access?.visibility, { tenantId: "p-blue", unowned: true });
});

const OPERATIONS: readonly Operation[] = (["general", "groups", "migrate", "resources"] as const).flatMap((
  kind,
) => [false, true].map((write) => ({ kind, write })));

/** Operations that are allowed, `!` for those that write. */
function allowed(roles: string[], policy: AccessOptions["policy"]): string[] {
  const access = accessWith(roles, { policy })!;
  return OPERATIONS.filter((operation) => mayCall(access, operation))
    .map(({ kind, write }) => write ? `${kind}!` : kind);
}

Deno.test("mayCall lets admins do all", () => {
  for (const policy of ["admin", "split", "rbac"] as const) {
    assertEquals(allowed(["admin"], policy).length, OPERATIONS.length);
  }
});

Deno.test("mayCall keeps groups, migration and invalid resources for admins", () => {
  assertEquals(allowed(["member"], "split"), ["general", "general!"]);
  for (const role of ["manager", "member", "service"]) {
    assertEquals(allowed([role], "rbac"), ["general", "general!"]);
  }
});

Deno.test("mayCall lets readers read", () => {
  assertEquals(allowed(["reader"], "rbac"), ["general"]);
});
