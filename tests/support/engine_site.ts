import type { Application, Assignment, ServerSpec } from "../../src/domain/application.ts";
import type { Aggregate, DataCenter, Flavor, Host, HostVm } from "../../src/domain/data_center.ts";
import { addDemand, type Demand, NO_DEMAND } from "../../src/domain/demand.ts";
import type { Holding } from "../../src/domain/holding.ts";
import type { Profile } from "../../src/domain/quality.ts";
import type { Decision, PlacementRequest } from "../../src/domain/placement_request.ts";
import { Engine } from "../../src/engine/mod.ts";

const MIB_PER_GIB = 1024;

/** A demand from vCPUs, GiB of memory and GiB of disk. */
export function amounts(vcpus: number, memoryGib: number, diskGib: number): Demand {
  return { milliVcpu: vcpus * 1000, memoryMib: memoryGib * MIB_PER_GIB, diskMib: diskGib * MIB_PER_GIB };
}

export const FLAVORS: readonly Flavor[] = [1, 2, 4, 8, 16].map((vcpus) => ({
  name: `v${vcpus}`,
  flavorId: `id-${vcpus}`,
  demand: amounts(vcpus, vcpus * 2, vcpus * 10),
  extraSpecs: {},
}));

export interface SiteOptions {
  readonly racks?: number;
  readonly hostsPerRack?: number;
  /** Capacity of every host. */
  readonly capacity?: Demand;
  readonly flavors?: readonly Flavor[];
  readonly aggregates?: readonly Aggregate[];
  /** Changes to single hosts, by name. */
  readonly hosts?: Readonly<Record<string, Partial<Host> & { readonly vms?: readonly HostVm[] }>>;
}

/** A site of hosts `r1h1`, `r1h2`, … in racks `r1`, `r2`, …, each of 8 vCPU, 16 GiB and 80 GiB unless told otherwise. */
export function site(options: SiteOptions = {}): DataCenter {
  const { racks = 2, hostsPerRack = 2, capacity = amounts(8, 16, 80), flavors = FLAVORS, aggregates = [] } =
    options;
  const hosts: Host[] = [];
  for (let rack = 1; rack <= racks; rack++) {
    for (let number = 1; number <= hostsPerRack; number++) {
      const name = `r${rack}h${number}`;
      const changes = options.hosts?.[name] ?? {};
      hosts.push({
        name,
        rack: `r${rack}`,
        cluster: null,
        availabilityZone: "nova",
        unusable: null,
        physical: capacity,
        capacity,
        used: (changes.vms ?? []).map(({ demand }) => demand).reduce(addDemand, NO_DEMAND),
        vms: [],
        ...changes,
      });
    }
  }
  return { name: "test", flavors, hosts, aggregates };
}

interface EngineLimits {
  readonly maxSteps?: number;
  readonly improveSteps?: number;
  readonly moveSteps?: number;
  readonly profile?: Profile;
}

export function engineFor(
  dataCenter: DataCenter,
  { maxSteps = 5_000_000, improveSteps = 1_500_000, moveSteps = 20_000_000, profile = "pack" }: EngineLimits =
    {},
): Engine {
  return new Engine(dataCenter, {
    maxSteps,
    improveSteps,
    moveSteps,
    profile,
    emergencyMs: 60_000,
    monotonicMs: () => 0,
  });
}

/** A server whose id and name are the same. */
export function server(id: string, changes: Partial<ServerSpec> = {}): ServerSpec {
  return { id, name: id, flavor: "v1", zone: null, forcedHost: null, locations: null, ...changes };
}

/** A private rule unless `group` names one. */
export function rule(
  text: `${Assignment["type"]} ${Assignment["level"]}`,
  members: readonly string[],
  changes: Partial<Assignment> = {},
): Assignment {
  const [type, level] = text.split(" ") as [Assignment["type"], Assignment["level"]];
  const id = `${text}:${members.join(",")}`;
  return { id, name: id, type, level, group: null, members, ...changes };
}

export function request(
  servers: readonly ServerSpec[],
  assignments: readonly Assignment[] = [],
  changes: Partial<PlacementRequest> = {},
): PlacementRequest {
  const application: Application = { servers, assignments };
  return {
    stackId: "stack",
    application,
    directives: [],
    keepOrigin: false,
    holdUntilMs: null,
    nowMs: 0,
    ...changes,
  };
}

/** Hosts by server of a placed decision; throws on a refusal, with its reasons. */
export function hostsOf(decision: Decision): Record<string, string> {
  if (decision.kind === "refused") throw new Error(`Refused: ${JSON.stringify(decision.refusal)}`);
  return Object.fromEntries(decision.placements.map(({ serverId, host }) => [serverId, host]));
}

export function holding(serverId: string, host: string, changes: Partial<Holding> = {}): Holding {
  return {
    serverId,
    stackId: `stack-of-${serverId}`,
    resourceId: null,
    host,
    origin: null,
    demand: amounts(1, 2, 10),
    groups: [],
    expiresAtMs: null,
    ...changes,
  };
}
