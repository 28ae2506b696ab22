import { engineFor, request } from "../../support/engine_site.ts";
import { originalGreedy } from "../baselines/original_greedy.ts";
import { type Figure, InvalidRun } from "../load/figures.ts";
import { type Planted, plantedRequest } from "./family.ts";

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

/** Requests with an answer that are refused all the same, by the engine and on the smallest site by the original. */
export function measureFalseRejects({ seeds, sites }: FalseRejectsOptions): Figure[] {
  return SITES.slice(0, sites).map((site, index) => {
    const cells = FILLS.map((fill) => countRefused({ site, fill, seeds, original: index === 0 }));
    const counts = (of: (cell: typeof cells[number]) => number) => cells.map(of).join(", ");
    const shares = FILLS.map((fill) => `${fill * 100}`).join(", ");
    const original = index === 0 ? ` (the original's greedy: ${counts(({ original }) => original)})` : "";
    return {
      what: `planted-feasible requests refused of ${seeds} each, ${site.hosts} hosts ${shares} % full`,
      wanted: "0, 1 of 100 on a full site",
      measured: `${counts(({ ours }) => ours)}${original}`,
      met: cells.every(({ ours }, position) =>
        ours <= (FILLS[position] === 1 ? Math.floor(seeds * MOST_REFUSED_WHEN_FULL) : 0)
      ),
    };
  });
}

function countRefused(
  { site, fill, seeds, original }: {
    site: typeof SITES[number];
    fill: number;
    seeds: number;
    original: boolean;
  },
): { ours: number; original: number } {
  const counts = { ours: 0, original: 0 };
  for (let seed = 0; seed < seeds; seed++) {
    const planted = plantedRequest({ ...site, fill, grouped: true, seed, mostServers: MOST_SERVERS });
    if (isRefused(planted)) counts.ours++;
    if (original && defeatsOriginal(planted)) counts.original++;
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

function defeatsOriginal({ dataCenter, application }: Planted): boolean {
  return originalGreedy(dataCenter, application) === null;
}
