import type { NearestMiss, NodeRefusal } from "../../domain/refusal.ts";
import { CONSTRAINTS } from "../constraints/mod.ts";
import type { Constraint } from "../constraints/constraint.ts";
import type { HostSet } from "../search/host_set.ts";
import { judgedOn } from "../search/candidates.ts";
import type { AffinityClass, Node } from "../search/node.ts";
import type { State } from "../search/state.ts";
import type { TaskServer } from "../request/task.ts";

const DIMENSION_NAMES = ["vcpu", "memory", "disk"] as const;
/** What keeps a server that may only stay from all other hosts. */
const STAYING = "requested hosts";
const CAPACITY = ["cpu capacity", "memory capacity", "local disk capacity"];

/** Counts, rule by rule in their order, the hosts that each takes from a node as things are placed now. */
export function refuseNode(
  asked: Node,
  { state, hosts, servers }: { state: State; hosts: HostSet; servers: readonly TaskServer[] },
): NodeRefusal {
  const { site } = state.occupancy;
  const removed: { constraint: string; hosts: number }[] = [];
  let left = Array.from({ length: site.size }, (_, host) => host);
  if (asked.standing?.only) {
    left = [asked.standing.host];
    add(removed, STAYING, site.size - 1);
  }
  const node = asked.standing?.only ? judgedOn(asked, asked.standing.host) : asked;
  let fitting = left;
  for (const constraint of CONSTRAINTS) {
    const kept = left.filter(keeps(constraint, node, { state, hosts }));
    add(removed, constraint.name, left.length - kept.length);
    if (!CAPACITY.includes(constraint.name)) {
      fitting = fitting.filter(keeps(constraint, node, { state, hosts }));
    }
    left = kept;
  }
  return {
    serverIds: node.servers.map((position) => servers[position].spec.id),
    name: node.name,
    hosts: site.size,
    removed,
    nearestMisses: nearestMisses(node, fitting, state),
  };
}

/** An affinity class of which no resource has room for all nodes: the hosts of resources that lack it in sum. */
export function refuseClass(
  { level, nodes }: AffinityClass,
  { state, servers }: { state: State; servers: readonly TaskServer[] },
): NodeRefusal {
  const { site: { size, levels }, freeSums } = state.occupancy;
  const counts = CAPACITY.map(() => 0);
  levels[level].hosts.forEach((hosts, resource) => {
    const lacking = CAPACITY.findIndex((_, dimension) => {
      const need = nodes.reduce((sum, node) => sum + node.need[dimension], 0);
      return freeSums[level][dimension][resource] < need;
    });
    // What lacks nothing is outside of what a wider affinity has chosen.
    if (lacking !== -1) counts[lacking] += hosts.length;
  });
  const removed: { constraint: string; hosts: number }[] = [];
  CAPACITY.forEach((constraint, dimension) => add(removed, constraint, counts[dimension]));
  add(removed, "affinity", counts.reduce((left, count) => left - count, size));
  return {
    serverIds: nodes.flatMap((node) => node.servers.map((position) => servers[position].spec.id)),
    name: nodes[0].name,
    hosts: size,
    removed,
    nearestMisses: [],
  };
}

/** Whether a constraint leaves a host to a node, everything else aside. */
export function keeps(
  constraint: Constraint,
  node: Node,
  { state, hosts }: { state: State; hosts: HostSet },
) {
  hosts.reset();
  constraint.restrict?.(node, hosts, state);
  const { site } = state.occupancy;
  return (host: number) => hosts.admits(host) && (constraint.admits?.(node, host, site) ?? true);
}

/** Several rules may carry one name. */
function add(removed: { constraint: string; hosts: number }[], constraint: string, hosts: number): void {
  if (hosts === 0) return;
  const known = removed.find((count) => count.constraint === constraint);
  if (known) known.hosts += hosts;
  else removed.push({ constraint, hosts });
}

/** In each dimension that none of `fitting` has enough of, the host that has most. */
function nearestMisses(node: Node, fitting: readonly number[], { occupancy }: State): NearestMiss[] {
  const misses: NearestMiss[] = [];
  if (fitting.length === 0) return misses;
  DIMENSION_NAMES.forEach((dimension, index) => {
    const free = occupancy.free[index];
    const host = fitting.reduce((best, each) => (free[each] > free[best] ? each : best));
    if (free[host] >= node.need[index]) return;
    misses.push({
      dimension,
      wanted: node.need[index],
      bestFree: free[host],
      host: occupancy.site.hosts[host].name,
    });
  });
  return misses;
}
