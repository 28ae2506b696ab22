import type { Application, Assignment } from "../../../src/domain/application.ts";
import type { DataCenter } from "../../../src/domain/data_center.ts";
import type { Demand } from "../../../src/domain/demand.ts";
import { rankOf } from "../../../src/domain/levels.ts";

const [HOST, RACK] = [0, 1];

/** Milli-vCPU, MiB of memory, MiB of disk. */
type Amounts = [number, number, number];

/** A host or a rack as the 2017 optimizer sees it. */
interface Resource {
  readonly name: string;
  readonly hosts: readonly Resource[];
  readonly rack: Resource;
  readonly zones: ReadonlySet<string>;
  readonly original: Amounts;
  readonly available: Amounts;
}

/** A server, or an affinity group with all that is in it. */
interface Node {
  /** Null for a server, which is below every level. */
  readonly level: number | null;
  readonly id: string;
  readonly children: readonly Node[];
  readonly demand: Amounts;
  readonly zones: ReadonlySet<string>;
  /** Diversity groups with their levels. */
  readonly diversity: Map<string, number>;
}

/**
 * Places an application as the 2017 optimizer did (specification, section 4): best fit from racks to hosts, the largest
 * nodes first, and no node reconsidered once it has its place. Knows zones, affinity and diversity per host and rack.
 * Host by server id, or null when a node finds no place.
 */
export function originalGreedy(
  dataCenter: DataCenter,
  application: Application,
): ReadonlyMap<string, string> | null {
  const greedy = new Greedy(dataCenter, application);
  return greedy.run() ? greedy.hostOf : null;
}

class Greedy {
  readonly hostOf = new Map<string, string>();
  readonly #hosts: readonly Resource[];
  readonly #nodes: readonly Node[];
  readonly #siteAvailable: Amounts;
  /** Share of each dimension in the application's hunger. */
  readonly #alpha: Amounts;
  /** Resources that members of a diversity group are in, and how often. */
  readonly #taken = new Map<string, Map<Resource, number>>();
  readonly #undo: (() => void)[] = [];

  constructor(dataCenter: DataCenter, application: Application) {
    this.#hosts = resourcesOf(dataCenter);
    this.#nodes = nodesOf(dataCenter, application);
    this.#siteAvailable = sum(this.#hosts.map(({ available }) => available));
    const hunger = sum(this.#nodes.map(({ demand }) => demand))
      .map((demand, r) => this.#siteAvailable[r] > 0 ? demand / this.#siteAvailable[r] : 0);
    const total = hunger.reduce((a, b) => a + b, 0);
    this.#alpha = hunger.map((each) => total > 0 ? each / total : 0) as Amounts;
  }

  run(): boolean {
    return this.#place(this.#nodes, RACK, this.#hosts);
  }

  /** Puts every node into a resource of the level, or leaves everything as it was. */
  #place(nodes: readonly Node[], level: number, hosts: readonly Resource[]): boolean {
    const mark = this.#undo.length;
    for (const node of this.#byWeight(nodes)) {
      const candidates = this.#candidates(node, level, hosts);
      if (candidates.some((candidate) => this.#enter(node, level, candidate))) continue;
      this.#undoTo(mark);
      return false;
    }
    return true;
  }

  #enter(node: Node, level: number, candidate: Resource): boolean {
    const opened = node.level === level ? node.children : [node];
    if (node.level === null && level === HOST) this.#book(node, candidate);
    else if (!this.#place(opened, Math.max(HOST, level - 1), candidate.hosts)) return false;
    this.#tag(node, candidate);
    return true;
  }

  #byWeight(nodes: readonly Node[]): Node[] {
    const weight = ({ demand }: Node) =>
      demand.reduce(
        (total, amount, r) =>
          total + this.#alpha[r] * (this.#siteAvailable[r] > 0 ? amount / this.#siteAvailable[r] : 1),
        0,
      );
    return nodes.map((node) => ({ node, weight: weight(node) })).sort((a, b) => b.weight - a.weight)
      .map(({ node }) => node);
  }

  /** What the filters leave, the fullest first. */
  #candidates(node: Node, level: number, hosts: readonly Resource[]): Resource[] {
    const resources = level === RACK ? [...new Set(hosts.map(({ rack }) => rack))] : hosts;
    const room = ({ available }: Resource) =>
      available.reduce(
        (total, amount, r) =>
          total + (1 - this.#alpha[r]) * (this.#siteAvailable[r] > 0 ? amount / this.#siteAvailable[r] : 0),
        0,
      );
    return resources.filter((resource) => this.#admits(resource, node, level))
      .map((resource) => ({ resource, room: room(resource) })).sort((a, b) => a.room - b.room)
      .map(({ resource }) => resource);
  }

  #admits(resource: Resource, { demand, zones, diversity }: Node, level: number): boolean {
    const { available, original } = resource;
    if ([...zones].some((zone) => !resource.zones.has(zone))) return false;
    if (demand.some((amount, r) => amount > available[r])) return false;
    // The hardware itself has to be large enough, for whole groups too; disks were never looked at.
    if (demand[0] > original[0] || demand[1] > original[1]) return false;
    return [...diversity].every(([group, groupLevel]) =>
      groupLevel < level || !this.#taken.get(group)?.has(resource)
    );
  }

  #book({ id, demand }: Node, host: Resource): void {
    for (const resource of [host, host.rack]) take(resource.available, demand);
    this.hostOf.set(id, host.name);
    this.#undo.push(() => {
      const back = demand.map((amount) => -amount) as Amounts;
      for (const resource of [host, host.rack]) take(resource.available, back);
      this.hostOf.delete(id);
    });
  }

  #tag({ diversity }: Node, resource: Resource): void {
    for (const group of diversity.keys()) {
      const taken = this.#taken.get(group) ?? new Map<Resource, number>();
      this.#taken.set(group, taken);
      taken.set(resource, (taken.get(resource) ?? 0) + 1);
      this.#undo.push(() => {
        const left = taken.get(resource)! - 1;
        if (left === 0) taken.delete(resource);
        else taken.set(resource, left);
      });
    }
  }

  #undoTo(mark: number): void {
    while (this.#undo.length > mark) this.#undo.pop()!();
  }
}

/** The usable hosts, each with its rack. */
function resourcesOf({ hosts }: DataCenter): Resource[] {
  const racks = new Map<
    string,
    Omit<Resource, "rack"> & { rack: Resource; hosts: Resource[]; zones: Set<string> }
  >();
  return hosts.filter(({ unusable }) => unusable === null).map((host) => {
    const name = host.rack ?? "none";
    let rack = racks.get(name);
    if (!rack) {
      const fresh = { name, hosts: [], zones: new Set<string>(), original: zero(), available: zero() };
      rack = Object.assign(fresh, { rack: fresh as unknown as Resource });
      racks.set(name, rack);
    }
    const capacity = amountsOf(host.capacity);
    const used = amountsOf(host.used);
    const available = capacity.map((amount, r) => Math.max(0, amount - used[r])) as Amounts;
    const original = amountsOf(host.physical);
    const own: Resource[] = [];
    const resource = {
      name: host.name,
      hosts: own,
      rack,
      zones: new Set([host.availabilityZone]),
      original,
      available,
    };
    own.push(resource);
    rack.hosts.push(resource);
    rack.zones.add(host.availabilityZone);
    take(rack.original, original.map((amount) => -amount) as Amounts);
    take(rack.available, available.map((amount) => -amount) as Amounts);
    return resource;
  });
}

/** A forest of affinity groups, and the servers in none. */
function nodesOf({ flavors }: DataCenter, { servers, assignments }: Application): Node[] {
  const demands = new Map(flavors.map(({ name, demand }) => [name, amountsOf(demand)]));
  const nodes = new Map<string, Node>(servers.map(({ id, flavor, zone }) => [id, {
    level: null,
    id,
    children: [],
    demand: demands.get(flavor)!,
    zones: new Set(zone === null ? [] : [zone]),
    diversity: new Map(),
  }]));
  const affinities = assignments.filter(({ type }) => type === "affinity");
  for (const { id } of affinities) nodes.set(id, null!);
  const top = new Map<string, string>();
  const topOf = (id: string): string => top.has(id) ? topOf(top.get(id)!) : id;
  const tags = Map.groupBy(
    assignments.filter(({ type }) => type === "diversity").flatMap((group) =>
      group.members.map((member) => ({ member, group }))
    ),
    ({ member }) => member,
  );
  const tag = (node: Node) => {
    for (const { group } of tags.get(node.id) ?? []) node.diversity.set(group.id, rankOf(group.level));
  };
  for (const node of nodes.values()) if (node) tag(node);
  for (const assignment of affinities.toSorted((a, b) => rankOf(a.level) - rankOf(b.level))) {
    const children = [...new Set(assignment.members.map(topOf))].map((id) => nodes.get(id)!);
    const group = groupOf(assignment, children);
    tag(group);
    nodes.set(group.id, group);
    for (const child of children) top.set(child.id, group.id);
  }
  return [...nodes.values()].filter(({ id }) => !top.has(id));
}

function groupOf({ id, level }: Assignment, children: readonly Node[]): Node {
  const rank = rankOf(level);
  const inherited = children.flatMap(({ diversity }) => [...diversity].filter(([, own]) => own >= rank));
  return {
    level: rank,
    id,
    children,
    demand: sum(children.map(({ demand }) => demand)),
    zones: new Set(children.flatMap(({ zones }) => [...zones])),
    diversity: new Map(inherited),
  };
}

function take(amounts: Amounts, taken: Amounts): void {
  for (let r = 0; r < amounts.length; r++) amounts[r] -= taken[r];
}

function sum(all: readonly Amounts[]): Amounts {
  const total = zero();
  for (const amounts of all) for (let r = 0; r < total.length; r++) total[r] += amounts[r];
  return total;
}

function zero(): Amounts {
  return [0, 0, 0];
}

function amountsOf({ milliVcpu, memoryMib, diskMib }: Demand): Amounts {
  return [milliVcpu, memoryMib, diskMib];
}
