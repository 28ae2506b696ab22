import type { PlacementRequest } from "../../domain/placement_request.ts";
import { LEVELS } from "../../domain/levels.ts";
import type { Ledger } from "../model/ledger.ts";
import type { Occupancy } from "../model/occupancy.ts";
import { LEVEL_COUNT, NOWHERE } from "../model/site.ts";
import type { AffinityClass, DiversityRule, Node, SoftRule } from "../search/node.ts";
import { HostLists } from "./host_lists.ts";
import { nestingFault } from "./nesting.ts";
import { makeNode } from "./nodes.ts";
import { Companions, type Rule, Rules } from "./rules.ts";
import { readServers } from "./servers.ts";
import { Fault, type Task, type TaskServer } from "./task.ts";

interface CompileContext {
  readonly occupancy: Occupancy;
  readonly ledger: Ledger;
  /** Whether servers that should stay may only stay. */
  readonly settled: boolean;
}

/**
 * Makes a request ready for the search: servers that share a host become nodes, assignments become rules and classes
 * over nodes. The occupancy must still count everything that the stack holds.
 */
export function compile(request: PlacementRequest, context: CompileContext): Task | Fault {
  const fault = nestingFault(request.application);
  if (fault !== null) return new Fault(fault);
  const { occupancy, ledger } = context;
  const servers = readServers(request, { site: occupancy.site, ledger });
  if (servers instanceof Fault) return servers;
  const asked = new Rules(request.application);
  const companions = new Companions(asked, servers.length);
  const nodes = makeNodes(servers, companions, { request, ...context });
  if (nodes instanceof Fault) return nodes;
  const nodeOf = new Map(nodes.flatMap((node) => node.servers.map((server) => [server, node])));
  const parts: Parts = { servers, nodeOf, occupancy };
  const classes = makeClasses(companions, parts);
  if (classes instanceof Fault) return classes;
  const rules = makeRules(asked, companions, parts);
  if (rules instanceof Fault) return rules;
  connect(request, parts);
  return { servers, nodes, rules, classes, soft: makeSoftRules(asked, parts) };
}

/** Gives the nodes their pipes; those inside a node or between servers that stay are nobody's choice. */
function connect({ application }: PlacementRequest, { servers, nodeOf }: Parts): void {
  const positions = new Map(servers.map(({ spec, position }) => [spec.id, position]));
  for (const { servers: ends, kbps } of application.pipes ?? []) {
    const [one, other] = ends.map((id) => positions.get(id));
    if (one === undefined || other === undefined) continue;
    for (const [here, there] of [[one, other], [other, one]]) {
      const node = nodeOf.get(here);
      const peer = nodeOf.get(there) ?? null;
      const host = peer ? NOWHERE : servers[there].standingHost;
      if (!node || node === peer || !peer && host === NOWHERE) continue;
      node.pipes.push({ peer, host, kbps });
    }
  }
}

interface Parts {
  readonly servers: readonly TaskServer[];
  readonly nodeOf: ReadonlyMap<number, Node>;
  readonly occupancy: Occupancy;
}

function makeNodes(
  servers: readonly TaskServer[],
  companions: Companions,
  { request, ...context }: CompileContext & { request: PlacementRequest },
): Node[] | Fault {
  const lists = new HostLists(context.occupancy.site);
  const nodes: Node[] = [];
  for (const members of together(servers, 0, companions)) {
    const fixedHost = settledPlace(members, context.occupancy.site.levels[0].ofHost);
    if (fixedHost === ASTRAY) return astray(members, "affinity");
    const free = members.filter(({ fixed }) => !fixed);
    if (free.length === 0) continue;
    const { keepOrigin, stackId } = request;
    const node = makeNode(free, { ...context, lists, keepOrigin, stackId, fixedHost, index: nodes.length });
    if (node instanceof Fault) return node;
    nodes.push(node);
  }
  return nodes;
}

/** Servers by their class at a level, in the order of their first members. */
function together(servers: readonly TaskServer[], level: number, companions: Companions): TaskServer[][] {
  const classes = new Map<number, TaskServer[]>();
  for (const server of servers) {
    const leader = companions.leader(level, server.position);
    const members = classes.get(leader);
    if (members) members.push(server);
    else classes.set(leader, [server]);
  }
  return [...classes.values()];
}

/** More than one place where there must be one. */
const ASTRAY = -2;

/** The resource of the servers that stay, `NOWHERE` without any, `ASTRAY` when they are in several. */
function settledPlace(members: readonly TaskServer[], resourceOf: Int32Array): number {
  const places = new Set(
    members.filter(({ fixed, standingHost }) => fixed && standingHost !== NOWHERE)
      .map(({ standingHost }) => resourceOf[standingHost]),
  );
  return places.size > 1 ? ASTRAY : [...places][0] ?? NOWHERE;
}

function astray(members: readonly TaskServer[], constraint: string): Fault {
  const names = members.filter(({ fixed }) => fixed).map(({ spec }) => `"${spec.name}"`);
  return new Fault(
    "cannot replan VMs that was planned",
    `servers ${names.slice(0, 4).join(", ")} have to stay where they break ${constraint}`,
  );
}

function makeClasses(companions: Companions, { servers, nodeOf, occupancy }: Parts): AffinityClass[] | Fault {
  const classes: AffinityClass[] = [];
  for (let level = 1; level < LEVEL_COUNT; level++) {
    for (const members of together(servers, level, companions)) {
      if (!members.some(({ position }) => companions.bound[level].has(position))) continue;
      const fixed = settledPlace(members, occupancy.site.levels[level].ofHost);
      if (fixed === ASTRAY) return astray(members, "affinity");
      const nodes = [...new Set(members.flatMap(({ position }) => nodeOf.get(position) ?? []))];
      const made: AffinityClass = { level, nodes, fixed, chosen: NOWHERE };
      for (const node of nodes) node.classes.push(made);
      classes.push(made);
    }
  }
  return classes;
}

function makeRules(asked: Rules, companions: Companions, parts: Parts): DiversityRule[] | Fault {
  const rules: DiversityRule[] = [];
  for (const [level, name] of LEVELS.entries()) {
    for (const rule of asked.of({ type: "diversity", level: name })) {
      const fault = contradiction(rule, level, { companions, servers: parts.servers }) ??
        pinnedClash(rule, level, parts);
      if (fault) return fault;
      rules.push(makeRule(rule, level, parts));
    }
  }
  return rules;
}

/** Servers that affinity keeps in one resource of the level and this rule in different ones. */
function contradiction(
  rule: Rule,
  level: number,
  { companions, servers }: { companions: Companions; servers: readonly TaskServer[] },
): Fault | null {
  // Where several may share a resource, the search itself counts those that affinity brings there.
  if (rule.most > 1) return null;
  const unitOf = new Map<number, number>();
  for (const [unit, members] of rule.units.entries()) {
    for (const server of members) {
      const leader = companions.leader(level, server);
      if ((unitOf.get(leader) ?? unit) !== unit) {
        const { name } = servers[server].spec;
        return new Fault(
          `violate diversity constraint for node = ${name}`,
          `diversity "${rule.name}" separates server "${name}" from one that affinity keeps with it at level "${
            LEVELS[level]
          }"`,
        );
      }
      unitOf.set(leader, unit);
    }
  }
  return null;
}

function pinnedClash(rule: Rule, level: number, { servers, occupancy }: Parts): Fault | null {
  const unitsAt = new Map<number, Set<number>>();
  for (const { unit, host } of fixedHosts(rule, servers)) {
    const resource = occupancy.site.levels[level].ofHost[host];
    const units = unitsAt.get(resource) ?? new Set();
    unitsAt.set(resource, units.add(unit));
    if (units.size > rule.most) return astray(rule.servers.map((server) => servers[server]), "diversity");
  }
  return null;
}

function fixedHosts(rule: Rule, servers: readonly TaskServer[]): { unit: number; host: number }[] {
  return rule.units.flatMap((members, unit) =>
    members.map((server) => servers[server])
      .filter(({ fixed, standingHost }) => fixed && standingHost !== NOWHERE)
      .map(({ standingHost }) => ({ unit, host: standingHost }))
  );
}

function makeSoftRules(asked: Rules, { servers, nodeOf }: Parts): SoftRule[] {
  const made: SoftRule[] = [];
  for (const [level, name] of LEVELS.entries()) {
    for (const type of ["affinity", "diversity"] as const) {
      for (const rule of asked.of({ type, level: name, soft: true })) {
        const { most, softWeight } = rule;
        const units = nodeUnits(rule, nodeOf);
        const soft = { type, level, weight: softWeight!, most, units, fixed: fixedHosts(rule, servers) };
        for (const node of new Set(units.flat())) node.soft.push(soft);
        made.push(soft);
      }
    }
  }
  return made;
}

function nodeUnits({ units }: Rule, nodeOf: Parts["nodeOf"]): Node[][] {
  return units.map((members) => [...new Set(members.flatMap((server) => nodeOf.get(server) ?? []))]);
}

function makeRule(rule: Rule, level: number, { servers, nodeOf }: Parts): DiversityRule {
  const units = nodeUnits(rule, nodeOf);
  const made: DiversityRule = { level, most: rule.most, units, fixed: fixedHosts(rule, servers) };
  units.forEach((nodes, unit) => nodes.forEach((node) => node.diversity.push({ rule: made, unit })));
  return made;
}
