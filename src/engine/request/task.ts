import type { ServerSpec } from "../../domain/application.ts";
import type { Demand } from "../../domain/demand.ts";
import type { GroupMembership } from "../../domain/group.ts";
import type { Holding } from "../../domain/holding.ts";
import type { ServerDirective } from "../../domain/placement_request.ts";
import type { TraitSpec } from "../constraints/traits.ts";
import type { HardwareShape } from "../model/hardware_shape.ts";
import type { AffinityClass, DiversityRule, Node, SoftRule } from "../search/node.ts";

/** One server of a request with all that is known of it. */
export interface TaskServer {
  readonly position: number;
  readonly spec: ServerSpec;
  readonly directive: ServerDirective | undefined;
  readonly demand: Demand;
  /** Those of the flavor that aggregates must meet. */
  readonly extraSpecs: Readonly<Record<string, string>>;
  readonly traits: readonly TraitSpec[];
  /** What it asks of cells and devices; null for nothing. */
  readonly hardware: HardwareShape | null;
  readonly memberships: readonly GroupMembership[];
  /** What the engine holds for the server now. */
  readonly holding: Holding | undefined;
  /** Whether it stays where it is held, out of the search. */
  readonly fixed: boolean;
  /** Number of the host where it stands, or `NOWHERE` when it has none or the site lost it. */
  readonly standingHost: number;
}

/** A request made ready for the search. */
export interface Task {
  readonly servers: readonly TaskServer[];
  readonly nodes: readonly Node[];
  readonly rules: readonly DiversityRule[];
  readonly classes: readonly AffinityClass[];
  readonly soft: readonly SoftRule[];
}

/** A fault that needs no search: the request can't be met whatever is free. */
export class Fault {
  /** `message`: text of the 2017 optimizer. `sentence`: plain words on the cause, possibly empty. */
  constructor(readonly message: string, readonly sentence = "") {}
}
