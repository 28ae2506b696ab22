import { assert, assertEquals } from "@std/assert";
import type { Assignment } from "../../src/domain/application.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { ServerDirective } from "../../src/domain/placement_request.ts";
import { standsOn } from "../support/checker_rows.ts";
import { amounts, engineFor, holding, hostsOf, request, rule, server, site } from "../support/engine_site.ts";

/** Four racks of two hosts, two racks to a cluster; the last host is the fullest and so what servers prefer. */
const SITE: DataCenter = (() => {
  const racks = site({ racks: 4, hostsPerRack: 2, hosts: { r4h2: { used: amounts(4, 8, 40) } } });
  const clusters: Record<string, string> = { r1: "c1", r2: "c1", r3: "c2", r4: "c2" };
  return { ...racks, hosts: racks.hosts.map((host) => ({ ...host, cluster: clusters[host.rack!] })) };
})();

const ids = ["a", "b", "c", "d"];

interface Case {
  readonly name: string;
  readonly rules: readonly Assignment[];
  /** Hosts where servers are held and must stay. */
  readonly pinned?: Readonly<Record<string, string>>;
  readonly directives?: readonly ServerDirective[];
  /** Hosts of some servers, or their beginnings; or the message of a refusal. */
  readonly wanted: Readonly<Record<string, string>> | string;
}

const CASES: readonly Case[] = [
  {
    name: "a companion to the host of one that must stay",
    rules: [rule("affinity host", ["a", "b"])],
    pinned: { a: "r1h2" },
    wanted: { a: "r1h2", b: "r1h2", c: "r4h2" },
  },
  {
    name: "a companion to the rack of one that must stay",
    rules: [rule("affinity rack", ["b", "a"])],
    pinned: { a: "r1h2" },
    wanted: { a: "r1h2", b: "r1", c: "r4h2" },
  },
  {
    name: "a companion to the cluster of one that must stay",
    rules: [rule("affinity cluster", ["a", "b"]), rule("diversity rack", ["a", "b"])],
    pinned: { a: "r1h2" },
    wanted: { a: "r1h2", b: "r2", c: "r4h2" },
  },
  {
    name: "the companion of a companion to the rack of one that must stay",
    rules: [rule("affinity rack", ["c", "b"]), rule("affinity rack", ["b", "a"])],
    pinned: { a: "r1h2" },
    wanted: { b: "r1", c: "r1", d: "r4h2" },
  },
  {
    name: "one that shares a host with the companion in a rack of one that must stay",
    rules: [rule("affinity host", ["b", "c"]), rule("affinity rack", ["a", "b"])],
    pinned: { a: "r1h2" },
    wanted: { b: "r1", c: "r1", d: "r4h2" },
  },
  {
    name: "the rack's companion of one that shares a host with one that must stay",
    rules: [rule("affinity rack", ["b", "c"]), rule("affinity host", ["a", "b"])],
    pinned: { a: "r1h2" },
    wanted: { b: "r1h2", c: "r1", d: "r4h2" },
  },
  {
    name: "the cluster's companion of one that shares a host with one that must stay",
    rules: [
      rule("affinity cluster", ["b", "c"]),
      rule("affinity host", ["a", "b"]),
      rule("diversity rack", ["b", "c"]),
    ],
    pinned: { a: "r1h2" },
    wanted: { b: "r1h2", c: "r2", d: "r4h2" },
  },
  {
    name: "the servers of a nested rule to the rack of one that must stay",
    rules: [
      rule("affinity host", ["b", "c"], { id: "pair" }),
      rule("affinity rack", ["a", "pair"]),
    ],
    pinned: { a: "r1h2" },
    wanted: { b: "r1", c: "r1", d: "r4h2" },
  },
  {
    name: "a companion to the rack where it must be rather than where it would be",
    rules: [rule("affinity rack", ["a", "b"]), rule("affinity rack", ["b", "c"], { softWeight: 1 })],
    pinned: { a: "r1h2", c: "r2h2" },
    wanted: { b: "r1" },
  },
  {
    name: "a companion by a soft rule to the rack of one that must stay",
    rules: [rule("affinity rack", ["a", "b"], { softWeight: 1 })],
    pinned: { a: "r1h2" },
    wanted: { b: "r1", c: "r4h2" },
  },
  {
    name: "a server away from one that must stay by a soft rule",
    rules: [rule("diversity rack", ["a", "b"], { softWeight: 1 })],
    pinned: { a: "r4h2" },
    wanted: { b: "r1", c: "r4h2" },
  },
  {
    name: "a server away from one that must stay",
    rules: [rule("diversity rack", ["b", "a"])],
    pinned: { a: "r4h2" },
    wanted: { b: "r1", c: "r4h2" },
  },
  {
    name: "a server away from two that must stay where two may be",
    rules: [rule("diversity rack", ["a", "b", "c"], { mostPerResource: 2 })],
    pinned: { a: "r4h2", b: "r4h1" },
    wanted: { c: "r1", d: "r4h" },
  },
  {
    name: "a server to one that must stay where two may be",
    rules: [rule("diversity rack", ["a", "b", "c"], { mostPerResource: 2 })],
    pinned: { a: "r4h2" },
    directives: [{ serverId: "b", stay: "free", allowedHosts: ["r4h1"] }],
    wanted: { b: "r4h1", c: "r1" },
  },
  {
    name: "a companion to one that must stay in a rack that holds as many members as it may",
    rules: [
      rule("affinity rack", ["a", "b"], { id: "pair" }),
      rule("diversity rack", ["pair", "c", "d"], { mostPerResource: 2 }),
    ],
    pinned: { a: "r4h1", c: "r4h2" },
    wanted: { b: "r4", d: "r1" },
  },
  {
    name: "nobody when those who must stay break affinity of racks",
    rules: [rule("affinity rack", ["a", "b"])],
    pinned: { a: "r1h1", b: "r2h1" },
    wanted: "cannot replan VMs that was planned",
  },
  {
    name: "nobody when those who must stay break affinity of hosts through a companion",
    rules: [rule("affinity host", ["a", "c"]), rule("affinity host", ["b", "c"])],
    pinned: { a: "r1h1", b: "r1h2" },
    wanted: "cannot replan VMs that was planned",
  },
  {
    name: "nobody when those who must stay break affinity of racks through one on a host",
    rules: [rule("affinity host", ["a", "c"]), rule("affinity rack", ["b", "c"])],
    pinned: { a: "r1h1", b: "r2h1" },
    wanted: "cannot replan VMs that was planned",
  },
  {
    name: "nobody when those who must stay break diversity of racks",
    rules: [rule("diversity rack", ["a", "b"])],
    pinned: { a: "r1h1", b: "r1h2" },
    wanted: "cannot replan VMs that was planned",
  },
  {
    name: "nobody when more must stay in a rack than may be there",
    rules: [rule("diversity rack", ["a", "b", "c"], { mostPerResource: 2 })],
    pinned: { a: "r1h1", b: "r1h2", c: "r1h2" },
    wanted: "cannot replan VMs that was planned",
  },
  {
    name: "nobody when one host is to be two racks",
    rules: [rule("affinity host", ["a", "b"]), rule("diversity rack", ["b", "a"])],
    wanted: "violate diversity constraint for node = a",
  },
  {
    name: "nobody when a companion of a companion is to be in another cluster",
    rules: [
      rule("affinity host", ["a", "b"]),
      rule("affinity rack", ["b", "c"]),
      rule("diversity cluster", ["a", "c"]),
    ],
    wanted: "violate diversity constraint for node = c",
  },
  {
    name: "companions in one rack to different hosts",
    rules: [rule("affinity rack", ["a", "b"]), rule("diversity host", ["a", "b"])],
    wanted: { a: "r4", b: "r4" },
  },
  {
    name: "companions on one host where two may be in a rack",
    rules: [
      rule("affinity host", ["a", "b"]),
      rule("diversity rack", ["a", "b", "c"], { mostPerResource: 2 }),
    ],
    wanted: { a: "r4h2", b: "r4h2", c: "r1" },
  },
  {
    name: "a server that a rule names twice, beside others and some that are gone",
    rules: [rule("diversity cluster", ["a", "gone", "a", "b"]), rule("affinity rack", ["gone", "c"])],
    wanted: { a: "r4h2", b: "r1" },
  },
];

for (const { name, rules, pinned = {}, directives = [], wanted } of CASES) {
  Deno.test(`place sends ${name}`, () => {
    const engine = engineFor(SITE);
    const stay = Object.entries(pinned).map(([id, host]) => standsOn(id, host, { stay: "must" }));
    for (const [id, host] of Object.entries(pinned)) engine.hold(holding(id, host, { stackId: "stack" }));
    const decision = engine.place(
      request(ids.map((id) => server(id)), rules, { directives: [...stay, ...directives] }),
    );
    if (typeof wanted === "string") {
      assert(decision.kind === "refused", "It was placed");
      assertEquals(decision.refusal.message, wanted);
      return;
    }
    const hosts = hostsOf(decision);
    const found = Object.entries(wanted).map(([id, host]) => [id, hosts[id].slice(0, host.length)]);
    assertEquals(Object.fromEntries(found), wanted);
  });
}
