/** Who a validated, project-scoped token speaks for. */
export interface Caller {
  readonly projectId: string;
  readonly userId: string;
  readonly roles: readonly string[];
}

/** Which tenants' plans and placements a caller may see. */
export type Visibility = "all" | {
  readonly tenantId: string;
  /** Whether rows without an owner are visible too. */
  readonly unowned: boolean;
};

export function isVisible(tenantId: string | null, visibility: Visibility): boolean {
  if (visibility === "all") return true;
  return tenantId === null ? visibility.unowned : tenantId === visibility.tenantId;
}
