import type { PlacedServer, ServerDirective } from "../domain/placement_request.ts";
import type { Placement, Plan } from "../domain/plan.ts";
import type { UseCaseContext } from "./context.ts";
import type { ReadApplication } from "./read_application.ts";

/** Where a stored placement stands, as the optimizer is told. */
export function standingOf(placement: Placement): NonNullable<ServerDirective["standing"]> {
  return {
    host: placement.location,
    demand: placement.demand,
    resourceId: placement.resourceId,
    origin: placement.origin,
    expiresAtMs: placement.reserved ? null : placement.holdExpiresAtMs,
  };
}

/** End of a hold that begins now; null for never. */
export function holdUntil(ctx: UseCaseContext): number | null {
  return ctx.limits.holdMs > 0 ? ctx.clock.nowMs() + ctx.limits.holdMs : null;
}

/** Whether the hold of a placement has ended: its room may be somebody else's. */
export function isExpired(ctx: UseCaseContext, { reserved, holdExpiresAtMs }: Placement): boolean {
  return !reserved && holdExpiresAtMs !== null && holdExpiresAtMs <= ctx.clock.nowMs();
}

export interface RowsOptions {
  readonly plan: Plan;
  readonly read: ReadApplication;
  readonly stored: readonly Placement[];
}

/** The rows of a decided application; servers that were there keep their row's id, Nova id and reservation. */
export function rowsOf(
  ctx: UseCaseContext,
  placed: readonly PlacedServer[],
  { plan, read, stored }: RowsOptions,
): Placement[] {
  const before = new Map(stored.map((placement) => [placement.orchestrationId, placement]));
  const nowMs = ctx.clock.nowMs();
  const decided = new Map(placed.map((server) => [server.serverId, server]));
  return read.application.servers.map(({ id: serverId, name }, position) => {
    const { host, demand } = decided.get(serverId)!;
    const known = before.get(serverId);
    const reserved = known?.reserved ?? false;
    return {
      id: known?.id ?? ctx.ids.uuid(),
      planId: plan.id,
      tenantId: plan.tenantId,
      name,
      orchestrationId: serverId,
      resourceId: known?.resourceId ?? null,
      location: host,
      reserved,
      metadata: read.metadata.get(serverId) ?? {},
      demand,
      origin: known && known.origin !== host ? known.origin : null,
      holdExpiresAtMs: reserved ? null : holdUntil(ctx),
      position,
      createdAtMs: known?.createdAtMs ?? nowMs,
    };
  });
}
