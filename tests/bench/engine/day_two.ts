import type { Application } from "../../../src/domain/application.ts";
import { companionsOf } from "../../../src/domain/memberships.ts";
import type { DataCenter } from "../../../src/domain/data_center.ts";
import type { PlacementRequest, ServerDirective } from "../../../src/domain/placement_request.ts";
import type { Engine } from "../../../src/engine/mod.ts";
import { engineFor, hostsOf, request } from "../../support/engine_site.ts";
import { seededRandom } from "../../support/random.ts";
import { APPLICATIONS } from "../applications/applications.ts";
import { type Figure, InvalidRun, percentile, shown } from "../load/figures.ts";
import { benchSite, FLAVORS, SIZES } from "../sites/site.ts";
import { leastMoves } from "./least_moves.ts";

/** Servers that get a larger flavor. */
const GROWN = 0.1;
const MOST_P99_MS = 250;
/** Moves of an update beyond the bound, which asks no rule whether there is a way to get there. */
const MOST_BEYOND = 0.15;

/** A stack that runs, and the engine that placed it. */
interface Running {
  readonly dataCenter: DataCenter;
  readonly engine: Engine;
  readonly application: Application;
  readonly hosts: Readonly<Record<string, string>>;
  readonly random: () => number;
}

/** A change of a running stack, and the servers that it is about. */
interface Change {
  readonly asked: PlacementRequest;
  readonly about: ReadonlySet<string>;
  /** No answer moves fewer servers. */
  readonly least: number;
}

/** How many servers a change was about, how many of these moved, whom affinity took along, and how many others. */
interface Changed {
  readonly tookMs: number;
  readonly about: number;
  readonly moved: number;
  readonly companions: number;
  readonly others: number;
  readonly least: number;
}

/** A8: changes of A2 while it runs on a site that is 40 % full, each made on its own and taken back. */
export function measureDayTwo({ instances }: { instances: number }): Figure[] {
  const dataCenter = benchSite({ size: SIZES.M, load: 0.4 });
  const engine = engineFor(dataCenter);
  const [updates, migrations]: [Changed[], Changed[]] = [[], []];
  for (let seed = 1; seed <= instances; seed++) {
    const application = APPLICATIONS.A2(seed);
    const decision = engine.place(request([], [], { application, stackId: `${seed}` }));
    const running = { dataCenter, engine, application, hosts: hostsOf(decision), random: seededRandom(seed) };
    if (decision.kind === "placed") engine.settle(decision.bookingId, "kept");
    updates.push(changed(running, update(running, `${seed}`)));
    migrations.push(changed(running, migration(running, `${seed}`)));
    engine.release(application.servers.map(({ id }) => id));
  }
  return [
    figure("A8, larger flavors for a tenth of the 210 servers of A2", {
      changes: updates,
      wanted: `at most ${shown(100 * MOST_BEYOND)} % beyond the least moves`,
      isMet: (total) =>
        total("moved") + total("companions") + total("others") <= (1 + MOST_BEYOND) * total("least"),
    }),
    figure("A8, migration of one of the 210 servers of A2", {
      changes: migrations,
      wanted: "nobody else moves",
      isMet: (total) => total("others") === 0,
    }),
  ];
}

function changed({ engine, hosts, application }: Running, { asked, about, least }: Change): Changed {
  const startMs = performance.now();
  const decision = engine.place(asked);
  const tookMs = performance.now() - startMs;
  if (decision.kind === "refused") throw new InvalidRun(`A change was refused: ${decision.refusal.sentence}`);
  engine.settle(decision.bookingId, "undone");
  const moved = decision.placements.filter(({ serverId, host }) => hosts[serverId] !== host)
    .map(({ serverId }) => serverId);
  const bound = withCompanions(application, about);
  const [own, others] = [about, bound].map((ids) => moved.filter((id) => ids.has(id)).length)
    .map((count, index) => index === 0 ? count : moved.length - count);
  const companions = moved.length - own - others;
  return { tookMs, about: about.size, moved: own, companions, others, least };
}

/** As an update of a stack says it that is not in use yet: all servers should stay. */
function update(running: Running, stackId: string): Change {
  const { servers } = running.application;
  const about = new Set<string>();
  while (about.size < servers.length * GROWN) {
    about.add(servers[Math.floor(running.random() * servers.length)].id);
  }
  const application = {
    ...running.application,
    servers: servers.map((spec) => about.has(spec.id) ? { ...spec, flavor: larger(spec.flavor) } : spec),
  };
  const told = directives(running, () => "should");
  return {
    asked: request([], [], { application, stackId, directives: told }),
    about,
    least: leastMoves(application, running),
  };
}

/** As a migration says it: one server leaves its host, what affinity keeps with it may follow, all else has to stay. */
function migration(running: Running, stackId: string): Change {
  const { application, hosts, random } = running;
  const { id } = application.servers[Math.floor(random() * application.servers.length)];
  const about = new Set([id]);
  const bound = withCompanions(application, about);
  const stay = (other: string) => other === id ? "free" : bound.has(other) ? "should" : "must";
  const told = directives(running, stay).map((directive) =>
    directive.serverId === id ? { ...directive, forbiddenHosts: [hosts[id]] } : directive
  );
  const asked = request([], [], { application, stackId, directives: told, keepOrigin: true });
  return { asked, about, least: 1 };
}

function withCompanions(application: Application, ids: ReadonlySet<string>): ReadonlySet<string> {
  const companions = companionsOf(application);
  return new Set([...ids].flatMap((id) => [id, ...companions(id)]));
}

function directives(
  { application, hosts }: Running,
  stay: (serverId: string) => ServerDirective["stay"],
): ServerDirective[] {
  const demands = new Map(FLAVORS.map(({ name, demand }) => [name, demand]));
  return application.servers.map(({ id, flavor }) => ({
    serverId: id,
    stay: stay(id),
    standing: {
      host: hosts[id],
      demand: demands.get(flavor)!,
      resourceId: null,
      origin: null,
      expiresAtMs: null,
    },
  }));
}

/** With twice the vCPUs, or for those with most of them with more memory. */
function larger(flavor: string): string {
  const [vcpus, gib] = flavor.slice(1).split("m").map(Number);
  return vcpus < 8 ? `v${2 * vcpus}m${gib}` : `v8m${gib + 1}`;
}

interface Figured {
  readonly changes: readonly Changed[];
  readonly wanted: string;
  readonly isMet: (total: (amount: keyof Changed) => number) => boolean;
}

function figure(what: string, { changes, wanted, isMet }: Figured): Figure {
  const durations = changes.map(({ tookMs }) => tookMs);
  const [middle, slow] = [percentile(durations, 0.5), percentile(durations, 0.99)];
  const total = (amount: keyof Changed) => changes.reduce((sum, change) => sum + change[amount], 0);
  const mean = (amount: keyof Changed) => shown(total(amount) / changes.length, 1);
  const moves = `${mean("moved")} of ${mean("about")} move, ${mean("companions")} with them by affinity, ${
    mean("others")
  } others, at least ${mean("least")} in all`;
  return {
    what: `engine: ${what}, ${shown(SIZES.M.hosts)} hosts`,
    wanted: `${wanted}, p99 ${MOST_P99_MS} ms`,
    measured: `${moves}, p50 ${shown(middle, 1)} ms, p99 ${shown(slow, 1)} ms`,
    met: slow <= MOST_P99_MS && isMet(total),
  };
}
