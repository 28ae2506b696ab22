import type { Application } from "./application.ts";
import type { Demand } from "./demand.ts";

/** The placement of one stack. */
export interface Plan {
  readonly id: string;
  /** Unique among plans. */
  readonly stackId: string;
  readonly name: string;
  /** Project that created the plan; null for rows of an older store. */
  readonly tenantId: string | null;
  readonly application: Application;
  /** SHA-256 (hex) of the canonical JSON of the request's `resources`, to recognise a repeated create. */
  readonly resourcesDigest: string;
  readonly createdAtMs: number;
  /** Counts the changes of the plan and of its placements, from 1. */
  readonly version: number;
}

/** Where one server of a plan goes, and what is held there for it. */
export interface Placement {
  readonly id: string;
  readonly planId: string;
  /** Copy of the plan's tenant. */
  readonly tenantId: string | null;
  readonly name: string;
  /** Unique among placements. */
  readonly orchestrationId: string;
  /** Nova's id of the server, once known. */
  readonly resourceId: string | null;
  /** Nova's host name. */
  readonly location: string;
  readonly reserved: boolean;
  /** Scheduler hints of Heat: JSON values. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What is held at `location`, fixed when the decision was made. */
  readonly demand: Demand;
  /** The host that a migrating server is still on; held as well until the new location is reserved. */
  readonly origin: string | null;
  /** When an unreserved hold ends; null for never. */
  readonly holdExpiresAtMs: number | null;
  /** Place in the request's order of resources, from 0. */
  readonly position: number;
  readonly createdAtMs: number;
}

export interface PlanWithPlacements {
  readonly plan: Plan;
  /** In the order of `position`. */
  readonly placements: readonly Placement[];
}
