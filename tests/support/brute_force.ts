import type { PlacedServer, PlacementRequest } from "../../src/domain/placement_request.ts";
import { checkPlacement, type Finished } from "../../src/engine/checker/mod.ts";

/** A placement that breaks no rule, found by trying all; null when there is none. For very small cases. */
export function bruteForce(world: Omit<Finished, "placements">): PlacedServer[] | null {
  return everyPlacement(world).next().value ?? null;
}

/** Every placement that breaks no rule. */
export function* everyPlacement(
  world: Omit<Finished, "placements">,
): Generator<PlacedServer[], undefined, undefined> {
  const options = world.request.application.servers.map(({ id }) => hostsFor(world, id));
  const placements: PlacedServer[] = [];
  function* place(index: number): Generator<PlacedServer[], undefined, undefined> {
    if (index === options.length) {
      if (checkPlacement({ ...world, placements }).length === 0) yield [...placements];
      return;
    }
    for (const placed of options[index]) {
      placements.push(placed);
      yield* place(index + 1);
      placements.pop();
    }
  }
  yield* place(0);
}

/** Where one server could go if it were alone in its application, outside all groups. */
function hostsFor(world: Omit<Finished, "placements">, serverId: string): PlacedServer[] {
  const { dataCenter, request } = world;
  const spec = request.application.servers.find(({ id }) => id === serverId)!;
  const demand = dataCenter.flavors.find(({ name }) => name === spec.flavor)!.demand;
  const alone: PlacementRequest = { ...request, application: { servers: [spec], assignments: [] } };
  return dataCenter.hosts.map(({ name }): PlacedServer => ({ serverId, host: name, demand })).filter(
    (placed) => {
      const violations = checkPlacement({ ...world, request: alone, placements: [placed] });
      // Membership in a group may lift this one rule; all others bind a server whatever else is placed.
      return violations.every(({ rule }) => rule === "non-exclusivity");
    },
  );
}
