import type { Application } from "../../src/domain/application.ts";
import type { DataCenter } from "../../src/domain/data_center.ts";
import type { Cause } from "../../src/domain/explanation.ts";
import type { PlacementRequest } from "../../src/domain/placement_request.ts";
import { amounts, rule, server, site } from "./engine_site.ts";

export interface Impossible {
  readonly dataCenter: DataCenter;
  readonly application: Application;
  /** Kind and name of each part of the conflict. */
  readonly conflict: readonly string[];
  /** Sentences of which at least these are offered. */
  readonly relaxations: readonly string[];
}

const ids = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `s${from + index}`);
const servers = (count: number, changes: Parameters<typeof server>[1] = {}) =>
  ids(count).map((id) => server(id, changes));
const small = site({ racks: 2, hostsPerRack: 2 });

/** Requests with one cause each, among servers that have nothing to do with it. */
export const IMPOSSIBLE: Readonly<Record<string, Impossible>> = {
  "an unknown zone": {
    dataCenter: small,
    application: { servers: [server("a", { zone: "nowhere" }), ...servers(3)], assignments: [] },
    conflict: ["zone a", "server a"],
    relaxations: ['Let server "a" into any availability zone'],
  },
  "a flavor that fits no host": {
    dataCenter: small,
    application: { servers: [server("a", { flavor: "v16" }), ...servers(3)], assignments: [] },
    conflict: ["server a"],
    relaxations: ['Do without server "a", or give it a smaller flavor'],
  },
  "an unknown flavor": {
    dataCenter: small,
    application: { servers: [server("a", { flavor: "unheard of" }), ...servers(3)], assignments: [] },
    conflict: ["server a"],
    relaxations: [],
  },
  "diversity wider than the racks": {
    dataCenter: small,
    application: {
      servers: servers(5),
      assignments: [{ ...rule("diversity rack", ids(3)), id: "apart", name: "apart" }],
    },
    conflict: ["assignment apart", "server s0", "server s1", "server s2"],
    relaxations: [
      'Bind rule "apart" at level "host"',
      'Leave 1 of the members out of rule "apart"',
      'Make rule "apart" soft',
    ],
  },
  "affinity larger than a host": {
    dataCenter: small,
    application: {
      servers: servers(3, { flavor: "v4" }),
      assignments: [{ ...rule("affinity host", ids(3)), id: "together", name: "together" }],
    },
    conflict: ["assignment together", "server s0", "server s1", "server s2"],
    relaxations: ['Do without rule "together"'],
  },
  "affinity larger than a rack": {
    dataCenter: small,
    application: {
      servers: servers(3, { flavor: "v8" }),
      assignments: [{ ...rule("affinity rack", ids(3)), id: "together", name: "together" }],
    },
    conflict: ["assignment together", "server s0", "server s1", "server s2"],
    relaxations: ['Leave 1 of the members out of rule "together"'],
  },
  "affinity and diversity of the same servers": {
    dataCenter: small,
    application: {
      servers: servers(3),
      assignments: [
        { ...rule("affinity rack", ids(2)), id: "together", name: "together" },
        { ...rule("diversity rack", ids(2)), id: "apart", name: "apart" },
      ],
    },
    conflict: ["assignment together", "assignment apart", "server s0", "server s1"],
    relaxations: ['Bind rule "apart" at level "host"', 'Do without rule "together"'],
  },
  "a zone without room": {
    dataCenter: site({
      racks: 2,
      hostsPerRack: 1,
      hosts: { r1h1: { availabilityZone: "full", used: amounts(8, 16, 80) } },
    }),
    application: { servers: [server("a", { zone: "full" }), ...servers(2)], assignments: [] },
    conflict: ["zone a", "server a"],
    relaxations: ['Let server "a" into any availability zone'],
  },
  "diversity over a zone of one rack": {
    dataCenter: site({
      racks: 2,
      hostsPerRack: 2,
      hosts: { r1h1: { availabilityZone: "z" }, r1h2: { availabilityZone: "z" } },
    }),
    application: {
      servers: servers(2, { zone: "z" }),
      assignments: [{ ...rule("diversity rack", ids(2)), id: "apart", name: "apart" }],
    },
    conflict: ["assignment apart", "zone s0", "zone s1", "server s0", "server s1"],
    relaxations: ['Bind rule "apart" at level "host"', 'Let server "s0" into any availability zone'],
  },
  "a forced host that is out of service": {
    dataCenter: site({ racks: 2, hostsPerRack: 1, hosts: { r1h1: { unusable: "disabled" } } }),
    application: { servers: [server("a", { forcedHost: "r1h1" }), ...servers(2)], assignments: [] },
    conflict: ["hosts a", "server a"],
    relaxations: ['Let server "a" onto any host'],
  },
  "a pipe wider than any interface": {
    dataCenter: { ...small, network: { nicKbps: 5 } },
    application: {
      servers: servers(3),
      assignments: [{ ...rule("diversity host", ids(2)), id: "apart", name: "apart" }],
      pipes: [{ id: "wide", servers: ["s0", "s1"], kbps: 6 }],
    },
    conflict: ["pipe wide", "assignment apart", "server s0", "server s1"],
    relaxations: ['Do without pipe "wide"', 'Do without rule "apart"'],
  },
  "exclusivity where no host is empty": {
    dataCenter: site({
      racks: 1,
      hostsPerRack: 2,
      hosts: { r1h1: { used: amounts(1, 1, 1) }, r1h2: { used: amounts(1, 1, 1) } },
    }),
    application: {
      servers: servers(2),
      assignments: [{
        ...rule("exclusivity host", ["s0"], { group: { id: "g", name: "g" } }),
        id: "alone",
        name: "alone",
      }],
    },
    conflict: ["assignment alone", "server s0"],
    relaxations: ['Do without rule "alone"'],
  },
};

/** A part of a conflict as the cases tell it. */
export const named = ({ kind, name }: Cause) => `${kind} ${name}`;

/** Everything of the request that is not in the conflict. */
export function restOf(asked: PlacementRequest, conflict: readonly Cause[]): Cause[] {
  const { servers, assignments, pipes = [] } = asked.application;
  const has = (kind: Cause["kind"], id: string) =>
    conflict.some((cause) => cause.kind === kind && cause.id === id);
  const part = (kind: Cause["kind"]) => ({ id }: { id: string }): Cause[] =>
    has(kind, id) ? [] : [{ kind, id, name: id }];
  return [
    ...servers.flatMap((spec) => [part("server"), part("zone"), part("hosts")].flatMap((of) => of(spec))),
    ...assignments.flatMap(part("assignment")),
    ...pipes.flatMap(part("pipe")),
  ];
}
