import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { checkPlacement } from "../../src/engine/checker/mod.ts";
import { bruteForce } from "../support/brute_force.ts";
import { engineFor, request } from "../support/engine_site.ts";
import { randomCase } from "../support/random_cases.ts";

const RUNS = Number(Deno.env.get("VALET_PROPERTY_RUNS") ?? 5000);
const SEED = 20_151_029;

Deno.test("place gives only placements that the independent checker accepts", () => {
  fc.assert(
    fc.property(randomCase({ hosts: 12, servers: 14 }), ({ dataCenter, holdings, application }) => {
      const engine = engineFor(dataCenter, { maxSteps: 200_000 });
      for (const holding of holdings) engine.hold(holding);
      const asked = request([], [], { application });
      const decision = engine.place(asked);
      if (decision.kind === "refused") return;
      const { placements } = decision;
      assertEquals(checkPlacement({ dataCenter, holdings, request: asked, placements }), []);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});

Deno.test("place refuses a small request exactly when trying everything finds no placement", () => {
  fc.assert(
    fc.property(randomCase({ hosts: 5, servers: 4 }), ({ dataCenter, holdings, application }) => {
      const engine = engineFor(dataCenter);
      for (const holding of holdings) engine.hold(holding);
      const asked = request([], [], { application });
      const decision = engine.place(asked);
      if (decision.kind === "placed") {
        assertEquals(
          checkPlacement({ dataCenter, holdings, request: asked, placements: decision.placements }),
          [],
        );
        return;
      }
      assertEquals(bruteForce({ dataCenter, holdings, request: asked }), null);
      assertEquals(decision.refusal.proven, true);
    }),
    { numRuns: RUNS, seed: SEED },
  );
});
