import { engineFor, request } from "../../support/engine_site.ts";
import { placeOneByOne } from "../baselines/one_by_one.ts";
import { originalGreedy } from "../baselines/original_greedy.ts";
import { type Figure, InvalidRun } from "../load/figures.ts";
import { type Planted, type PlantedOptions, plantedRequest } from "./family.ts";

/** Shares of the vCPUs; only on a site that is full to the last may one of a hundred be refused. */
const FILLS = [0.6, 0.7, 0.8, 0.9, 0.95, 1] as const;
const MOST_REFUSED_WHEN_FULL = 0.01;

/** The site of specification 4.6, which the original was measured on, and larger ones. */
const SITES = [
  { hosts: 24, racks: 6 },
  { hosts: 240, racks: 15 },
  { hosts: 2400, racks: 150 },
] as const;

/** Servers that a request asks for at most; all others of a site run already. */
const MOST_SERVERS = 280;

export interface FalseRejectsOptions {
  readonly seeds: number;
  /** How many of the sites, the smallest first. */
  readonly sites: number;
}

/** Requests with an answer that are refused all the same, by the engine and on the smallest site by others. */
export function measureFalseRejects({ seeds, sites }: FalseRejectsOptions): Figure[] {
  return SITES.slice(0, sites).flatMap((site, index) => [
    falseRejects({ site, seeds, rules: "across", fills: FILLS, baselines: index === 0 }),
    falseRejects({ site, seeds, rules: "within", fills: FILLS.filter((fill) => fill < 1), baselines: false }),
  ]);
}

type Cell = Pick<PlantedOptions, "rules"> & {
  readonly site: typeof SITES[number];
  readonly seeds: number;
  readonly fills: readonly number[];
  /** Whether the others are asked as well. */
  readonly baselines: boolean;
};

type Placer = (planted: Planted) => boolean;

/** Whether each refuses a request; ours comes first. */
const PLACERS: readonly (readonly [name: string, refuses: Placer])[] = [
  ["Valet", isRefused],
  [
    "the original's greedy",
    ({ dataCenter, application }) => originalGreedy(dataCenter, application) === null,
  ],
  ["first fit", ({ dataCenter, application }) => placeOneByOne(dataCenter, application, "first") === null],
  ["best fit", ({ dataCenter, application }) => placeOneByOne(dataCenter, application, "best") === null],
];

function falseRejects(row: Cell): Figure {
  const { site, seeds, rules, fills } = row;
  const counts = fills.map((fill) => countRefused({ ...row, fill }));
  const shown = (position: number) => counts.map((refused) => refused[position]).join(", ");
  const others = row.baselines ? PLACERS.slice(1) : [];
  const beside = others.map(([name], index) => `${name}: ${shown(index + 1)}`).join("; ");
  const family = rules === "across" ? "rules across racks" : "rules within racks";
  const shares = fills.map((fill) => `${fill * 100}`).join(", ");
  return {
    what:
      `planted-feasible requests, ${family}, refused of ${seeds} each, ${site.hosts} hosts ${shares} % full`,
    wanted: rules === "across" ? "0, 1 of 100 on a full site" : "0",
    measured: beside ? `${shown(0)} (${beside})` : shown(0),
    met: counts.every(([ours], position) =>
      ours <= (fills[position] === 1 ? Math.floor(seeds * MOST_REFUSED_WHEN_FULL) : 0)
    ),
  };
}

/** By placer, how many requests it refuses. */
function countRefused({ site, rules, fill, seeds, baselines }: Cell & { fill: number }): number[] {
  const placers = baselines ? PLACERS : PLACERS.slice(0, 1);
  const counts = placers.map(() => 0);
  for (let seed = 0; seed < seeds; seed++) {
    const planted = plantedRequest({ ...site, fill, rules, seed, mostServers: MOST_SERVERS });
    for (const [index, [, refuses]] of placers.entries()) if (refuses(planted)) counts[index]++;
  }
  return counts;
}

function isRefused({ dataCenter, application: { servers, assignments } }: Planted): boolean {
  const decision = engineFor(dataCenter, { improveSteps: 0 }).place(request(servers, assignments));
  if (decision.kind === "placed" && decision.placements.length < servers.length) {
    throw new InvalidRun("An answer lacks servers");
  }
  return decision.kind === "refused";
}
