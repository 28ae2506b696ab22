import { assert, assertEquals } from "@std/assert";
import { engineFor, holding, request, server, site } from "../support/engine_site.ts";

Deno.test("settle undone leaves servers that the booking did not change as they are by then", () => {
  for (const event of ["confirm", "release"] as const) {
    const engine = engineFor(site({ racks: 1, hostsPerRack: 1 }));
    const held = holding("a", "r1h1", { stackId: "s", flavor: "v4", expiresAtMs: 100 });
    engine.hold(held);
    const { host, demand, resourceId, origin, expiresAtMs } = held;
    const standing = { host, demand, resourceId, origin, expiresAtMs };
    const grown = engine.place(request([server("a", { flavor: "v4" }), server("b")], [], {
      stackId: "s",
      directives: [{ serverId: "a", stay: "must", standing }],
    }));
    assert(grown.kind === "placed");
    if (event === "confirm") engine.confirm([{ serverId: "a", resourceId: "nova-a" }]);
    else engine.release(["a"]);
    engine.settle(grown.bookingId, "undone");
    const all = request([server("c", { flavor: "v8" })], [], {
      stackId: "t",
      nowMs: event === "confirm" ? 200 : 0,
    });
    assertEquals(engine.place(all).kind, event === "confirm" ? "refused" : "placed");
  }
});
