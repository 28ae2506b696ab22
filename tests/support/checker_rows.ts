import { assertEquals } from "@std/assert";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Demand } from "../../src/domain/demand.ts";
import type { Holding } from "../../src/domain/holding.ts";
import type {
  Decision,
  PlacedServer,
  PlacementRequest,
  ServerDirective,
} from "../../src/domain/placement_request.ts";
import { checkPlacement, type Finished } from "../../src/engine/checker/mod.ts";
import { amounts, engineFor, request, server, site } from "./engine_site.ts";

/** A placement to be judged; what is left out is one server `a` of the flavor `v1` on the host `r1h1` of a small site. */
export interface Judged {
  readonly dataCenter?: DataCenter;
  readonly held?: readonly Holding[];
  readonly ask?: PlacementRequest;
  /** Host of each server; what is held there is what its flavor asks for. */
  readonly at?: Readonly<Record<string, string>>;
  /** Placements beyond those of `at`. */
  readonly placed?: readonly PlacedServer[];
}

/** A placement that a rule has to reject, and a near twin that breaks none. */
export interface Twins {
  /** What is rejected, and what is not, as the end of a sentence. */
  readonly name: string;
  /** The rule that rejects; several where two rules say the same from two sides. */
  readonly rule: string | readonly string[];
  readonly both?: Judged;
  readonly rejected: Judged;
  readonly accepted: Judged;
  /** Why the engine is not asked for the same; absent where it has to agree with the checker. */
  readonly unasked?: string;
}

function finished(
  { dataCenter = site(), held = [], ask, at = { a: "r1h1" }, placed = [] }: Judged,
): Finished {
  const asked = ask ?? request([server("a")]);
  const placements = Object.entries(at).map(([serverId, host]): PlacedServer => {
    const flavor = asked.application.servers.find(({ id }) => id === serverId)?.flavor;
    const known = dataCenter.flavors.find(({ name, flavorId }) => name === flavor || flavorId === flavor);
    return { serverId, host, demand: known?.demand ?? amounts(1, 2, 10) };
  });
  return { dataCenter, holdings: held, request: asked, placements: [...placements, ...placed] };
}

/** The rules that a placement breaks, each once. */
export function brokenBy(judged: Judged): string[] {
  return [...new Set(checkPlacement(finished(judged)).map(({ rule }) => rule))];
}

/** Has each pair judged by the checker, and by the engine where it is bound to the hosts in question. */
export function judgeTwins(rows: readonly Twins[]): void {
  for (const { name, rule, both, rejected, accepted, unasked } of rows) {
    const rules = [rule].flat();
    const text = `by rule "${rules.join('" and "')}" ${name}`;
    Deno.test(`checkPlacement rejects ${text}`, () => {
      assertEquals(brokenBy({ ...both, ...rejected }), rules, "rejected");
      assertEquals(brokenBy({ ...both, ...accepted }), [], "accepted");
    });
    if (unasked !== undefined) continue;
    Deno.test(`place refuses ${text}`, () => {
      assertEquals(decided({ ...both, ...rejected }), "refused", "rejected");
      assertEquals(decided({ ...both, ...accepted }), "placed", "accepted");
    });
  }
}

/** What the engine decides when each server may go to its host alone. */
function decided(judged: Judged): Decision["kind"] {
  const { dataCenter, holdings, request: asked, placements } = finished(judged);
  const engine = engineFor(dataCenter, { improveSteps: 0 });
  for (const each of holdings) engine.hold(each);
  const directives = placements.map(({ serverId, host }): ServerDirective => {
    const given = asked.directives.find((directive) => directive.serverId === serverId);
    const allowedHosts = (given?.allowedHosts ?? [host]).filter((name) => name === host);
    return { stay: "free", ...given, serverId, allowedHosts };
  });
  return engine.place({ ...asked, directives }).kind;
}

/** What is asked of a server that stands on a host, with as much as the flavor `v1` asks for unless told otherwise. */
export function standsOn(
  serverId: string,
  host: string,
  { demand = amounts(1, 2, 10), origin = null, ...changes }:
    & Partial<ServerDirective>
    & { readonly demand?: Demand; readonly origin?: string | null } = {},
): ServerDirective {
  const standing = { host, demand, resourceId: null, origin, expiresAtMs: null };
  return { serverId, stay: "free", standing, ...changes };
}
