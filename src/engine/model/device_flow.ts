import type { PciPool } from "../../domain/data_center.ts";

/** Devices that one server wants from pools of these cells. */
export interface NearDemand {
  readonly alias: string;
  readonly count: number;
  readonly cells: readonly number[];
}

/**
 * Whether pools suffice for all demands at once, pools without a cell being near to every cell. Devices are given one
 * by one, and given anew where that helps a later demand: bipartite matching by augmenting paths (Kuhn 1955).
 */
export function suffice(pools: readonly PciPool[], demands: readonly NearDemand[]): boolean {
  const free = pools.map(({ count }) => count);
  const given = demands.map(() => pools.map(() => 0));
  const isNear = ({ alias, cells }: NearDemand, pool: PciPool) =>
    pool.alias === alias && (pool.cell === undefined || cells.includes(pool.cell));
  const give = (demand: number, seen: Set<number>): boolean => {
    for (const [index, pool] of pools.entries()) {
      if (seen.has(index) || !isNear(demands[demand], pool)) continue;
      seen.add(index);
      if (free[index] > 0) free[index]--;
      else {
        const other = demands.findIndex((_, each) => given[each][index] > 0 && give(each, seen));
        if (other === -1) continue;
        given[other][index]--;
      }
      given[demand][index]++;
      return true;
    }
    return false;
  };
  return demands.every(({ count }, demand) =>
    Array.from({ length: count }).every(() => give(demand, new Set()))
  );
}
