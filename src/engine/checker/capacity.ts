import type { Case, Violation } from "./case.ts";
import { heldBeyond, holdingsAfter, overbooked } from "./world.ts";

/** No host that received something hands out more than it has. */
export function capacity(judged: Case): Violation[] {
  const before = heldBeyond(judged.dataCenter, judged.holdings);
  const after = heldBeyond(judged.dataCenter, holdingsAfter(judged));
  return [...after].flatMap(([name, held]): Violation[] => {
    const host = judged.hosts.get(name)!;
    const had = before.get(name);
    const grew = overbooked(host, held).filter((amount) => held[amount] > (had?.[amount] ?? 0));
    if (grew.length === 0) return [];
    const serverIds = judged.placements.filter((placed) => placed.host === name).map(({ serverId }) =>
      serverId
    );
    return [{ rule: "capacity", serverIds, text: `Host "${name}" is overbooked in ${grew.join(", ")}` }];
  });
}
