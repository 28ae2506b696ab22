import type { Assignment } from "./application.ts";
import type { Effort } from "./placement_request.ts";
import type { Quality } from "./quality.ts";
import type { ConstraintCount, NearestMiss } from "./refusal.ts";

/** A part of a request that can be left out of it. */
export type Cause =
  /** A rule over servers. */
  | { readonly kind: "assignment"; readonly id: string; readonly name: string }
  /** The availability zone that a server asks for. */
  | { readonly kind: "zone"; readonly id: string; readonly name: string }
  /** The hosts that a server is limited to, or kept from. */
  | { readonly kind: "hosts"; readonly id: string; readonly name: string }
  /** A pipe between two servers. */
  | { readonly kind: "pipe"; readonly id: string; readonly name: string }
  /** The server itself, with what its flavor asks for. */
  | { readonly kind: "server"; readonly id: string; readonly name: string };

/** A change after which the request can be placed. */
export interface Relaxation {
  readonly cause: Cause;
  /** What to do about it; `narrow` binds at `level`, `shrink` leaves out `count` members. */
  readonly change:
    | { readonly kind: "drop" }
    | { readonly kind: "soften" }
    | { readonly kind: "narrow"; readonly level: Assignment["level"] }
    | { readonly kind: "shrink"; readonly count: number };
  /** The same in plain words. */
  readonly sentence: string;
}

/** What the site offers one server while nothing else of its request is placed. */
export interface ServerOutlook {
  readonly serverId: string;
  readonly name: string;
  /** Hosts of the site, and those that no constraint takes away. */
  readonly hosts: number;
  readonly candidates: number;
  readonly removed: readonly ConstraintCount[];
  readonly nearestMisses: readonly NearestMiss[];
}

/** How good an answer would be, and how it was found. */
export type FoundQuality = Quality & Effort;

/** Why a server is not on a host. */
export interface HostVerdict {
  readonly serverId: string;
  readonly host: string;
  /** Constraints that the host breaks while nothing else of the request is placed. */
  readonly broken: readonly string[];
  /** Whether the whole request can be placed with the server there. */
  readonly possible: boolean;
  /** How good the answer is then; null when there is none. */
  readonly quality: FoundQuality | null;
  /** What has to go so that it is possible; empty when it is, or when the host itself is broken. */
  readonly conflict: readonly Cause[];
}

/** What an explanation is asked for beyond the request itself. */
export interface ExplainQuestion {
  /** Why this server is not on this host. */
  readonly about?: { readonly serverId: string; readonly host: string };
}

/** What an engine would do with a request, and why not more. Holds host names and amounts: for an admin's eyes. */
export interface Explanation {
  readonly placeable: boolean;
  /** Whether a refusal is proven, rather than the end of the search. */
  readonly proven: boolean;
  /** How good the answer would be; null when there is none. */
  readonly quality: FoundQuality | null;
  readonly servers: readonly ServerOutlook[];
  /** Parts that can't be met together, though without any one of them the rest could; empty when placeable. */
  readonly conflict: readonly Cause[];
  /** False when the search for the conflict ended before each part was tried. */
  readonly minimal: boolean;
  readonly relaxations: readonly Relaxation[];
  /** Absent when no host was asked about. */
  readonly host?: HostVerdict;
}
