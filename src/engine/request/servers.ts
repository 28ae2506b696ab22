import type { Application } from "../../domain/application.ts";
import { membershipsOf } from "../../domain/memberships.ts";
import type { PlacementRequest } from "../../domain/placement_request.ts";
import { aggregateSpecs } from "../constraints/host_aggregate.ts";
import { traitSpecs } from "../constraints/traits.ts";
import type { Ledger } from "../model/ledger.ts";
import { NOWHERE, type Site } from "../model/site.ts";
import { Fault, type TaskServer } from "./task.ts";

/** The servers of a request with their flavors, groups and standing, in the request's order. */
export function readServers(
  request: PlacementRequest,
  { site, ledger }: { site: Site; ledger: Ledger },
): TaskServer[] | Fault {
  const directives = new Map(request.directives.map((directive) => [directive.serverId, directive]));
  const memberships = membershipsOf(request.application);
  const servers: TaskServer[] = [];
  for (const [position, spec] of request.application.servers.entries()) {
    const directive = directives.get(spec.id);
    const standing = directive?.standing;
    const holding = ledger.get(spec.id);
    const fixed = directive?.stay === "must" && holding !== undefined;
    const flavor = site.flavor(spec.flavor);
    const demand = fixed ? holding.demand : flavor?.demand;
    if (!demand) return unknownFlavor(request.application, spec);
    servers.push({
      position,
      spec,
      directive,
      demand,
      extraSpecs: aggregateSpecs(flavor?.extraSpecs ?? {}),
      traits: traitSpecs(flavor?.extraSpecs ?? {}),
      hardware: site.shape(spec.flavor),
      memberships: memberships.get(spec.id)!,
      holding,
      fixed,
      standingHost: standing ? site.hostNumber(standing.host) ?? NOWHERE : NOWHERE,
    });
  }
  return servers;
}

function unknownFlavor(
  application: Application,
  { id, name, flavor }: { id: string; name: string; flavor: string },
): Fault {
  const grouped = application.assignments.some(({ type, members }) =>
    type === "affinity" && members.includes(id)
  );
  return new Fault(
    grouped ? "fail to set flavor information in a group" : "fail to set flavor information",
    `server "${name}" asks for flavor "${flavor}", which the site does not know`,
  );
}
