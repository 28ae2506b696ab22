import type { GroupType } from "../../domain/group.ts";
import type { GroupPresence } from "../model/groups.ts";
import type { TraitSpec } from "../constraints/traits.ts";
import type { HardwareShape } from "../model/hardware_shape.ts";
import type { Amounts } from "../model/site.ts";

/** Servers of which few may share a resource of one level: those of different units. */
export interface DiversityRule {
  readonly level: number;
  /** Units that may share a resource; one unless told otherwise. */
  readonly most: number;
  /** The free nodes of each unit. */
  readonly units: readonly (readonly Node[])[];
  /** Hosts of servers that stay where they are, with their unit. */
  readonly fixed: readonly { readonly unit: number; readonly host: number }[];
}

/** A rule that may be broken at a price. */
export interface SoftRule {
  readonly type: "affinity" | "diversity";
  readonly level: number;
  /** Price of each server that breaks it. */
  readonly weight: number;
  readonly most: number;
  readonly units: readonly (readonly Node[])[];
  readonly fixed: readonly { readonly unit: number; readonly host: number }[];
}

/** Nodes that must share one resource of a level. */
export interface AffinityClass {
  readonly level: number;
  readonly nodes: readonly Node[];
  /** The resource when servers that stay where they are have settled it, else `NOWHERE`. */
  readonly fixed: number;
  /** The resource that the search has chosen for the class, else `NOWHERE`. */
  chosen: number;
}

/** Where a node stands now. */
export interface Standing {
  readonly host: number;
  /** Whether the node may only stay. */
  readonly only: boolean;
  /** Whether its servers ask for no more than is held there for them. */
  readonly lasting: boolean;
}

/** What the occupancy counts on a host for a node's own servers while they are placed anew. */
export interface Counted {
  readonly host: number;
  /** Amounts that the node does not take there again, for no server more than it needs. */
  readonly relief: Amounts;
  /** Servers that it does not add there. */
  readonly servers: number;
  /** By level: members of its exclusivity group that it does not add. */
  readonly members: readonly number[];
  /** What of cells and devices it does not take again. */
  readonly hardware: readonly HardwareShape[];
}

/** A named affinity or diversity group of a node. */
export interface NamedGroup {
  readonly type: GroupType;
  readonly level: number;
  /** The resources that hold the group's servers of other stacks. */
  readonly elsewhere: ReadonlySet<number>;
}

/** The bandwidth between a node and one of its peers. */
export interface NodePipe {
  /** Null for a server that stays where it is. */
  readonly peer: Node | null;
  /** Where that server is, otherwise `NOWHERE`. */
  readonly host: number;
  readonly kbps: number;
}

/** What the search places as one: a server, or all servers that affinity keeps on one host. */
export interface Node {
  readonly index: number;
  /** Positions in the application's servers. */
  readonly servers: readonly number[];
  /** Name of the first server. */
  readonly name: string;
  readonly need: Amounts;
  /** The largest amount of a single server per dimension. */
  readonly largest: Amounts;
  readonly zones: readonly string[];
  readonly extraSpecs: readonly Readonly<Record<string, string>>[];
  readonly traits: readonly TraitSpec[];
  /** One for each server that asks for cells or devices. */
  readonly hardware: readonly HardwareShape[];
  /** Hosts of the request's lists; all of them must mark a host with 1. */
  readonly hostLists: readonly Uint8Array[];
  /** The same for staying where the node stands. */
  readonly stayLists: readonly Uint8Array[];
  readonly standing: Standing | null;
  readonly counted: readonly Counted[];
  /** Of a node as it is judged on one host alone: what is counted for it there. */
  readonly at: Counted | null;
  readonly diversity: { readonly rule: DiversityRule; readonly unit: number }[];
  readonly soft: SoftRule[];
  /** By level: the exclusivity group of the node, or null. */
  readonly exclusive: readonly (GroupPresence | null)[];
  readonly named: readonly NamedGroup[];
  readonly pipes: NodePipe[];
  /** Affinity classes wider than a host that the node is in. */
  readonly classes: AffinityClass[];
}
