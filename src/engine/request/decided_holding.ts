import { isAtMost } from "../../domain/demand.ts";
import type { Holding } from "../../domain/holding.ts";
import type { PlacementRequest } from "../../domain/placement_request.ts";
import type { TaskServer } from "./task.ts";
import type { HardwareShape } from "../model/hardware_shape.ts";

interface HoldingContext {
  readonly host: string;
  readonly request: PlacementRequest;
  /** What the holding before, if any, takes of cells and devices. */
  readonly hardware: HardwareShape | null;
}

/** What a decided server holds. */
export function holdingOf(server: TaskServer, { host, request, hardware }: HoldingContext): Holding {
  const { spec, demand, directive, holding, memberships } = server;
  const standing = directive?.standing;
  const before = holding?.host ?? standing?.host ?? null;
  const moved = before !== null && before !== host;
  const left = holding?.origin ?? standing?.origin ??
    (moved && request.keepOrigin && holding && !directive?.gone ? before : null);
  // The old host is known to have room for what was held there, not for more or for other hardware.
  const grown = holding !== undefined &&
    (!isAtMost(demand, holding.demand) || hardware !== server.hardware);
  const untouched = !moved && standing !== undefined;
  return {
    serverId: spec.id,
    stackId: request.stackId,
    resourceId: holding?.resourceId ?? standing?.resourceId ?? null,
    host,
    origin: left === host || grown ? null : left,
    demand,
    flavor: spec.flavor,
    groups: memberships,
    expiresAtMs: untouched ? standing.expiresAtMs : request.holdUntilMs,
  };
}
