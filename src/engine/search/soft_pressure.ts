import { NOWHERE, type Site } from "../model/site.ts";
import type { Node, SoftRule } from "./node.ts";
import type { State } from "./state.ts";

interface Pressure {
  readonly rule: SoftRule;
  /** Placed servers, or units for diversity, by resource. */
  readonly counts: ReadonlyMap<number, number>;
  readonly total: number;
}

/** What each host would add to the price of the soft rules over one node, as things are placed. */
export class SoftPressure {
  readonly #site: Site;
  #pressures: Pressure[] = [];

  constructor(site: Site) {
    this.#site = site;
  }

  gather(node: Node, state: State): void {
    this.#pressures = [...new Set(node.soft)].map((rule) => pressureOf(rule, node, state));
  }

  price(host: number): number {
    let price = 0;
    for (const { rule, counts, total } of this.#pressures) {
      const here = counts.get(this.#site.levels[rule.level].ofHost[host]) ?? 0;
      const broken = rule.type === "affinity" ? total - here : Math.max(0, here + 1 - rule.most);
      price += rule.weight * broken;
    }
    return price;
  }
}

function pressureOf(rule: SoftRule, node: Node, { occupancy, hostOf }: State): Pressure {
  const { ofHost } = occupancy.site.levels[rule.level];
  const counts = new Map<number, number>();
  let total = 0;
  const add = (host: number, count: number) => {
    if (host === NOWHERE || ofHost[host] === NOWHERE) return;
    counts.set(ofHost[host], (counts.get(ofHost[host]) ?? 0) + count);
    total += count;
  };
  for (const { host } of rule.fixed) add(host, 1);
  for (const other of new Set(rule.units.flat())) {
    if (other !== node) add(hostOf[other.index], rule.type === "affinity" ? other.servers.length : 1);
  }
  return { rule, counts, total };
}
