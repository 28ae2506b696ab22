import fc from "fast-check";
import type { Assignment, Pipe } from "../../src/domain/application.ts";
import type { DataCenter, Host } from "../../src/domain/data_center.ts";
import { LEVELS } from "../../src/domain/levels.ts";
import { amounts, rule, server, site } from "./engine_site.ts";
import type { RandomCase } from "./random_cases.ts";

const HOSTS = 4;

const host = fc.record({
  rack: fc.constantFrom("r0", "r0", "r1", "r1", null),
  availabilityZone: fc.constantFrom("az0", "az0", "az1"),
  vcpus: fc.constantFrom(4, 8, 16),
}).map(({ rack, availabilityZone, vcpus }): Partial<Host> => ({
  rack,
  cluster: rack === null ? null : `c${rack}`,
  availabilityZone,
  physical: amounts(16, 32, 160),
  capacity: amounts(vcpus, 32, 160),
}));

const dataCenter: fc.Arbitrary<DataCenter> = fc.tuple(
  fc.array(host, { minLength: HOSTS, maxLength: HOSTS }),
  fc.boolean(),
).map(([hosts, clustered]) =>
  site({
    racks: 1,
    hostsPerRack: HOSTS,
    hosts: Object.fromEntries(
      hosts.map((each, index) => [`r1h${index + 1}`, clustered ? each : { ...each, cluster: null }]),
    ),
  })
);

const zone = fc.constantFrom(null, null, null, "az0", "az1");

/** Sites of four hosts, and servers that many pipes join and few rules keep apart: the rest of the rules is left out. */
export function pipedCase({ servers: count }: { readonly servers: number }): fc.Arbitrary<RandomCase> {
  const ids = Array.from({ length: count }, (_, index) => `s${index}`);
  const servers = fc.tuple(
    ...ids.map((id) =>
      fc.record({ flavor: fc.constantFrom("v1", "v2", "v2", "v4"), zone }).map((changes) =>
        server(id, changes)
      )
    ),
  );
  const apart = fc.tuple(fc.constantFrom(...LEVELS), fc.subarray(ids, { minLength: 2, maxLength: 3 }))
    .map(([level, members]): Assignment => rule(`diversity ${level}`, members));
  const pipe = fc.tuple(fc.subarray(ids, { minLength: 2, maxLength: 2 }), fc.integer({ min: 1, max: 4 }))
    .map(([[one, other], kbps]): Pipe => ({ id: `${one}-${other}`, servers: [one, other], kbps }));
  const unique = <T extends { id: string }>(items: T[]) => [
    ...new Map(items.map((item) => [item.id, item])).values(),
  ];
  return fc.record({
    dataCenter,
    holdings: fc.constant([]),
    application: fc.record({
      servers,
      assignments: fc.array(apart, { maxLength: 2 }).map(unique),
      pipes: fc.array(pipe, { minLength: 3, maxLength: 8 }).map(unique),
    }),
  });
}
