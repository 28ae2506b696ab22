import { checkPlacement } from "../../../src/engine/checker/mod.ts";
import { engineFor, request } from "../../support/engine_site.ts";
import { networkFunctions } from "../applications/applications.ts";
import { type Figure, InvalidRun, percentile, shown } from "../load/figures.ts";
import { benchSite, SIZES } from "../sites/site.ts";

const IDLE_RACKS = 10;
const MOST_P99_MS = 250;

/** A6 on a site that is 40 % full but for a few racks; each answer is judged by the checker. */
export function measureNetworkFunctions({ instances }: { instances: number }): Figure {
  const dataCenter = benchSite({ size: SIZES.M, load: 0.4, idleRacks: IDLE_RACKS, cells: true });
  const engine = engineFor(dataCenter);
  const rackOf = new Map(dataCenter.hosts.map(({ name, rack }) => [name, rack]));
  const durations: number[] = [];
  const racks: number[] = [];
  const woken = { value: 0, bound: 0 };
  for (let seed = 1; seed <= instances; seed++) {
    const asked = request([], [], { application: networkFunctions(seed), stackId: `${seed}` });
    const startMs = performance.now();
    const decision = engine.place(asked);
    durations.push(performance.now() - startMs);
    if (decision.kind === "refused") throw new InvalidRun(`A6 was refused: ${decision.refusal.sentence}`);
    engine.settle(decision.bookingId, "undone");
    const [broken] = checkPlacement({
      dataCenter,
      holdings: [],
      request: asked,
      placements: decision.placements,
    });
    if (broken) throw new InvalidRun(`A6 breaks a rule: ${broken.text}`);
    racks.push(new Set(decision.placements.map(({ host }) => rackOf.get(host))).size);
    const { value, bound } = decision.quality.criteria.find(({ criterion }) => criterion === "woken_hosts")!;
    woken.value += value;
    woken.bound += bound;
  }
  const [middle, slow] = [percentile(durations, 0.5), percentile(durations, 0.99)];
  const [hosts, least] = [woken.value, woken.bound].map((sum) => shown(sum / instances, 1));
  return {
    what: `engine: A6, 40 pinned servers alone in their racks, ${shown(SIZES.M.hosts)} hosts`,
    wanted: `one rack, p99 ${MOST_P99_MS} ms`,
    measured: `${shown(Math.max(...racks))} rack${Math.max(...racks) > 1 ? "s" : ""}, p50 ${
      shown(middle, 1)
    } ms, p99 ${shown(slow, 1)} ms, ${hosts} hosts woken (bound ${least})`,
    met: Math.max(...racks) === 1 && slow <= MOST_P99_MS,
  };
}
