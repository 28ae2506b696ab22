import type { Demand } from "./demand.ts";
import type { GroupMembership } from "./group.ts";

/** One end of a pipe. */
export interface PipeEnd {
  /** Orchestration id of the server at the other end. */
  readonly peerId: string;
  readonly kbps: number;
}

/** Capacity that Valet holds for one server of a plan. */
export interface Holding {
  /** Orchestration id. */
  readonly serverId: string;
  readonly stackId: string;
  /** Nova's id once known: a server that the inventory already reports is not counted twice. */
  readonly resourceId: string | null;
  readonly host: string;
  /** A second host held while the server migrates away from it. */
  readonly origin: string | null;
  readonly demand: Demand;
  /** Name or id of its flavor, which tells what it asks of cells and devices; absent when not known. */
  readonly flavor?: string;
  /** The named groups that the server belongs to. */
  readonly groups: readonly GroupMembership[];
  /** Bandwidth between `host` and where the peers are held; absent for none. */
  readonly pipes?: readonly PipeEnd[];
  /** When the hold ends by itself; null for never. */
  readonly expiresAtMs: number | null;
}

/** A held server that exists now. */
export interface ConfirmedServer {
  readonly serverId: string;
  /** Nova's id; null leaves the known one. */
  readonly resourceId: string | null;
  /** Where it is, if that may not be where it was held last. */
  readonly host?: string;
}
