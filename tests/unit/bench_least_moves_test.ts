import { assertEquals } from "@std/assert";
import { leastMoves } from "../bench/engine/least_moves.ts";
import { amounts, rule, server, site } from "../support/engine_site.ts";

/** One host with 8 vCPUs and as much of everything else as anybody may want. */
const dataCenter = site({ racks: 1, hostsPerRack: 1, capacity: amounts(8, 1000, 1000) });

function least(flavors: readonly string[], bound: readonly string[] = []): number {
  const servers = flavors.map((flavor, index) => server(`${index}`, { flavor }));
  const assignments = bound.length > 0 ? [rule("affinity host", bound)] : [];
  const hosts = Object.fromEntries(servers.map(({ id }) => [id, "r1h1"]));
  return leastMoves({ servers, assignments }, { dataCenter, hosts });
}

Deno.test("leastMoves counts the fewest servers that make a host large enough for the others", () => {
  assertEquals(least(["v4", "v4"]), 0);
  assertEquals(least(["v4", "v4", "v1"]), 1);
  assertEquals(least(["v4", "v4", "v4", "v1"]), 2);
});

Deno.test("leastMoves lets servers that affinity binds leave together", () => {
  assertEquals(least(["v8", "v1", "v1"], ["0", "1"]), 2);
  assertEquals(least(["v4", "v4", "v1", "v1"], ["0", "2"]), 1);
});
