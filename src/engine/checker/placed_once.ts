import type { Case, Violation } from "./case.ts";

/** Every server of the application is placed exactly once, on a host of the site; nothing else is placed. */
export function placedOnce({ request, placements, hosts, own }: Case): Violation[] {
  const violations: Violation[] = [];
  const violate = (serverId: string, text: string) =>
    violations.push({ rule: "placed once", serverIds: [serverId], text });
  for (const { id } of request.application.servers) {
    const count = placements.filter(({ serverId }) => serverId === id).length;
    if (count !== 1) violate(id, `Server "${id}" is placed ${count} times, wanted once`);
  }
  for (const { serverId, host } of placements) {
    if (!request.application.servers.some(({ id }) => id === serverId)) {
      violate(serverId, `Server "${serverId}" was not asked for`);
    }
    const kept = own.some((holding) => holding.serverId === serverId && holding.host === host);
    if (!hosts.has(host) && !kept) violate(serverId, `Host "${host}" is not in the site`);
  }
  return violations;
}
