import type { ServerSpec } from "../../domain/application.ts";
import type { DataCenter, Flavor, Host } from "../../domain/data_center.ts";
import type { Holding } from "../../domain/holding.ts";
import type { Level } from "../../domain/levels.ts";
import { flavorOf } from "./hardware_wish.ts";
import type { PlacedServer, PlacementRequest, ServerDirective } from "../../domain/placement_request.ts";

/** A finished placement and the world it was made in. */
export interface Finished {
  readonly dataCenter: DataCenter;
  /** What was held when the request came, by this stack and by others. */
  readonly holdings: readonly Holding[];
  readonly request: PlacementRequest;
  readonly placements: readonly PlacedServer[];
}

/** A broken rule. */
export interface Violation {
  readonly rule: string;
  readonly serverIds: readonly string[];
  readonly text: string;
}

/** One server with where it went. */
export interface JudgedServer {
  readonly spec: ServerSpec;
  readonly directive: ServerDirective | undefined;
  readonly flavor: Flavor | undefined;
  readonly placed: PlacedServer;
  readonly host: Host;
  /** It had to stay and was held: only its relations to the rest of the stack are judged. */
  readonly fixed: boolean;
  /** It is where it stood before. */
  readonly stayed: boolean;
}

/** The finished placement with everything looked up. */
export interface Case extends Finished {
  readonly servers: readonly JudgedServer[];
  readonly hosts: ReadonlyMap<string, Host>;
  readonly others: readonly Holding[];
  readonly own: readonly Holding[];
}

/** Looks everything up; servers without a known host are left to the rule that reports them. */
export function caseOf(finished: Finished): Case {
  const { dataCenter, holdings, request, placements } = finished;
  const hosts = new Map(dataCenter.hosts.map((host) => [host.name, host]));
  const placedOf = new Map(placements.map((placed) => [placed.serverId, placed]));
  const own = holdings.filter(({ stackId }) => stackId === request.stackId);
  const servers = request.application.servers.flatMap((spec): JudgedServer[] => {
    const placed = placedOf.get(spec.id);
    const host = placed && hosts.get(placed.host);
    if (!placed || !host) return [];
    const directive = request.directives.find(({ serverId }) => serverId === spec.id);
    const flavor = flavorOf(dataCenter, spec.flavor);
    const fixed = directive?.stay === "must" && own.some(({ serverId }) => serverId === spec.id);
    return [{
      spec,
      directive,
      flavor,
      placed,
      host,
      fixed,
      stayed: directive?.standing?.host === host.name,
    }];
  });
  return { ...finished, hosts, servers, own, others: holdings.filter((holding) => !own.includes(holding)) };
}

/** The host's resource of a level, or null. */
export function placeOf(host: Host, level: Level): string | null {
  return level === "host" ? host.name : host[level] ?? null;
}
