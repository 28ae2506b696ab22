import { NOWHERE } from "../model/site.ts";
import type { FullestFirst } from "./fullest_first.ts";
import type { HostSet } from "./host_set.ts";
import type { Node } from "./node.ts";
import type { Preference } from "./preference.ts";

/** Scores are sums of rounded numbers: further apart than this, what is lower by the floor is lower in fact. */
const ROUNDING = 1e-6;

/** The choice of the host with the lowest score for one node; among equals of the one with the lowest number. */
export class Choice {
  readonly #node: Node;
  readonly #allowed: HostSet;
  readonly #preference: Preference;
  #host = NOWHERE;
  #score = Infinity;

  /** `allowed`: the hosts that may take the node. `preference`: prepared for the node. */
  constructor(node: Node, { allowed, preference }: { allowed: HostSet; preference: Preference }) {
    this.#node = node;
    this.#allowed = allowed;
    this.#preference = preference;
  }

  /** The choice among these hosts, or `NOWHERE`. */
  among(hosts: Int32Array): number {
    const allowed = this.#allowed;
    for (let position = 0; position < hosts.length; position++) {
      const host = hosts[position];
      if (allowed.fits(host)) this.#weigh(host);
    }
    return this.#host;
  }

  /** The choice among the hosts of these branches; those are left out that a floor of their score rules out. */
  inOrder(order: FullestFirst, branches: Int32Array): number {
    if (branches.length === 0) return NOWHERE;
    for (const host of this.#preference.hostsOfPeers()) this.#look(host);
    const floors = this.#preference.floors(branches);
    const lowest = branches.reduce((a, b) => floors[b] < floors[a] ? b : a);
    this.#lookInto(lowest, floors[lowest], order);
    for (let index = 0; index < branches.length; index++) {
      this.#lookInto(branches[index], floors[branches[index]], order);
    }
    return this.#host;
  }

  #lookInto(branch: number, floor: number, order: FullestFirst): void {
    const hosts = order.hostsOf(branch);
    const awake = order.awakeIn(branch);
    const backwards = this.#preference.seeksRoom;
    for (let count = 0; count < awake; count++) {
      const host = hosts[backwards ? awake - 1 - count : count];
      if (this.#isRuledOut(floor + this.#preference.floorAwake(order.roomOn(host)))) break;
      this.#look(host);
    }
    if (awake === hosts.length || this.#isRuledOut(floor + this.#preference.floorAsleep())) return;
    for (let position = awake; position < hosts.length; position++) this.#look(hosts[position]);
  }

  #isRuledOut(floor: number): boolean {
    return floor > this.#score + ROUNDING;
  }

  #look(host: number): void {
    if (this.#allowed.fits(host)) this.#weigh(host);
  }

  #weigh(host: number): void {
    const score = this.#preference.score(this.#node, host);
    const isBetter = score < this.#score || score === this.#score && host < this.#host;
    // Few hosts are better than all before them, and only these are worth the costlier look.
    if (!isBetter || !this.#allowed.agrees(host)) return;
    this.#host = host;
    this.#score = score;
  }
}
