import { addDemand, isAtMost, NO_DEMAND } from "../../domain/demand.ts";
import { groupKey, type GroupMembership } from "../../domain/group.ts";
import { LEVELS } from "../../domain/levels.ts";
import type { GroupPresence } from "../model/groups.ts";
import type { Ledger, Trace } from "../model/ledger.ts";
import type { Occupancy } from "../model/occupancy.ts";
import { type Amounts, amountsOf, DIMENSIONS, LEVEL_COUNT, NOWHERE } from "../model/site.ts";
import type { Counted, NamedGroup, Node, Standing } from "../search/node.ts";
import type { HostLists } from "./host_lists.ts";
import { Fault, type TaskServer } from "./task.ts";

/** What making nodes needs of the engine and the request. */
export interface NodeContext {
  readonly occupancy: Occupancy;
  readonly ledger: Ledger;
  readonly lists: HostLists;
  /** Whether what a server stands on stays counted while it is placed anew. */
  readonly keepOrigin: boolean;
  /** Whether servers that should stay may only stay. */
  readonly settled: boolean;
  /** Host of the servers of the same host class that stay, or `NOWHERE`. */
  readonly fixedHost: number;
  readonly index: number;
  readonly stackId: string;
}

/** One node from servers that share a host; a fault when they belong to several exclusivity groups of a level. */
export function makeNode(servers: readonly TaskServer[], context: NodeContext): Node | Fault {
  const exclusive = exclusiveGroups(servers, context);
  if (exclusive instanceof Fault) return exclusive;
  const amounts = servers.map(({ demand }) => amountsOf(demand));
  const standing = standingOf(servers, context);
  if (standing instanceof Fault) return standing;
  const [hostLists, stayLists] = [false, true].map((staying) => listsOf(servers, context, staying));
  return {
    index: context.index,
    servers: servers.map(({ position }) => position),
    name: servers[0].spec.name,
    need: amountsOf(servers.map(({ demand }) => demand).reduce(addDemand, NO_DEMAND)),
    largest: perDimension((dimension) => Math.max(...amounts.map((each) => each[dimension]))),
    zones: unique(servers.flatMap(({ spec }) => spec.zone === null ? [] : [spec.zone])),
    extraSpecs: unique(servers.map(({ extraSpecs }) => extraSpecs)).filter((specs) =>
      Object.keys(specs).length > 0
    ),
    traits: servers.flatMap(({ traits }) => traits),
    hardware: servers.flatMap(({ hardware }) => hardware ?? []),
    hostLists,
    stayLists,
    standing,
    counted: countedOf(servers, exclusive, context),
    at: null,
    diversity: [],
    soft: [],
    exclusive,
    named: namedGroups(servers, context),
    pipes: [],
    classes: [],
  };
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

function listsOf(
  servers: readonly TaskServer[],
  { lists, occupancy, fixedHost }: NodeContext,
  staying: boolean,
) {
  const found: Uint8Array[] = [];
  for (const { spec, directive } of servers) {
    if (spec.locations) found.push(lists.only(spec.locations));
    if (spec.forcedHost !== null) found.push(lists.only([spec.forcedHost]));
    if (directive?.allowedHosts) found.push(lists.only(directive.allowedHosts));
    if (directive?.forbiddenHosts && !(staying && directive.stay === "should")) {
      found.push(lists.except(directive.forbiddenHosts));
    }
  }
  if (fixedHost !== NOWHERE) found.push(lists.only([occupancy.site.hosts[fixedHost].name]));
  return unique(found);
}

function exclusiveGroups(
  servers: readonly TaskServer[],
  { occupancy }: NodeContext,
): (GroupPresence | null)[] | Fault {
  const found: (GroupPresence | null)[] = new Array(LEVEL_COUNT).fill(null);
  for (const { memberships, spec } of servers) {
    for (const membership of memberships) {
      if (membership.type !== "exclusivity") continue;
      const presence = occupancy.groups.presence(membership);
      if (found[presence.level] !== null && found[presence.level] !== presence) {
        return new Fault(
          `violate exclusivity constraint (more than one exclusivity) for node = ${spec.name}`,
          `server "${spec.name}" belongs to more than one exclusivity group at level "${membership.level}"`,
        );
      }
      found[presence.level] = presence;
    }
  }
  return found;
}

function standingOf(servers: readonly TaskServer[], context: NodeContext): Standing | Fault | null {
  const stays = ({ directive }: TaskServer) =>
    directive?.stay === "must" || directive?.stay === "should" && context.settled;
  const host = servers.find(({ standingHost }) => standingHost !== NOWHERE)?.standingHost ?? NOWHERE;
  const astray = servers.find((server) =>
    stays(server) && server.directive?.standing && server.standingHost !== host
  );
  if (astray || host === NOWHERE && servers.some(stays)) {
    return new Fault(
      "cannot replan VMs that was planned",
      `server "${(astray ?? servers[0]).spec.name}" can't stay where it is held`,
    );
  }
  if (host === NOWHERE) return null;
  const lasting = servers.every(({ holding, demand, hardware }) =>
    holding !== undefined && isAtMost(demand, holding.demand) && context.ledger.shapeOf(holding) === hardware
  );
  return { host, only: servers.some(stays), lasting };
}

/** Host by host, what is counted for the servers already. */
function countedOf(
  servers: readonly TaskServer[],
  exclusive: readonly (GroupPresence | null)[],
  context: NodeContext,
): Counted[] {
  const found = new Map<number, Counted>();
  for (const server of servers) {
    for (const [host, traces] of Map.groupBy(tracesOf(server, context), (trace) => trace.host)) {
      const counted = countedFor(server, traces, exclusive);
      const before = found.get(host);
      found.set(host, before ? bothOf(before, counted) : counted);
    }
  }
  return [...found.values()].sort((a, b) => a.host - b.host);
}

/** What stays counted for one server while it is placed anew: by the inventory, and where it lingers. */
function tracesOf({ spec, holding, directive }: TaskServer, { ledger, keepOrigin }: NodeContext): Trace[] {
  const resourceId = holding?.resourceId ?? directive?.standing?.resourceId ?? null;
  const reported = ledger.reported({ serverId: spec.id, resourceId });
  const lingering = holding
    ? ledger.lingering(holding, { keepOrigin: keepOrigin && !directive?.gone })
    : null;
  return [
    ...reported ? [{ ...reported, servers: 1, shape: null, groups: [] } as const] : [],
    ...lingering ? ledger.tracesOf(lingering) : [],
  ];
}

function countedFor(
  { demand }: TaskServer,
  traces: readonly Trace[],
  exclusive: readonly (GroupPresence | null)[],
): Counted {
  const sum = amountsOf(traces.map((trace) => trace.demand).reduce(addDemand, NO_DEMAND));
  const wanted = amountsOf(demand);
  const joined = new Set(traces.flatMap(({ groups }) => groups.map(groupKey)));
  return {
    host: traces[0].host,
    // What is counted for one server is no room for another.
    relief: perDimension((dimension) => Math.min(sum[dimension], wanted[dimension])),
    servers: traces.some((trace) => trace.servers > 0) ? 1 : 0,
    members: exclusive.map((presence) => presence && joined.has(groupKey(presence.membership)) ? 1 : 0),
    hardware: traces.flatMap(({ shape }) => shape ?? []),
  };
}

function bothOf(one: Counted, other: Counted): Counted {
  return {
    host: one.host,
    relief: perDimension((dimension) => one.relief[dimension] + other.relief[dimension]),
    servers: one.servers + other.servers,
    members: one.members.map((count, level) => count + other.members[level]),
    hardware: [...one.hardware, ...other.hardware],
  };
}

function perDimension(amount: (dimension: number) => number): Amounts {
  return Array.from({ length: DIMENSIONS }, (_, dimension) => amount(dimension)) as unknown as Amounts;
}

function namedGroups(servers: readonly TaskServer[], context: NodeContext): NamedGroup[] {
  const memberships = new Map<string, GroupMembership>();
  for (const membership of servers.flatMap((server) => server.memberships)) {
    if (membership.type !== "exclusivity") {
      memberships.set(groupKey(membership), membership);
    }
  }
  return [...memberships.values()].map((membership) => ({
    type: membership.type,
    level: LEVELS.indexOf(membership.level),
    elsewhere: othersIn(membership, context),
  }));
}

/** Resources of the group's level that hold servers of it from other stacks. */
function othersIn(membership: GroupMembership, { occupancy, ledger, stackId }: NodeContext): Set<number> {
  const { groups, site } = occupancy;
  const { level, servers: counts } = groups.presence(membership);
  const others = new Map(counts);
  for (const { host, origin, groups: joined } of ledger.ofStack(stackId)) {
    if (!joined.some((each) => each.groupId === membership.groupId && each.level === membership.level)) {
      continue;
    }
    for (const name of [host, origin]) {
      const number = name === null ? undefined : site.hostNumber(name);
      if (number === undefined) continue;
      const resource = site.levels[level].ofHost[number];
      others.set(resource, (others.get(resource) ?? 0) - 1);
    }
  }
  return new Set([...others].filter(([, count]) => count > 0).map(([resource]) => resource));
}
