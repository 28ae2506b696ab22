import fc from "fast-check";
import type { Application, Assignment, Pipe, ServerSpec } from "../../src/domain/application.ts";
import type { Aggregate, DataCenter, Flavor, Host, Network } from "../../src/domain/data_center.ts";
import { addDemand, NO_DEMAND } from "../../src/domain/demand.ts";
import { GROUP_TYPES, type GroupMembership } from "../../src/domain/group.ts";
import type { Holding } from "../../src/domain/holding.ts";
import { LEVELS, rankOf } from "../../src/domain/levels.ts";
import { amounts, FLAVORS } from "./engine_site.ts";

/** A site, what others hold on it, and an application that asks for room. */
export interface RandomCase {
  readonly dataCenter: DataCenter;
  readonly holdings: readonly Holding[];
  readonly application: Application;
}

export interface CaseSize {
  readonly hosts: number;
  readonly servers: number;
}

const ZONES = ["az0", "az1"] as const;
/** The extra specs of flavors that ask for more than room, by name; the name begins with the vCPUs. */
const DEMANDING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "2-ssd": { disk: "ssd" },
  "1-avx": { "trait:AVX": "required" },
  "1-safe": { "trait:AVX": "forbidden", "trait1:SAFE": "required" },
  "2-pinned": { "hw:cpu_policy": "dedicated" },
  "1-pinned": { "hw:cpu_policy": "dedicated", "hw:numa_nodes": "1" },
  "4-split": { "hw:cpu_policy": "dedicated", "hw:numa_nodes": "2" },
  "2-shared": { "hw:numa_nodes": "2" },
  "2-uneven": { "hw:numa_nodes": "2", ...uneven("0", "1", [3072, 1024]) },
  "4-uneven": { "hw:numa_nodes": "2", "hw:cpu_policy": "dedicated", ...uneven("1-3", "0", [2048, 6144]) },
  "1-gpu": { "pci_passthrough:alias": "gpu:1" },
  "1-devices": { "pci_passthrough:alias": "gpu:1, nic:2" },
  "1-near": { "pci_passthrough:alias": "gpu:1", "hw:numa_nodes": "1", ...near("required") },
  "2-near": { "pci_passthrough:alias": "gpu:2", "hw:numa_nodes": "2", ...near("socket") },
  "1-nearest": { "pci_passthrough:alias": "nic:1", "hw:cpu_policy": "dedicated", ...near("required") },
  "1-far": { "pci_passthrough:alias": "gpu:1", "hw:numa_nodes": "1", ...near("preferred") },
  "2-absurd": { "hw:numa_nodes": "3" },
};

function near(policy: string) {
  return { "hw:pci_numa_affinity_policy": policy };
}

function uneven(first: string, second: string, memoryMib: readonly [number, number]) {
  return {
    ...{ "hw:numa_cpus.0": first, "hw:numa_mem.0": String(memoryMib[0]) },
    ...{ "hw:numa_cpus.1": second, "hw:numa_mem.1": String(memoryMib[1]) },
  };
}

const SITE_FLAVORS: readonly Flavor[] = [
  ...FLAVORS.slice(0, 4),
  ...Object.entries(DEMANDING).map(([name, extraSpecs]): Flavor => {
    const { demand } = FLAVORS.find((flavor) => flavor.name === `v${name[0]}`)!;
    return { name, flavorId: `id-${name}`, demand, extraSpecs };
  }),
];

/** Mostly a plain flavor, and the small ones most. */
const flavorName = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom("v1", "v1", "v2", "v2", "v4", "v8") },
  { weight: 2, arbitrary: fc.constantFrom(...Object.keys(DEMANDING)) },
);

const rarely = fc.nat(9).map((number) => number === 0);

/** A value once in a while, mostly null. */
function seldom<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: value });
}

function hostArbitrary(index: number): fc.Arbitrary<Host> {
  return fc.record({
    rack: fc.constantFrom("r0", "r1", "r2", "r0", "r1", "r2", null),
    zone: fc.constantFrom(...ZONES),
    broken: rarely,
    vcpus: fc.constantFrom(4, 8, 16),
    ratio: fc.constantFrom(1, 2),
    memory: fc.constantFrom(1, 2, 4, 4),
    disk: fc.constantFrom(45, 1000, 1000),
    vms: fc.array(fc.constantFrom(1, 2, 4), { maxLength: 2 }),
    unlisted: rarely,
    hardware,
  }).map(({ rack, zone, broken, vcpus, ratio, memory, disk, vms, unlisted, hardware }) => {
    const listed = vms.map((size, number) => ({
      uuid: `vm-${index}-${number}`,
      demand: amounts(size, size, size),
      projectId: null,
    }));
    const strange = unlisted ? amounts(1, 1, 1) : NO_DEMAND;
    return {
      name: `h${index}`,
      rack,
      // One cluster for two racks, another for the third, none for hosts without a rack.
      cluster: rack === null ? null : rack === "r2" ? "c1" : "c0",
      room: rack === null || rack === "r2" ? "east" : "west",
      availabilityZone: zone,
      unusable: broken ? "disabled" : null,
      physical: amounts(vcpus, vcpus * memory, disk),
      capacity: amounts(vcpus * ratio, vcpus * memory, disk),
      used: listed.map(({ demand }) => demand).reduce(addDemand, strange),
      vms: listed,
      ...hardware,
    };
  });
}

const hardware: fc.Arbitrary<Pick<Host, "traits" | "numa" | "pci">> = fc.record({
  traits: fc.subarray(["AVX", "SAFE"]),
  numa: fc.array(fc.record({ vcpus: fc.constantFrom(1, 2, 4), memory: fc.constantFrom(2, 3, 6, 12) }), {
    maxLength: 3,
  }).map((cells) =>
    cells.map(({ vcpus, memory }, cell) => ({ cell, milliVcpu: vcpus * 1000, memoryMib: memory * 1024 }))
  ),
  pci: fc.array(
    fc.record({
      alias: fc.constantFrom("gpu", "nic"),
      count: fc.constantFrom(1, 2, 3),
      cell: fc.constantFrom(0, 1, 2, undefined),
    }),
    { maxLength: 3 },
  ),
}, { requiredKeys: ["traits"] });

function siteArbitrary({ hosts }: CaseSize): fc.Arbitrary<DataCenter> {
  const fast: fc.Arbitrary<readonly Aggregate[]> = fc.subarray(
    Array.from({ length: hosts }, (_, index) => `h${index}`),
  )
    .map((names) => [{ name: "fast", hosts: names, metadata: { disk: "nvme, ssd" } }]);
  const list = fc.integer({ min: 2, max: hosts }).chain((count) =>
    fc.tuple(...Array.from({ length: count }, (_, index) => hostArbitrary(index)))
  );
  return fc.record({ list, aggregates: fast, network })
    .map(({ list, aggregates, network }) => ({
      name: "random",
      flavors: SITE_FLAVORS,
      hosts: list,
      aggregates,
      network,
    }));
}

const network: fc.Arbitrary<Network> = fc.record({
  nicKbps: fc.constantFrom(2, 5, 9),
  rackUplinkKbps: fc.constantFrom(3, 6, 12),
  clusterUplinkKbps: fc.constantFrom(4, 8),
}, { requiredKeys: [] });

const membership: fc.Arbitrary<GroupMembership> = fc.record({
  number: fc.nat(2),
  level: fc.constantFrom(...LEVELS),
}).map(({ number, level }) => ({
  groupId: `g${number}`,
  name: `group-${number}`,
  type: GROUP_TYPES[number],
  level,
}));

function holdingsArbitrary({ hosts }: DataCenter): fc.Arbitrary<readonly Holding[]> {
  const one = fc.record({
    host: fc.constantFrom(...hosts.map(({ name }) => name)),
    flavor: flavorName,
    groups: fc.array(membership, { maxLength: 1 }),
  });
  return fc.array(one, { maxLength: 3 }).map((list) =>
    list.map(({ host, flavor, groups }, index): Holding => ({
      serverId: `held-${index}`,
      stackId: `other-${index}`,
      resourceId: null,
      host,
      origin: null,
      demand: SITE_FLAVORS.find(({ name }) => name === flavor)!.demand,
      flavor,
      groups,
      expiresAtMs: null,
    }))
  );
}

/** Draws of an assignment: members count servers first, then earlier assignments. */
const assignmentDraw = fc.record({
  type: fc.constantFrom(...GROUP_TYPES),
  level: fc.constantFrom("host", "host", "rack", "cluster", "room"),
  members: fc.uniqueArray(fc.nat(8), { minLength: 1, maxLength: 4 }),
  named: rarely,
  soft: rarely,
  most: fc.constantFrom(1, 1, 1, 2),
});

function applicationArbitrary(dataCenter: DataCenter, { servers }: CaseSize): fc.Arbitrary<Application> {
  const server = fc.record({
    flavor: flavorName,
    zone: seldom(fc.constantFrom(...ZONES)),
    locations: seldom(fc.subarray(dataCenter.hosts.map(({ name }) => name), { minLength: 1 })),
  });
  return fc.record({
    servers: fc.array(server, { minLength: 1, maxLength: servers }),
    draws: fc.array(assignmentDraw, { maxLength: 3 }),
    pipes: fc.array(pipeDraw, { maxLength: 3 }),
  }).map(({ servers, draws, pipes }) => {
    const specs = servers.map((spec, index): ServerSpec => ({
      id: `s${index}`,
      name: `s${index}`,
      forcedHost: null,
      ...spec,
    }));
    const assignments: Assignment[] = [];
    for (const draw of draws) assignments.push(assignmentOf(draw, specs, assignments));
    return { servers: specs, assignments, pipes: pipesBetween(specs, pipes) };
  });
}

const pipeDraw = fc.record({ from: fc.nat(20), to: fc.nat(20), kbps: fc.integer({ min: 1, max: 4 }) });

function pipesBetween(
  servers: readonly ServerSpec[],
  draws: readonly { from: number; to: number; kbps: number }[],
): Pipe[] {
  return draws.flatMap(({ from, to, kbps }, index): Pipe[] => {
    const [one, other] = [from, to].map((number) => servers[number % servers.length].id);
    return one === other ? [] : [{ id: `p${index}`, servers: [one, other], kbps }];
  });
}

type Draw = typeof assignmentDraw extends fc.Arbitrary<infer D> ? D : never;

/** An assignment from a draw, without members that may not be inside it. */
function assignmentOf(
  { type, level, members, named, soft, most }: Draw,
  servers: readonly ServerSpec[],
  earlier: readonly Assignment[],
): Assignment {
  const pool = [
    ...servers.map(({ id }) => id),
    ...earlier.filter((child) => mayContain({ type, level }, child)).map(({ id }) => id),
  ];
  const ids = [...new Set(members.map((number) => pool[number % pool.length]))];
  const id = `a${earlier.length}`;
  const number = GROUP_TYPES.indexOf(type);
  const group = named || type === "exclusivity" ? { id: `g${number}`, name: `group-${number}` } : null;
  return {
    ...{ id, name: id, type, level, group, members: ids },
    ...(soft && group === null ? { softWeight: 10 } : {}),
    ...(type === "diversity" && group === null && most > 1 ? { mostPerResource: most } : {}),
  };
}

function mayContain(parent: Pick<Assignment, "type" | "level">, child: Assignment): boolean {
  return rankOf(child.level) <= rankOf(parent.level) &&
    (child.type === "affinity" || parent.type === "affinity");
}

/** Random cases up to a size; every rule of the engine occurs. */
export function randomCase(size: CaseSize): fc.Arbitrary<RandomCase> {
  return siteArbitrary(size).chain((dataCenter) =>
    fc.record({
      dataCenter: fc.constant(dataCenter),
      holdings: holdingsArbitrary(dataCenter),
      application: applicationArbitrary(dataCenter, size),
    })
  );
}
