import { engineFor, request } from "../../support/engine_site.ts";
import { originalGreedy } from "../baselines/original_greedy.ts";
import { type Figure, InvalidRun } from "../load/figures.ts";
import { type Planted, plantedRequest } from "./family.ts";

const FILLS = [0.6, 0.7, 0.8, 0.9] as const;

/** The site of specification 4.6. */
const SITE = { hosts: 24, racks: 6 } as const;

/** Requests with an answer that are refused all the same, by the engine and by the greedy of the original. */
export function measureFalseRejects({ seeds }: { seeds: number }): Figure[] {
  const cells = FILLS.map((fill) => {
    const family = Array.from(
      { length: seeds },
      (_, seed) => plantedRequest({ ...SITE, fill, grouped: true, seed }),
    );
    return { ours: family.filter(isRefused).length, original: family.filter(defeatsOriginal).length };
  });
  const shares = FILLS.map((fill) => `${fill * 100}`).join(", ");
  const counts = (of: (cell: typeof cells[number]) => number) => cells.map(of).join(", ");
  return [{
    what: `planted-feasible requests refused of ${seeds} each, ${SITE.hosts} hosts ${shares} % full`,
    wanted: FILLS.map(() => 0).join(", "),
    measured: `${counts(({ ours }) => ours)} (the original's greedy: ${counts(({ original }) => original)})`,
    met: cells.every(({ ours }) => ours === 0),
  }];
}

function isRefused({ dataCenter, application: { servers, assignments } }: Planted): boolean {
  const decision = engineFor(dataCenter).place(request(servers, assignments));
  if (decision.kind === "placed" && decision.placements.length < servers.length) {
    throw new InvalidRun("An answer lacks servers");
  }
  return decision.kind === "refused";
}

function defeatsOriginal({ dataCenter, application }: Planted): boolean {
  return originalGreedy(dataCenter, application) === null;
}
