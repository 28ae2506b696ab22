import type { Application, Assignment, Pipe, ServerSpec } from "../../../src/domain/application.ts";
import { seededRandom } from "../../support/random.ts";
import { ZONES } from "../sites/site.ts";

const MBPS = 1000;

/** The applications of specification 7.2 that are whole stacks, the same for the same seed. */
export const APPLICATIONS: Readonly<Record<"A1" | "A2" | "A3" | "A4" | "A5", (seed: number) => Application>> =
  {
    A1: smallTiers,
    A2: largeTiers,
    A3: fiveTiers,
    A4: mesh,
    A5: storageCluster,
  };

export type ApplicationName = keyof typeof APPLICATIONS;

function server(id: string, flavor: string, zone: string | null = null): ServerSpec {
  return { id, name: id, flavor, zone, forcedHost: null, locations: null };
}

function rule(id: string, text: string, members: readonly string[]): Assignment {
  const [type, level] = text.split(" ") as [Assignment["type"], Assignment["level"]];
  return { id, name: id, type, level, group: null, members };
}

function tier(name: string, count: number, make: (id: string, index: number) => ServerSpec): ServerSpec[] {
  return Array.from({ length: count }, (_, index) => make(`${name}-${index}`, index));
}

const idsOf = (servers: readonly ServerSpec[]) => servers.map(({ id }) => id);

/** A pipe from each server of one tier to a few of another. */
function between(
  from: readonly ServerSpec[],
  to: readonly ServerSpec[],
  { peers, mbps, random }: { peers: number; mbps: number; random: () => number },
): Pipe[] {
  return from.flatMap(({ id: one }) => {
    const others = new Set<string>();
    while (others.size < Math.min(peers, to.length - 1)) {
      const { id } = to[Math.floor(random() * to.length)];
      if (id !== one) others.add(id);
    }
    return [...others].map((other): Pipe => ({
      id: `${one}/${other}`,
      servers: [one, other],
      kbps: mbps * MBPS,
    }));
  });
}

/** Sets of `size` servers of one tier. */
function inSets(servers: readonly ServerSpec[], size: number): ServerSpec[][] {
  return Array.from(
    { length: Math.floor(servers.length / size) },
    (_, index) => servers.slice(index * size, (index + 1) * size),
  );
}

function smallTiers(seed: number): Application {
  const random = seededRandom(seed);
  const web = tier("web", 12, (id) => server(id, "v2m2"));
  const app = tier("app", 12, (id) => server(id, "v4m2"));
  const db = tier("db", 6, (id) => server(id, "v8m4"));
  return {
    servers: [...web, ...app, ...db],
    assignments: [web, app, db].map((servers, index) =>
      rule(`apart-${index}`, "diversity host", idsOf(servers))
    ),
    pipes: [
      ...between(web, app, { peers: 2, mbps: 100, random }),
      ...between(app, db, { peers: 2, mbps: 200, random }),
    ],
  };
}

function largeTiers(seed: number): Application {
  const random = seededRandom(seed);
  const web = tier("web", 80, (id) => server(id, "v2m2"));
  const app = tier("app", 60, (id) => server(id, "v4m2"));
  const db = tier("db", 35, (id, index) => server(id, "v8m3", ZONES[index % 2]));
  const cache = tier("cache", 35, (id) => server(id, "v2m4"));
  return {
    servers: [...web, ...app, ...db, ...cache],
    assignments: [
      ...[web, app, db].flatMap((servers) =>
        inSets(servers, 5).map((set) => rule(`apart-${set[0].id}`, "diversity rack", idsOf(set)))
      ),
      ...db.map(({ id }, index) => rule(`pair-${index}`, "affinity host", [id, cache[index].id])),
    ],
    pipes: [
      ...between(web, app, { peers: 2, mbps: 100, random }),
      ...between(app, db, { peers: 2, mbps: 200, random }),
    ],
  };
}

function fiveTiers(seed: number): Application {
  const random = seededRandom(seed);
  const flavors = ["v1m2", "v2m2", "v4m3", "v2m4", "v8m3"];
  const tiers = flavors.map((flavor, number) =>
    tier(`t${number}`, 56, (id, index) => server(id, flavor, ZONES[Math.floor(index / 28)]))
  );
  return {
    servers: tiers.flat(),
    assignments: tiers.flatMap((servers) =>
      inSets(servers, 7).map((set) => rule(`apart-${set[0].id}`, "diversity rack", idsOf(set)))
    ),
    pipes: tiers.slice(1).flatMap((to, index) => between(tiers[index], to, { peers: 1, mbps: 50, random })),
  };
}

function mesh(seed: number): Application {
  const random = seededRandom(seed);
  const servers = tier("m", 100, (id, index) => server(id, ["v1m2", "v2m3", "v2m2", "v4m3"][index % 4]));
  const pipes = between(servers, servers, { peers: 10, mbps: 20, random });
  return { servers, assignments: [], pipes };
}

/** The storage cluster of the original's sample: 16 servers, 81 pipes, two sets in different racks. */
function storageCluster(seed: number): Application {
  const random = seededRandom(seed);
  const osds = tier("osd", 12, (id) => server(id, "v2m4"));
  const monitors = tier("mon", 3, (id) => server(id, "v1m2"));
  const client = tier("cl", 1, (id) => server(id, "v4m2"));
  const all = [...osds, ...monitors, ...client];
  const pairs = all.flatMap((one, index) => all.slice(index + 1).map((other) => [one.id, other.id] as const));
  const chosen = pairs.map((pair) => ({ pair, rank: random() })).sort((a, b) => a.rank - b.rank).slice(0, 81);
  return {
    servers: all,
    assignments: [
      rule("osds", "diversity rack", idsOf(osds)),
      rule("monitors", "diversity rack", idsOf(monitors)),
    ],
    pipes: chosen.map(({ pair }) => ({ id: pair.join("/"), servers: pair, kbps: 24_100 })),
  };
}

/**
 * A6: 40 network functions of pinned cores with network functions of their own, in racks that they share with nobody,
 * each beside a standby on another host.
 */
export function networkFunctions(seed: number): Application {
  const random = seededRandom(seed);
  const routers = tier("router", 24, (id) => server(id, "pinned4"));
  const firewalls = tier("firewall", 16, (id) => server(id, "pinned8"));
  const all = [...routers, ...firewalls];
  return {
    servers: all,
    assignments: [
      { ...rule("alone", "exclusivity rack", idsOf(all)), group: { id: "functions", name: "functions" } },
      ...[...inSets(routers, 2), ...inSets(firewalls, 2)].map((pair) =>
        rule(`standby-${pair[0].id}`, "diversity host", idsOf(pair))
      ),
    ],
    pipes: between(routers, firewalls, { peers: 2, mbps: 500, random }),
  };
}
