import type { Application } from "../../../src/domain/application.ts";
import type { DataCenter } from "../../../src/domain/data_center.ts";
import { companionsOf } from "../../../src/domain/memberships.ts";
import { amountsOf } from "../../../src/engine/model/site.ts";

/**
 * Servers that have to leave hosts which have become too small for them: for each host the fewest that make the room that
 * it lacks most, as affinity lets them go. Where they could go is not asked.
 */
export function leastMoves(
  application: Application,
  { dataCenter, hosts }: {
    readonly dataCenter: DataCenter;
    /** Where each server is. */
    readonly hosts: Readonly<Record<string, string>>;
  },
): number {
  const demands = new Map(dataCenter.flavors.map(({ name, demand }) => [name, amountsOf(demand)]));
  const demandOf = new Map(application.servers.map(({ id, flavor }) => [id, demands.get(flavor)!]));
  const companions = companionsOf(application, "host");
  const here = Map.groupBy(application.servers, ({ id }) => hosts[id]);
  let least = 0;
  for (const { name, capacity, used } of dataCenter.hosts) {
    const blocks = new Map((here.get(name) ?? []).map(({ id }) => [companions(id)[0], companions(id)]));
    const [room, taken] = [amountsOf(capacity), amountsOf(used)];
    const needs = room.map((amount, dimension) => {
      const sizes = [...blocks.values()].map((ids) => ({
        servers: ids.length,
        size: ids.reduce((sum, id) => sum + demandOf.get(id)![dimension], 0),
      }));
      return fewest(sizes, sizes.reduce((sum, { size }) => sum + size, 0) + taken[dimension] - amount);
    });
    least += Math.max(...needs);
  }
  return least;
}

/** The fewest servers in blocks whose sizes add up to `missing` at least. */
function fewest(blocks: readonly { servers: number; size: number }[], missing: number): number {
  /** The most that so many servers make free. */
  const most = [0];
  for (const { servers, size } of blocks) {
    for (let count = most.length - 1; count >= 0; count--) {
      const sum = most[count] + size;
      if (sum > (most[count + servers] ?? -Infinity)) most[count + servers] = sum;
    }
  }
  return most.findIndex((size) => size >= missing);
}
