import { NOWHERE, type Site } from "../model/site.ts";
import type { DiversityRule } from "./node.ts";

/** The resources that the units of a diversity rule could use, whichever of them goes where. */
export class Usable {
  readonly #rule: DiversityRule;
  readonly #resourceOf: Int32Array;
  readonly #found = new Set<number>();

  constructor(rule: DiversityRule, site: Site) {
    this.#rule = rule;
    this.#resourceOf = site.levels[rule.level].ofHost;
    for (const { host } of rule.fixed) this.#found.add(this.#resourceOf[host]);
  }

  /** Takes note of the hosts that a node under the rule could have. */
  add(hosts: readonly number[]): void {
    for (const host of hosts) this.#found.add(this.#resourceOf[host]);
  }

  /** Whether there are more units than the resources may take: pigeonholes, each of so many units at most. */
  isTooFew(): boolean {
    const { units, fixed, most } = this.#rule;
    const kept = new Set(fixed.map(({ unit }) => unit));
    const needed = units.filter((nodes, unit) => nodes.length > 0 || kept.has(unit)).length;
    this.#found.delete(NOWHERE);
    return needed > most * this.#found.size;
  }
}
