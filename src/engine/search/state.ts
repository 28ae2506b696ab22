import type { Occupancy } from "../model/occupancy.ts";
import { type Amounts, DIMENSIONS, NOWHERE } from "../model/site.ts";
import type { FullestFirst } from "./fullest_first.ts";
import type { Counted, Node } from "./node.ts";
import { Traffic } from "./traffic.ts";

/** A partial placement of the nodes, written through to the occupancy. */
export class State {
  /** Host of each node by its index, or `NOWHERE`. */
  readonly hostOf: Int32Array;
  /** Candidate hosts examined so far, whether looked at or ruled out by a floor of their score. */
  steps = 0;
  /** Bandwidth times links of all pipes between placed nodes, in kbit/s. */
  bandwidth = 0;
  /** Hosts that run nothing but what the state has put there. */
  woken = 0;
  /** By dimension, what the nodes without a host need. */
  readonly unplaced = new Float64Array(DIMENSIONS);
  readonly traffic: Traffic;
  /** An order of the hosts that is told of every change. */
  order: FullestFirst | null = null;
  readonly #trail: Node[] = [];
  /** By host, servers that the state has put there, without those that were counted for them before. */
  readonly #own: Int32Array;

  constructor(readonly occupancy: Occupancy, readonly nodes: readonly Node[]) {
    this.hostOf = new Int32Array(nodes.length).fill(NOWHERE);
    this.#own = new Int32Array(occupancy.site.size);
    this.traffic = new Traffic(occupancy, this.hostOf);
    for (const { need } of nodes) for (let r = 0; r < DIMENSIONS; r++) this.unplaced[r] += need[r];
  }

  /** A mark to return to with `undoTo`. */
  get mark(): number {
    return this.#trail.length;
  }

  place(node: Node, host: number): void {
    this.hostOf[node.index] = host;
    this.#trail.push(node);
    this.#write(node, host, 1);
  }

  undoTo(mark: number): void {
    while (this.#trail.length > mark) {
      const node = this.#trail.pop()!;
      const host = this.hostOf[node.index];
      this.#write(node, host, -1);
      this.hostOf[node.index] = NOWHERE;
    }
  }

  /** Takes a placed node off its host, out of turn: `drop` has to put it somewhere before the next mark. */
  lift(node: Node): void {
    this.#write(node, this.hostOf[node.index], -1);
    this.hostOf[node.index] = NOWHERE;
  }

  /** Puts a lifted node on a host. */
  drop(node: Node, host: number): void {
    this.hostOf[node.index] = host;
    this.#write(node, host, 1);
  }

  #write(node: Node, host: number, sign: 1 | -1): void {
    const counted = countedOn(node, host);
    const count = node.servers.length;
    for (let r = 0; r < DIMENSIONS; r++) this.unplaced[r] -= sign * node.need[r];
    const added = count - (counted?.servers ?? 0);
    this.woken -= this.#isWoken(host);
    this.#own[host] += sign * added;
    this.occupancy.place(host, needOn(node, host), { servers: added, sign });
    this.woken += this.#isWoken(host);
    const { groups, hardware } = this.occupancy;
    hardware.place(host, node.hardware, sign);
    this.order?.change(host);
    if (counted) hardware.place(host, counted.hardware, sign === 1 ? -1 : 1);
    node.exclusive.forEach((presence, level) => {
      if (presence) groups.count(presence, host, sign * (count - (counted?.members[level] ?? 0)));
    });
    if (node.pipes.length > 0) this.#writePipes(node, host, sign);
  }

  #isWoken(host: number): 0 | 1 {
    const own = this.#own[host];
    return own > 0 && own === this.occupancy.servers[0][host] ? 1 : 0;
  }

  /** A pipe counts while both its ends are placed. */
  #writePipes({ pipes }: Node, host: number, sign: 1 | -1): void {
    const { links } = this.occupancy;
    for (const { peer, host: fixed, kbps } of pipes) {
      const other = peer ? this.hostOf[peer.index] : fixed;
      if (other === NOWHERE) continue;
      links.reserve(host, other, { kbps, sign });
      this.bandwidth += sign * kbps * links.between(host, other);
    }
  }
}

/** What the node takes on a host, beyond what is counted for it there already. */
export function needOn(node: Node, host: number): Amounts {
  const counted = countedOn(node, host);
  if (!counted) return node.need;
  const [vcpu, memory, disk] = node.need;
  const { relief } = counted;
  return [vcpu - relief[0], memory - relief[1], disk - relief[2]];
}

/** What is counted for the node on a host already. */
export function countedOn({ counted }: Node, host: number): Counted | undefined {
  return counted.find((each) => each.host === host);
}
