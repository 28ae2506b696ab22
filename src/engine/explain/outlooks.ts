import type { ServerOutlook } from "../../domain/explanation.ts";
import { CONSTRAINTS } from "../constraints/mod.ts";
import type { Occupancy } from "../model/occupancy.ts";
import type { Task } from "../request/task.ts";
import type { HostSet } from "../search/host_set.ts";
import type { Node } from "../search/node.ts";
import { State } from "../search/state.ts";
import { keeps, refuseNode } from "./node_refusal.ts";

/** Servers of which the outlook is told; many servers of an application are alike. */
const MOST_OUTLOOKS = 50;

export interface AloneContext {
  readonly occupancy: Occupancy;
  readonly hosts: HostSet;
}

/** What the constraints leave to each node while nothing of the request is placed; nodes that are alike once. */
export function outlooksOf({ nodes, servers }: Task, { occupancy, hosts }: AloneContext): ServerOutlook[] {
  const state = new State(occupancy, nodes);
  const known = new Set<string>();
  const outlooks: ServerOutlook[] = [];
  for (const node of nodes) {
    if (outlooks.length === MOST_OUTLOOKS) break;
    const { serverIds, name, hosts: all, removed, nearestMisses } = refuseNode(node, {
      state,
      hosts,
      servers,
    });
    const kind = JSON.stringify([node.need, removed]);
    if (known.has(kind)) continue;
    known.add(kind);
    const candidates = removed.reduce((left, count) => left - count.hosts, all);
    outlooks.push({ serverId: serverIds[0], name, hosts: all, candidates, removed, nearestMisses });
  }
  return outlooks;
}

/** The constraints that a host breaks for a server, each judged by itself; a host that the site lacks breaks the first. */
export function brokenAt(
  { nodes, servers }: Task,
  { occupancy, hosts }: AloneContext,
  { serverId, host: name }: { readonly serverId: string; readonly host: string },
): string[] {
  const host = occupancy.site.hostNumber(name);
  const node = nodes.find((each: Node) =>
    each.servers.some((position) => servers[position].spec.id === serverId)
  );
  if (host === undefined || !node) return ["requested hosts"];
  const state = new State(occupancy, nodes);
  const broken = CONSTRAINTS.filter((constraint) => !keeps(constraint, node, { state, hosts })(host));
  return [...new Set(broken.map((constraint) => constraint.name))];
}
