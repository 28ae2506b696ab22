import type { Profile } from "../../domain/quality.ts";
import type { Occupancy } from "../model/occupancy.ts";
import { type Amounts, DIMENSIONS, NOWHERE } from "../model/site.ts";
import { componentsOf } from "./components.ts";
import type { FullestFirst } from "./fullest_first.ts";
import type { Node } from "./node.ts";
import { SoftPressure } from "./soft_pressure.ts";
import type { State } from "./state.ts";

const RACK = 1;

/** What a host is judged by, each weighed so that it outweighs all that come after it in the profile. */
interface Weights {
  readonly soft: number;
  /** Servers of the application in the same rack, and on the same host. */
  readonly rack: number;
  readonly host: number;
  readonly waking: number;
  /** All traffic of the node over the longest way. */
  readonly traffic: number;
}

const WEIGHTS: Readonly<Record<Profile, Weights>> = {
  pack: { soft: 1e12, rack: 0, host: 0, waking: 1e6, traffic: 1e3 },
  bandwidth: { soft: 1e12, rack: 0, host: 0, waking: 1e3, traffic: 1e6 },
  spread: { soft: 1e12, rack: 1e8, host: 1e4, waking: 0, traffic: 1e3 },
};

/** How scarce each dimension is for a request: its share of what is free, scaled to the size of an average host. */
export function scarcity(nodes: readonly Node[], occupancy: Occupancy): Amounts {
  return [0, 1, 2].map((dimension) => {
    const wanted = nodes.reduce((sum, node) => sum + node.need[dimension], 0);
    const free = occupancy.freeTotal[dimension];
    return free > 0 ? (wanted / free) * (occupancy.site.size / free) : 0;
  }) as unknown as Amounts;
}

export interface PreferenceOptions {
  readonly profile: Profile;
  /** The hosts in an order that goes with the weights of the dimensions. */
  readonly order: FullestFirst;
  /** Levels of which diversity rules send their nodes to the emptiest resources instead of the fullest. */
  readonly spreading: readonly boolean[];
}

/** Orders the hosts that may take a node: the lowest score is taken. */
export class Preference {
  readonly #order: FullestFirst;
  readonly #state: State;
  readonly #occupancy: Occupancy;
  readonly #profile: Weights;
  readonly #weights: Amounts;
  readonly #vcpu: Float64Array;
  readonly #memory: Float64Array;
  readonly #disk: Float64Array;
  readonly #servers: Int32Array;
  readonly #spreading: readonly boolean[];
  readonly #softPressure: SoftPressure;
  /** The nodes that pipes connect with each node, directly or over others; found when first wanted. */
  readonly #components = new Map<Node, readonly Node[]>();
  /** By branch; made when first wanted. */
  #floors = new Float64Array(0);
  #traffic = 0;
  /** What of a host's room the node takes, weighed. */
  #taken = 0;
  /** What is left to place, weighed like the room on a host, and the same without the node. */
  #left = 0;
  #rest = 0;
  /** Whether the node is the first of those that pipes connect with it. */
  #seed = false;
  /** Whether a rule sends the node to the emptiest resources. */
  #spreads = false;
  #soft = false;
  #crowds: readonly ReadonlyMap<number, number>[] = [];

  constructor(state: State, { profile, order, spreading }: PreferenceOptions) {
    const { occupancy } = state;
    this.#order = order;
    this.#state = state;
    this.#occupancy = occupancy;
    this.#profile = WEIGHTS[profile];
    this.#weights = order.weights;
    [this.#vcpu, this.#memory, this.#disk] = occupancy.free;
    this.#servers = occupancy.servers[0];
    this.#spreading = spreading;
    this.#softPressure = new SoftPressure(occupancy.site);
  }

  /** Looks at what is placed, for the scores of one node until something else is placed. */
  prepare(node: Node): void {
    const { traffic, unplaced, occupancy: { links } } = this.#state;
    this.#traffic = 0;
    this.#seed = false;
    this.#rest = this.#taken = this.#left = 0;
    for (let r = 0; r < DIMENSIONS; r++) {
      this.#left += unplaced[r] * this.#weights[r];
      this.#rest += (unplaced[r] - node.need[r]) * this.#weights[r];
      this.#taken += node.need[r] * this.#weights[r];
    }
    this.#spreads = node.diversity.some(({ rule }) => this.#spreading[rule.level]);
    if (node.pipes.length > 0) {
      traffic.gather(node);
      if (traffic.total === 0) traffic.gatherAll(this.#connectedTo(node));
      const longest = 2 * links.levels.length * traffic.total;
      this.#traffic = longest > 0 ? this.#profile.traffic / longest : 0;
      this.#seed = traffic.total === 0;
    }
    this.#soft = node.soft.length > 0;
    if (this.#soft) this.#softPressure.gather(node, this.#state);
    if (this.#profile.rack > 0) this.#crowds = [0, 1].map((level) => crowdsAt(this.#state, level));
  }

  /**
   * Hosts that run something first, then the one that the node fills best. Of the others the one whose room is closest
   * to all that is left to place: large for a large application, so that few have to be woken.
   */
  score(node: Node, host: number): number {
    const { need } = node;
    const weights = this.#weights;
    let score = (this.#vcpu[host] - need[0]) * weights[0] + (this.#memory[host] - need[1]) * weights[1] +
      (this.#disk[host] - need[2]) * weights[2];
    if (this.#seed) score = -this.#roomAround(host);
    else if (this.#servers[host] === 0) score = Math.abs(score - this.#rest);
    if (this.#servers[host] === 0) score += this.#profile.waking;
    if (this.#traffic > 0) score += this.#traffic * this.#state.traffic.cost(host);
    if (this.#soft) score += this.#profile.soft * this.#softPressure.price(host);
    if (this.#profile.rack > 0) score += this.#crowding(host);
    return this.#spreads ? score - this.#room(node, host) : score;
  }

  /** The order of all hosts where it leads to the lowest score sooner than looking at so many, else null. */
  orderFor(hosts: number): FullestFirst | null {
    const few = 2 * this.#occupancy.site.branches.hosts.length;
    const leads = hosts > few && !this.#spreads && (!this.#seed || this.#wantsOfAll());
    return leads && this.#order.isReady() ? this.#order : null;
  }

  /** Whether the node goes where most room is, not least. */
  get seeksRoom(): boolean {
    return this.#seed;
  }

  /**
   * By branch, what no score in one of these is below, besides `floorAwake` or `floorAsleep`; hosts of peers aside.
   */
  floors(branches: Int32Array): Float64Array {
    const { hosts } = this.#occupancy.site.branches;
    if (this.#floors.length === 0) this.#floors = new Float64Array(hosts.length);
    for (const branch of branches) {
      const [host] = hosts[branch];
      this.#floors[branch] = this.#seed
        ? -this.#roomNear(host) * this.#rest
        : this.#traffic > 0
        ? this.#traffic * this.#state.traffic.costBeside(host)
        : 0;
    }
    return this.#floors;
  }

  /** Hosts that may be below the floor of their branch, since a peer of the node is there. */
  hostsOfPeers(): readonly number[] {
    return this.#traffic > 0 ? this.#state.traffic.peersAt(0) : [];
  }

  /** What a host with so much room adds at least to the score when it runs something. */
  floorAwake(room: number): number {
    return this.#seed ? -Math.min(1, room / this.#left) * this.#rest : room - this.#taken;
  }

  /** The same for a host that runs nothing. */
  floorAsleep(): number {
    return this.#profile.waking - (this.#seed ? this.#rest : 0);
  }

  /** Whether something of each dimension is left to place: else a host that is short of one may have more room than its sum tells. */
  #wantsOfAll(): boolean {
    return this.#state.unplaced.every((amount, dimension) => amount > 0 || this.#weights[dimension] === 0);
  }

  /** Free amounts of one resource. */
  freeWithin(level: number, resource: number): number {
    const sums = level === 0 ? this.#occupancy.free : this.#occupancy.freeSums[level];
    let free = 0;
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      free += sums[dimension][resource] * this.#weights[dimension];
    }
    return free;
  }

  /** Room for those that will follow a node: on its host, and half as good in its rack. */
  #roomAround(host: number): number {
    return (this.#shareOf(this.#occupancy.free, host) + this.#roomNear(host)) * this.#rest;
  }

  /** The part of its rack, as a share of what is left to place. */
  #roomNear(host: number): number {
    const { freeSums, site } = this.#occupancy;
    const rack = site.levels[RACK].ofHost[host];
    return rack === NOWHERE ? 0 : this.#shareOf(freeSums[RACK], rack) / 2;
  }

  /** How much of what is left to place a resource has room for, as the scarcest dimension tells. */
  #shareOf(free: readonly Float64Array[], resource: number): number {
    const { unplaced } = this.#state;
    let share = 1;
    for (let dimension = 0; dimension < DIMENSIONS; dimension++) {
      if (unplaced[dimension] > 0) share = Math.min(share, free[dimension][resource] / unplaced[dimension]);
    }
    return share;
  }

  #connectedTo(node: Node): readonly Node[] {
    if (this.#components.size === 0) {
      for (const component of componentsOf(this.#state.nodes)) {
        for (const each of component) this.#components.set(each, component);
      }
    }
    return this.#components.get(node)!;
  }

  #crowding(host: number): number {
    const [{ ofHost: hosts }, { ofHost: racks }] = this.#occupancy.site.levels;
    const [onHosts, inRacks] = this.#crowds;
    return this.#profile.rack * (inRacks.get(racks[host]) ?? 0) +
      this.#profile.host * (onHosts.get(hosts[host]) ?? 0);
  }

  #room(node: Node, host: number): number {
    let room = 0;
    for (const { rule: { level } } of node.diversity) {
      if (!this.#spreading[level]) continue;
      const resource = this.#occupancy.site.levels[level].ofHost[host];
      if (resource !== NOWHERE) room = Math.max(room, this.freeWithin(level, resource) * 2e6);
    }
    return room;
  }
}

/** Servers of the application by resource, as far as they are placed. */
function crowdsAt({ nodes, hostOf, occupancy }: State, level: number): Map<number, number> {
  const { ofHost } = occupancy.site.levels[level];
  const counts = new Map<number, number>();
  for (const { index, servers } of nodes) {
    const resource = hostOf[index] === NOWHERE ? NOWHERE : ofHost[hostOf[index]];
    if (resource !== NOWHERE) counts.set(resource, (counts.get(resource) ?? 0) + servers.length);
  }
  return counts;
}
