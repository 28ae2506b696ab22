import type { Application, ServerSpec } from "../domain/application.ts";
import { groupKey } from "../domain/group.ts";
import { membershipsOf, serversBelow } from "../domain/memberships.ts";

/** Servers that ask for the same in both applications: flavor, place, and the rules over them. */
export function unchangedServers(before: Application, after: Application): ReadonlySet<string> {
  const rules = new Map<string, number>();
  const old = signatures(before, rules);
  return new Set(
    [...signatures(after, rules)].filter(([id, text]) => old.get(id) === text).map(([id]) => id),
  );
}

/** A text per server that says what it asks for; `rules` numbers the rules that were met so far. */
function signatures(application: Application, rules: Map<string, number>): Map<string, string> {
  const numbers = new Map<string, number[]>(application.servers.map(({ id }) => [id, []]));
  const below = serversBelow(application);
  const memberships = membershipsOf(application);
  for (const { id, type, level, group, softWeight, mostPerResource = 1 } of application.assignments) {
    // A weight alone moves nobody: it is a price, and does not say whether the rule must hold.
    const kind = softWeight === undefined ? "hard" : "soft";
    const rule = `${kind} ${type} ${level} ${mostPerResource} ${group?.id ?? id}`;
    const number = rules.get(rule) ?? rules.size;
    rules.set(rule, number);
    for (const server of below.get(id)!) numbers.get(server)!.push(number);
  }
  const textOf = ({ id, flavor, zone, forcedHost, locations }: ServerSpec) => {
    const own = numbers.get(id)!.sort((a, b) => a - b).join();
    // What affinity brings into a group is bound by it like the members that are named.
    const groups = memberships.get(id)!.map(groupKey).sort();
    return JSON.stringify([flavor, zone, forcedHost, locations, own, groups]);
  };
  return new Map(application.servers.map((server) => [server.id, textOf(server)]));
}
