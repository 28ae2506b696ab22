import type { Application, Assignment, ServerSpec } from "../../../src/domain/application.ts";
import type { DataCenter, Flavor, Host } from "../../../src/domain/data_center.ts";
import { addDemand, type Demand, NO_DEMAND } from "../../../src/domain/demand.ts";
import { seededRandom } from "../../support/random.ts";

export interface PlantedOptions {
  readonly hosts: number;
  readonly racks: number;
  /** Share of the vCPUs that the planted solution uses. */
  readonly fill: number;
  /**
   * `none`: nothing but capacity counts. `across`: some servers are bound to a zone, to other racks than their peers, or
   * to their peer's host. `within`: many of each rack are bound to one rack, three at a time to different hosts of it.
   */
  readonly rules: "none" | "across" | "within";
  readonly seed: number;
  /** Servers asked for; the others of the planted solution run already. */
  readonly mostServers?: number;
}

/** A request that is known to have an answer. */
export interface Planted {
  readonly dataCenter: DataCenter;
  readonly application: Application;
  /** One answer: host by server id. */
  readonly solution: ReadonlyMap<string, string>;
}

const HOST_VCPUS = 18;
const GIB_PER_VCPU = 4;
const DISK_GIB_PER_VCPU = 40;
const ZONES = ["az-east", "az-west"] as const;

/** vCPUs of a server and how many of a hundred have them. */
const SIZES = [[1, 40], [2, 30], [4, 20], [8, 10]] as const;

/** GiB of memory for each vCPU; every size comes with each. */
const MEMORY_SHAPES = [2, 3, 4] as const;

const ZONE_BOUND = 0.3;
/** Of all servers, how many are in a triple of different racks, and how many share their host with another. */
const IN_TRIPLES = 0.9;
const IN_PAIRS = 0.2;

const FLAVORS: readonly Flavor[] = SIZES.flatMap(([vcpus]) =>
  MEMORY_SHAPES.map((gib) => ({
    name: `c${vcpus}m${vcpus * gib}`,
    flavorId: `${vcpus}-${gib}`,
    demand: amounts(vcpus, gib),
    extraSpecs: {},
  }))
);

/** A server where the planted solution has it. */
interface Seedling {
  readonly id: string;
  readonly flavor: Flavor;
  readonly host: Host;
}

/**
 * Fills hosts at random, and asks for what was put there: feasible by construction, and the harder the fuller. The
 * family `across` is that of specification 4.6: two zones by rack, 30 % of the servers bound to one, rack-diversity triples, and
 * host-affinity pairs.
 */
export function plantedRequest(options: PlantedOptions): Planted {
  const random = seededRandom(Math.imul(options.seed + 1, 0x9e3779b1) ^ Math.round(options.fill * 1000));
  const hosts = emptyHosts(options);
  const seedlings = shuffled(
    hosts.flatMap((host) => seedlingsOn(host, { fill: options.fill, random })),
    random,
  );
  const asked = seedlings.slice(0, options.mostServers ?? seedlings.length);
  const running = Map.groupBy(seedlings.slice(asked.length), ({ host }) => host.name);
  const assignments = RULES[options.rules](asked, random);
  return {
    dataCenter: {
      name: "planted",
      flavors: FLAVORS,
      hosts: hosts.map((host) => loaded(host, running.get(host.name) ?? [])),
      aggregates: [],
    },
    application: { servers: asked.map((each) => serverOf(each, { ...options, random })), assignments },
    solution: new Map(asked.map(({ id, host }) => [id, host.name])),
  };
}

function emptyHosts({ hosts, racks }: PlantedOptions): Host[] {
  const capacity = amounts(HOST_VCPUS, GIB_PER_VCPU);
  return Array.from({ length: hosts }, (_, index) => {
    const rack = index % racks;
    const name = `pln01r${String(rack + 1).padStart(4, "0")}`;
    return {
      name: `${name}c${String(Math.floor(index / racks) + 1).padStart(3, "0")}`,
      rack: name,
      cluster: null,
      availabilityZone: ZONES[Math.floor(rack * ZONES.length / racks)],
      unusable: null,
      physical: capacity,
      capacity,
      used: NO_DEMAND,
      vms: [],
    };
  });
}

function seedlingsOn(host: Host, { fill, random }: { fill: number; random: () => number }): Seedling[] {
  const found: Seedling[] = [];
  // Rounded at random, so that the whole site comes close to the share.
  for (let left = Math.floor(HOST_VCPUS * fill + random()); left > 0;) {
    const vcpus = sizeUpTo(left, random);
    const shape = Math.floor(random() * MEMORY_SHAPES.length);
    const flavor = FLAVORS[SIZES.findIndex(([size]) => size === vcpus) * MEMORY_SHAPES.length + shape];
    found.push({ id: `${host.name}-${found.length}`, flavor, host });
    left -= vcpus;
  }
  return found;
}

function sizeUpTo(most: number, random: () => number): number {
  const fitting = SIZES.filter(([vcpus]) => vcpus <= most);
  let drawn = random() * fitting.reduce((sum, [, weight]) => sum + weight, 0);
  return (fitting.find(([, weight]) => (drawn -= weight) < 0) ?? fitting[0])[0];
}

function loaded(host: Host, running: readonly Seedling[]): Host {
  const vms = running.map(({ id, flavor }) => ({ uuid: id, demand: flavor.demand, projectId: null }));
  return { ...host, vms, used: vms.map(({ demand }) => demand).reduce(addDemand, NO_DEMAND) };
}

function serverOf(
  { id, flavor, host }: Seedling,
  { rules, random }: Pick<PlantedOptions, "rules"> & { random: () => number },
): ServerSpec {
  const bound = rules === "across" && random() < ZONE_BOUND;
  return {
    id,
    name: id,
    flavor: flavor.name,
    zone: bound ? host.availabilityZone : null,
    forcedHost: null,
    locations: null,
  };
}

const RULES: Readonly<
  Record<PlantedOptions["rules"], (asked: readonly Seedling[], random: () => number) => Assignment[]>
> = {
  none: () => [],
  across: (asked, random) => [...triples(asked, random), ...pairs(asked, random)],
  within: racks,
};

/** Triples of different hosts in one rack, two such triples bound to that rack together. */
function racks(asked: readonly Seedling[], random: () => number): Assignment[] {
  const triples = gathered(asked, { size: 3, wanted: asked.length, random, joins: distinctHostInRack });
  const apart = new Map(
    triples.map((
      members,
      index,
    ) => [assignment(`triple-${index}`, { type: "diversity", level: "host", members }), members]),
  );
  const byRack = Map.groupBy(apart, ([, [{ host }]]) => host.rack);
  const near = [...byRack].flatMap(([rack, inside]) =>
    Array.from({ length: Math.ceil(inside.length / 2) }, (_, index) => {
      const members = inside.slice(2 * index, 2 * index + 2).map(([triple]) => triple);
      return assignment(`near-${rack}-${index}`, { type: "affinity", level: "rack", members });
    })
  );
  return [...apart.keys(), ...near];
}

function distinctHostInRack(members: readonly Seedling[], other: Seedling): boolean {
  return members.every(({ host }) => host !== other.host && host.rack === other.host.rack);
}

/** Servers of three racks at a time, none in two triples. */
function triples(asked: readonly Seedling[], random: () => number): Assignment[] {
  const wanted = Math.floor(asked.length * IN_TRIPLES / 3);
  return gathered(asked, { size: 3, wanted, random, joins: distinctRack }).map((members, index) =>
    assignment(`triple-${index}`, { type: "diversity", level: "rack", members })
  );
}

/** Servers of one host, two at a time, none in two pairs. */
function pairs(asked: readonly Seedling[], random: () => number): Assignment[] {
  const wanted = Math.floor(asked.length * IN_PAIRS / 2);
  return gathered(asked, { size: 2, wanted, random, joins: sameHost }).map((members, index) =>
    assignment(`pair-${index}`, { type: "affinity", level: "host", members })
  );
}

function distinctRack(members: readonly Seedling[], other: Seedling): boolean {
  return members.every(({ host }) => host.rack !== other.host.rack);
}

function sameHost(members: readonly Seedling[], other: Seedling): boolean {
  return members.every(({ host }) => host === other.host);
}

/** Sets of servers of which each `joins` those before it. */
function gathered(
  asked: readonly Seedling[],
  { size, wanted, random, joins }: {
    size: number;
    wanted: number;
    random: () => number;
    joins: (members: readonly Seedling[], other: Seedling) => boolean;
  },
): Seedling[][] {
  const sets: Seedling[][] = [];
  let open: Seedling[][] = [];
  for (const seedling of shuffled(asked, random)) {
    if (sets.length === wanted) break;
    const joined = open.find((members) => joins(members, seedling));
    if (!joined) open.push([seedling]);
    else if (joined.push(seedling) === size) {
      sets.push(joined);
      open = open.filter((members) => members !== joined);
    }
  }
  return sets;
}

function assignment(
  id: string,
  { type, level, members }: Pick<Assignment, "type" | "level"> & {
    members: readonly { readonly id: string }[];
  },
): Assignment {
  return { id, name: id, type, level, group: null, members: members.map((member) => member.id) };
}

function amounts(vcpus: number, gibPerVcpu: number): Demand {
  return {
    milliVcpu: vcpus * 1000,
    memoryMib: vcpus * gibPerVcpu * 1024,
    diskMib: vcpus * DISK_GIB_PER_VCPU * 1024,
  };
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}
