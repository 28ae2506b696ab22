import type { Application } from "../../src/domain/application.ts";
import type { DataCenter, Network } from "../../src/domain/data_center.ts";
import type { Holding } from "../../src/domain/holding.ts";
import { type Judged, judgeTwins, standsOn, type Twins } from "../support/checker_rows.ts";
import { holding, request, server, site } from "../support/engine_site.ts";

/** Racks `r1` and `r2` in one cluster, `r3` in another, of three hosts each; those of `r4` have neither. */
function siteWith(network: Network): DataCenter {
  const racks = site({ racks: 4, hostsPerRack: 3 });
  return {
    ...racks,
    network,
    hosts: racks.hosts.map((host) => {
      if (host.rack === "r4") return { ...host, rack: null };
      return { ...host, cluster: host.rack === "r3" ? "c2" : "c1" };
    }),
  };
}

/** Servers `a`, `b` and `c`, with pipes between some of them. */
function piped(pipes: Readonly<Record<string, number>>, ids = "abc"): Application {
  return {
    servers: ids.split("").map((id) => server(id)),
    assignments: [],
    pipes: Object.entries(pipes).map(([ends, kbps]) => ({ id: ends, servers: [ends[0], ends[1]], kbps })),
  };
}

const asking = (pipes: Readonly<Record<string, number>>, changes: Parameters<typeof request>[2] = {}) =>
  request([], [], { application: piped(pipes), ...changes });
const ab = (kbps: number): Judged => ({ ask: request([], [], { application: piped({ ab: kbps }, "ab") }) });

/** Two held servers with a pipe. */
function held(
  ends: Readonly<Record<string, string>>,
  kbps: number,
  changes: Partial<Holding> = {},
): Holding[] {
  const [[one, here], [other, there]] = Object.entries(ends);
  return [
    holding(one, here, { stackId: "other", pipes: [{ peerId: other, kbps }], ...changes }),
    holding(other, there, { stackId: "other", pipes: [{ peerId: one, kbps }], ...changes }),
  ];
}

/** By kind of link, two hosts that share it at its far side, and two that don't. */
const LINKS = [
  { limit: "nicKbps", inside: ["r1h1", "r1h1"], across: ["r1h1", "r1h2"] },
  { limit: "rackUplinkKbps", inside: ["r1h1", "r1h2"], across: ["r1h1", "r2h1"] },
  { limit: "clusterUplinkKbps", inside: ["r1h1", "r2h1"], across: ["r1h1", "r3h1"] },
] as const;

const at = ([one, other]: readonly string[]) => ({ at: { a: one, b: other } });

const BY_LINK = LINKS.flatMap(({ limit, inside, across }): Twins[] => [
  {
    name: `one kbit/s more than "${limit}", not exactly as much`,
    rule: "bandwidth",
    both: { dataCenter: siteWith({ [limit]: 10 }), ...at(across) },
    rejected: ab(11),
    accepted: ab(10),
  },
  {
    name: `what is more than "${limit}" across such links, not inside them`,
    rule: "bandwidth",
    both: { dataCenter: siteWith({ [limit]: 10 }), ...ab(11) },
    rejected: at(across),
    accepted: at(inside),
  },
  {
    name: `what is more than "${limit}", not where there is no such limit`,
    rule: "bandwidth",
    both: { ...ab(11), ...at(across) },
    rejected: { dataCenter: siteWith({ [limit]: 10 }) },
    accepted: { dataCenter: siteWith({}) },
  },
]);

const nic = siteWith({ nicKbps: 10 });
const rack = siteWith({ rackUplinkKbps: 10 });
const pinned = { directives: [standsOn("a", "r1h1", { stay: "must" })] };
const other = { x: "r1h1", y: "r1h3" };

const TWINS: readonly Twins[] = [
  {
    name: "pipes that are too much for a link together, not for two links",
    rule: "bandwidth",
    both: { dataCenter: nic, at: { a: "r1h1", b: "r1h2", c: "r1h3" } },
    rejected: { ask: asking({ ab: 6, ac: 5 }) },
    accepted: { ask: asking({ ab: 6, bc: 4 }) },
  },
  {
    name: "a link that is too narrow at the second end of a pipe",
    rule: "bandwidth",
    both: { dataCenter: nic, ask: asking({ ab: 6, cb: 5 }) },
    rejected: { at: { a: "r1h1", b: "r1h2", c: "r1h3" } },
    accepted: { at: { a: "r1h1", b: "r1h2", c: "r1h2" } },
  },
  {
    name: "a pipe to a host without a rack over the uplink of its peer's rack",
    rule: "bandwidth",
    both: { dataCenter: rack, ...at(["r1h1", "r4h1"]) },
    rejected: ab(11),
    accepted: ab(10),
  },
  {
    name: "a pipe across racks, not between hosts without any",
    rule: "bandwidth",
    both: { dataCenter: rack, ...ab(11) },
    rejected: at(["r1h1", "r2h1"]),
    accepted: at(["r4h1", "r4h2"]),
  },
  ...(["rack", "cluster"] as const).map((level): Twins => ({
    name: `pipes of one ${level} to a host that has none, not of two`,
    rule: "bandwidth",
    both: { dataCenter: siteWith({ [`${level}UplinkKbps`]: 10 }), ask: asking({ ab: 6, bc: 5 }) },
    rejected: { at: { a: "r1h1", b: "r4h1", c: "r1h2" } },
    accepted: { at: { a: "r1h1", b: "r4h1", c: "r3h1" } },
  })),
  {
    name: "what another stack's pipe leaves too little for, not just enough",
    rule: "bandwidth",
    both: { dataCenter: nic, ...ab(6), ...at(["r1h1", "r1h2"]) },
    rejected: { held: held(other, 5) },
    accepted: { held: held(other, 4) },
  },
  {
    name: "what another stack's pipe leaves too little for, not one of which only one end is held",
    rule: "bandwidth",
    both: { dataCenter: nic, ...ab(6), ...at(["r1h1", "r1h2"]) },
    rejected: { held: held(other, 5) },
    accepted: { held: held(other, 5).slice(0, 1) },
  },
  {
    name: "what another stack's pipe leaves too little for, not one to a host that the site has lost",
    rule: "bandwidth",
    both: { dataCenter: nic, ...ab(6), ...at(["r1h1", "r1h2"]) },
    rejected: { held: held(other, 5) },
    accepted: { held: held({ x: "r1h1", y: "gone" }, 5) },
  },
  {
    name: "another stack's pipe, not the one that the stack itself gives up",
    rule: "bandwidth",
    both: { dataCenter: nic, ...ab(6), ...at(["r1h1", "r1h2"]) },
    rejected: { held: held(other, 5) },
    accepted: { held: held({ a: "r1h1", b: "r1h3" }, 5, { stackId: "stack" }) },
  },
  {
    name: "more on a link that was overfull, not less on it",
    rule: "bandwidth",
    both: {
      dataCenter: nic,
      held: held({ a: "r1h1", b: "r1h2" }, 15, { stackId: "stack" }),
      ...at(["r1h1", "r1h2"]),
    },
    unasked: "the engine puts nothing more on an overfull link, nor as much as before",
    rejected: ab(16),
    accepted: ab(15),
  },
  {
    name: "two pipes to a server that must stay, not what its link has room for",
    rule: "bandwidth",
    both: {
      dataCenter: nic,
      held: [holding("a", "r1h1", { stackId: "stack" })],
      at: { a: "r1h1", b: "r1h2", c: "r1h3" },
    },
    rejected: { ask: asking({ ab: 6, ca: 5 }, pinned) },
    accepted: { ask: asking({ ab: 5, ca: 5 }, pinned) },
  },
  {
    name: "a pipe of a server that must stay",
    rule: "bandwidth",
    both: {
      dataCenter: nic,
      held: [holding("a", "r1h1", { stackId: "stack" })],
      ask: asking({ ab: 11 }, pinned),
    },
    rejected: { at: { a: "r1h1", b: "r1h2", c: "r1h1" } },
    accepted: { at: { a: "r1h1", b: "r1h1", c: "r1h2" } },
  },
];

judgeTwins([...BY_LINK, ...TWINS]);
