import { CONSTRAINTS } from "../constraints/mod.ts";
import type { Site } from "../model/site.ts";
import { NOWHERE } from "../model/site.ts";
import { Choice } from "./choice.ts";
import type { Eligibility, Eligible } from "./eligibility.ts";
import type { HostSet } from "./host_set.ts";
import type { Node } from "./node.ts";
import { countedOn, needOn, type State } from "./state.ts";
import type { Preference } from "./preference.ts";

const LIVE = CONSTRAINTS.flatMap(({ restrict }) => restrict ?? []);

/** The hosts that may take a node now. */
export class Candidates {
  readonly #state: State;
  readonly #site: Site;
  readonly #eligible: readonly Eligible[];
  /** The node as it is judged on each host where it stands or is counted, where it stands first. */
  readonly #known: readonly (readonly KnownHost[])[];
  readonly #hosts: HostSet;
  /** By node, the hosts that are looked at; empty for all. */
  #roomy: readonly Int32Array[] = [];

  constructor(state: State, { eligibility, hosts }: { eligibility: Eligibility; hosts: HostSet }) {
    this.#state = state;
    this.#site = state.occupancy.site;
    this.#hosts = hosts;
    this.#eligible = state.nodes.map((node) => eligibility.of(node));
    this.#known = state.nodes.map(knownHosts);
  }

  /** With nothing placed: leaves hosts out from now on that have no room for a node even so, as most of a full site. */
  leaveOutFull(): void {
    const known = new Map<string, Int32Array>();
    this.#roomy = this.#state.nodes.map((node) => {
      const { hosts } = this.#eligible[node.index];
      const key = `${this.#eligible.findIndex((each) => each.hosts === hosts)} ${node.need}`;
      let found = known.get(key);
      if (!found) {
        this.#hosts.reset();
        this.#hosts.retain(hosts);
        node.need.forEach((amount, dimension) => this.#hosts.requireFree(dimension, amount));
        found = this.#site.everyHost.filter((host) => this.#hosts.fits(host));
        known.set(key, found);
      }
      return found;
    });
  }

  /** How many hosts the fixed rules leave to the node. */
  eligibleCount(node: Node): number {
    return node.standing?.only ? 1 : this.#eligible[node.index].count;
  }

  /**
   * The host where the node would go by preference, or `NOWHERE`. A node that may stay does; a host where it is only
   * counted is looked at last, as it may have left it for a reason.
   */
  best(node: Node, preference: Preference): number {
    const known = this.#known[node.index];
    const stay = node.standing ? known[0] : undefined;
    if (stay && this.#admits(stay)) return stay.host;
    if (node.standing?.only) return NOWHERE;
    const host = this.#preferred(node, preference);
    if (host !== NOWHERE) return host;
    return known.find((each) => each !== stay && this.#admits(each))?.host ?? NOWHERE;
  }

  #preferred(node: Node, preference: Preference): number {
    const hosts = this.#narrow(node);
    preference.prepare(node);
    this.#state.steps += hosts.length;
    const choice = new Choice(node, { allowed: this.#hosts, preference });
    const order = preference.orderFor(hosts.length);
    return order ? choice.inOrder(order, this.#eligible[node.index].branches) : choice.among(hosts);
  }

  /** Whether one host may take the node. */
  admits(node: Node, host: number): boolean {
    const known = this.#known[node.index].find((each) => each.host === host);
    if (known) return this.#admits(known);
    if (node.standing?.only) return false;
    this.#state.steps++;
    this.#restrict(node);
    return this.#hosts.admits(host);
  }

  /** Whether any host may take the node. */
  any(node: Node): boolean {
    if (this.#known[node.index].some((known) => this.#admits(known))) return true;
    if (node.standing?.only) return false;
    const hosts = this.#narrow(node);
    const found = hosts.findIndex((host) => this.#hosts.admits(host));
    // Looking at the peers is most of the work where the first hosts will do.
    const peers = node.diversity.reduce((count, { rule: { units } }) => count + units.length, 0);
    this.#state.steps += peers + (found === -1 ? hosts.length : found + 1);
    return found !== -1;
  }

  /** Every host that may take the node, ascending. */
  all(node: Node): number[] {
    const known = this.#known[node.index].filter((each) => this.#admits(each)).map(({ host }) => host);
    if (node.standing?.only) return known;
    const hosts = this.#narrow(node);
    this.#state.steps += hosts.length;
    const found = [...hosts].filter((host) => this.#hosts.admits(host));
    return [...new Set([...known, ...found])].sort((a, b) => a - b);
  }

  /** Restricts the host set to the node's hosts; returns the hosts among which all of them are. */
  #narrow(node: Node): Int32Array {
    this.#restrict(node);
    const level = this.#hosts.within.findIndex((resource) => resource !== NOWHERE);
    return level === -1
      ? this.#roomy[node.index] ?? this.#site.everyHost
      : this.#site.levels[level].hosts[this.#hosts.within[level]];
  }

  #restrict(node: Node): void {
    this.#hosts.reset();
    this.#hosts.retain(this.#eligible[node.index].hosts);
    for (const restrict of LIVE) restrict(node, this.#hosts, this.#state);
  }

  #admits({ node, host }: KnownHost): boolean {
    this.#state.steps++;
    this.#hosts.reset();
    for (const restrict of LIVE) restrict(node, this.#hosts, this.#state);
    return this.#hosts.admits(host) && FIXED.every((admits) => admits(node, host, this.#site));
  }
}

const FIXED = CONSTRAINTS.flatMap(({ admits }) => admits ?? []);

interface KnownHost {
  readonly host: number;
  /** The node as it is judged there. */
  readonly node: Node;
}

function knownHosts(node: Node): KnownHost[] {
  const { standing, counted } = node;
  const others = standing?.only ? [] : counted.map(({ host }) => host);
  const hosts = standing ? [standing.host, ...others.filter((host) => host !== standing.host)] : others;
  return hosts.map((host) => ({ host, node: judgedOn(node, host) }));
}

/** The node as it is judged on a host where it stands or is counted. */
export function judgedOn(node: Node, host: number): Node {
  return {
    ...node,
    need: needOn(node, host),
    hostLists: host === node.standing?.host ? node.stayLists : node.hostLists,
    at: countedOn(node, host) ?? null,
  };
}
