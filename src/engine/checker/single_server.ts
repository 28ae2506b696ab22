import type { Case, JudgedServer, Violation } from "./case.ts";

interface SingleRule {
  readonly rule: string;
  /** What is wrong with a server where it is, or null. */
  readonly fault: (server: JudgedServer) => string | null;
}

const listed = (hosts: readonly string[] | null | undefined, host: string) => !hosts || hosts.includes(host);

/** Rules that look at one server and its host alone. */
const RULES: readonly SingleRule[] = [
  {
    rule: "host status",
    fault: ({ host }) => host.unusable === null ? null : `host is ${host.unusable}`,
  },
  {
    rule: "demand",
    fault: ({ flavor, placed }) => {
      const same = flavor && placed.demand.milliVcpu === flavor.demand.milliVcpu &&
        placed.demand.memoryMib === flavor.demand.memoryMib &&
        placed.demand.diskMib === flavor.demand.diskMib;
      return same ? null : "what is held is not what the flavor asks for";
    },
  },
  {
    rule: "physical size",
    fault: ({ host, placed: { demand } }) =>
      demand.milliVcpu > host.physical.milliVcpu || demand.memoryMib > host.physical.memoryMib
        ? "the hardware is smaller than the server"
        : null,
  },
  {
    rule: "availability zone",
    fault: ({ host, spec }) =>
      spec.zone === null || spec.zone === host.availabilityZone
        ? null
        : `zone is "${host.availabilityZone}", wanted "${spec.zone}"`,
  },
  {
    rule: "forced host",
    fault: ({ host, spec }) =>
      spec.forcedHost === null || spec.forcedHost === host.name ? null : `wanted "${spec.forcedHost}"`,
  },
  {
    rule: "locations",
    fault: ({ host, spec, directive }) =>
      listed(spec.locations, host.name) && listed(directive?.allowedHosts, host.name)
        ? null
        : "host is not among those allowed",
  },
  {
    rule: "forbidden hosts",
    fault: ({ host, directive, stayed }) =>
      directive?.forbiddenHosts?.includes(host.name) && !(stayed && directive.stay === "should")
        ? "host is forbidden"
        : null,
  },
];

/** Judges each server that was free to go elsewhere by every rule about itself. */
export function singleServers({ servers }: Case): Violation[] {
  return servers.flatMap((server) =>
    server.fixed ? [] : RULES.flatMap(({ rule, fault }): Violation[] => {
      const text = fault(server);
      if (text === null) return [];
      return [{
        rule,
        serverIds: [server.spec.id],
        text: `Server "${server.spec.id}" on "${server.host.name}": ${text}`,
      }];
    })
  );
}

/** A server that had to stay did. */
export function stays({ servers, own }: Case): Violation[] {
  return servers.filter(({ directive, stayed }) => directive?.stay === "must" && !stayed)
    .filter(({ spec, placed }) =>
      own.every((holding) => holding.serverId !== spec.id || holding.host !== placed.host)
    )
    .map(({ spec, host }) => ({
      rule: "stay",
      serverIds: [spec.id],
      text: `Server "${spec.id}" had to stay and is on "${host.name}"`,
    }));
}
