import type { Placement } from "../domain/plan.ts";
import type { UseCaseContext } from "./context.ts";

/** When an operation takes place: one reading of the clock, so that rows and optimizer agree about holds. */
export interface Moment {
  readonly nowMs: number;
  /** End of a hold that begins or is renewed now; null for never. */
  readonly holdUntilMs: number | null;
}

/**
 * A hold that ends sooner than this may have ended in the optimizer's model before something that is stored now is
 * known there.
 */
const LATEST_MS = 10_000;

export function momentOf({ clock, limits: { holdMs } }: UseCaseContext): Moment {
  const nowMs = clock.nowMs();
  return { nowMs, holdUntilMs: holdMs > 0 ? nowMs + holdMs : null };
}

/** Whether the hold of a placement has ended: its room may be somebody else's. */
export function hasExpired({ reserved, holdExpiresAtMs }: Placement, { nowMs }: Moment): boolean {
  return !reserved && holdExpiresAtMs !== null && holdExpiresAtMs <= nowMs;
}

/** Whether the hold of a placement has ended, or does so before one could act on it. */
export function expiresSoon(placement: Placement, { nowMs, holdUntilMs }: Moment): boolean {
  return hasExpired(placement, { nowMs: nowMs + LATEST_MS, holdUntilMs });
}

/** Whether a server exists, or is about to, and its room is held: it must not be moved on paper alone. */
export function isInUse(placement: Placement, moment: Moment): boolean {
  return (placement.reserved || placement.resourceId !== null) && !hasExpired(placement, moment);
}

/** The row of a migration that was never confirmed and whose hold has ended: the server is where it came from. */
export function fallenBack(placement: Placement, moment: Moment): Placement {
  if (placement.origin === null || !hasExpired(placement, moment)) return placement;
  return { ...placement, location: placement.origin, origin: null, reserved: true, holdExpiresAtMs: null };
}

/** The row with its hold renewed, if it has an end at all. */
export function renewed(placement: Placement, { holdUntilMs }: Moment): Placement {
  return { ...placement, holdExpiresAtMs: placement.reserved ? null : holdUntilMs };
}
