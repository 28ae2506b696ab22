import type { Caller, Visibility } from "../domain/caller.ts";

/** Who may call: `admin` only admins, `split` as in 2017, `rbac` by the roles of a project. */
export type Policy = "admin" | "split" | "rbac";

/** What a caller may do, from the roles in its token. */
export interface Access {
  readonly caller: Caller;
  readonly admin: boolean;
  readonly visibility: Visibility;
  readonly readOnly: boolean;
}

export interface AccessOptions {
  readonly policy: Policy;
  readonly adminRoles?: readonly string[];
  /** Who sees plans and placements without an owner. */
  readonly unowned?: "admin" | "all";
}

/** What a call does, as far as policies tell calls apart. */
export interface Operation {
  readonly kind: "groups" | "resources" | "migrate" | "general";
  readonly write: boolean;
}

const WRITERS = ["manager", "member"];
const READER = "reader";
const SERVICE = "service";

/** The access of a caller, or null for one that may call nothing. */
export function accessOf(
  caller: Caller,
  { policy, adminRoles = ["admin"], unowned = "admin" }: AccessOptions,
): Access | null {
  const has = (roles: readonly string[]) => caller.roles.some((role) => roles.includes(role));
  const own: Visibility = { tenantId: caller.projectId, unowned: unowned === "all" };
  if (has(adminRoles)) return { caller, admin: true, visibility: "all", readOnly: false };
  switch (policy) {
    case "admin":
      return null;
    case "split":
      return { caller, admin: false, visibility: own, readOnly: false };
    case "rbac":
      if (has([SERVICE])) return { caller, admin: false, visibility: "all", readOnly: false };
      if (has(WRITERS)) return { caller, admin: false, visibility: own, readOnly: false };
      return has([READER]) ? { caller, admin: false, visibility: own, readOnly: true } : null;
  }
}

/** Whether a caller may do it at all; which objects it sees is a matter of its visibility. */
export function mayCall(access: Access, { kind, write }: Operation): boolean {
  if (access.admin) return true;
  return kind === "general" && !(write && access.readOnly);
}
