/** How many hosts one constraint took from a server, counted in the order of the filters. */
export interface ConstraintCount {
  /** Name of the constraint, e.g. `availability zone`, `cpu capacity`, `diversity`. */
  readonly constraint: string;
  readonly hosts: number;
}

/** The host that came closest in one dimension among those left by the other rules. */
export interface NearestMiss {
  readonly dimension: "vcpu" | "memory" | "disk";
  /** Amounts in the unit of the dimension: milli-vCPU, MiB, MiB. */
  readonly wanted: number;
  readonly bestFree: number;
  readonly host: string;
}

/** Why one server, or several that share a host, found no host. */
export interface NodeRefusal {
  readonly serverIds: readonly string[];
  readonly name: string;
  /** Hosts of the site before any rule. */
  readonly hosts: number;
  readonly removed: readonly ConstraintCount[];
  readonly nearestMisses: readonly NearestMiss[];
}

/** Why an application was not placed. Holds host names: only for an admin's eyes beyond `message` and `sentence`. */
export interface Refusal {
  /** Text of the 2017 optimizer, which existing clients know. */
  readonly message: string;
  /** One sentence of counts in plain words, without host names; empty when `message` says it all. */
  readonly sentence: string;
  /** True when no placement exists, false when none was found within the limits. */
  readonly proven: boolean;
  readonly nodes: readonly NodeRefusal[];
}
