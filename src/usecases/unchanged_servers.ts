import type { Application, ServerSpec } from "../domain/application.ts";
import { serversBelow } from "../domain/memberships.ts";

/** Servers that ask for the same in both applications: flavor, place, and the rules over them. */
export function unchangedServers(before: Application, after: Application): ReadonlySet<string> {
  const old = signatures(before);
  return new Set([...signatures(after)].filter(([id, text]) => old.get(id) === text).map(([id]) => id));
}

function signatures(application: Application): Map<string, string> {
  const rules = new Map<string, string[]>();
  const below = serversBelow(application);
  for (const { id, type, level, group } of application.assignments) {
    for (const server of below.get(id)!) {
      const known = rules.get(server);
      const text = `${type} ${level} ${group?.id ?? id}`;
      if (known) known.push(text);
      else rules.set(server, [text]);
    }
  }
  const textOf = ({ id, flavor, zone, forcedHost, locations }: ServerSpec) =>
    JSON.stringify([flavor, zone, forcedHost, locations, rules.get(id)?.sort()]);
  return new Map(application.servers.map((server) => [server.id, textOf(server)]));
}
