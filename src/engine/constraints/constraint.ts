import type { Site } from "../model/site.ts";
import type { HostSet } from "../search/host_set.ts";
import type { Node } from "../search/node.ts";
import type { State } from "../search/state.ts";

/** One rule of placement. A rule has a fixed part, a live part, or both. */
export interface Constraint {
  /** Name in refusals; those of the 2017 optimizer keep its names. */
  readonly name: string;
  /** The part that depends on site and request alone: judged once per request. */
  readonly admits?: (node: Node, host: number, site: Site) => boolean;
  /** The part that depends on what is placed: takes the hosts away that would break the rule now. */
  readonly restrict?: (node: Node, hosts: HostSet, state: State) => void;
}
