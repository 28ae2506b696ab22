import { assert, assertEquals } from "@std/assert";
import { engineFor, hostsOf, request, rule, server, site } from "../support/engine_site.ts";
import { amounts } from "../support/engine_site.ts";

Deno.test("place reconsiders earlier choices: six servers that fill two hosts only in one way", () => {
  const vcpus: Record<string, number> = { a: 5, b: 4, c: 4, d: 3, e: 2, f: 2 };
  const flavors = Object.entries(vcpus).map(([name, count]) => ({
    name,
    flavorId: name,
    demand: amounts(count, 0, 0),
    extraSpecs: {},
  }));
  const engine = engineFor(site({ racks: 1, hostsPerRack: 2, capacity: amounts(10, 1, 1), flavors }));
  const hosts = hostsOf(engine.place(request(Object.keys(vcpus).map((id) => server(id, { flavor: id })))));
  const loads = new Map<string, number>();
  for (const [id, host] of Object.entries(hosts)) loads.set(host, (loads.get(host) ?? 0) + vcpus[id]);
  assertEquals([...loads.values()], [10, 10]);
});

Deno.test("place leaves the fuller rack to the one server that is bound to its zone", () => {
  const dataCenter = site({
    racks: 2,
    hostsPerRack: 1,
    hosts: { r1h1: { used: amounts(4, 8, 40), availabilityZone: "z" } },
  });
  const hosts = hostsOf(
    engineFor(dataCenter).place(request([server("big", { flavor: "v4" }), server("small", { zone: "z" })], [
      rule("diversity rack", ["big", "small"]),
    ])),
  );
  assertEquals(hosts, { big: "r2h1", small: "r1h1" });
});

Deno.test("place proves a small request infeasible that only fails as a whole", () => {
  const servers = ["a", "b", "c"].map((id) => server(id, { flavor: "v4" }));
  const decision = engineFor(site({ racks: 2, hostsPerRack: 1, capacity: amounts(8, 99, 999) })).place(
    request(servers, [
      rule("diversity host", ["a", "b"]),
      rule("diversity host", ["b", "c"]),
      rule("diversity rack", ["a", "c"]),
    ]),
  );
  assert(decision.kind === "refused");
  assertEquals(decision.refusal.proven, true);
  assertEquals(decision.effort.endedBy, "proof");
});

Deno.test("place gives up after its budget of steps and says so", () => {
  const servers = Array.from({ length: 60 }, (_, index) => server(`s${index}`, { flavor: "v8" }));
  const decision = engineFor(site({ racks: 5, hostsPerRack: 10 }), { maxSteps: 2_000 }).place(
    request(servers),
  );
  assert(decision.kind === "refused");
  assertEquals(decision.refusal.proven, false);
  assertEquals(decision.effort.endedBy, "steps");
});

Deno.test("place chooses a rack for an affinity group by what the whole group needs", () => {
  const dataCenter = site({ racks: 2, hostsPerRack: 2, hosts: { r1h1: { used: amounts(6, 12, 60) } } });
  const servers = ["a", "b"].map((id) => server(id, { flavor: "v8" }));
  const hosts = hostsOf(engineFor(dataCenter).place(request(servers, [rule("affinity rack", ["a", "b"])])));
  assertEquals(new Set(Object.values(hosts)), new Set(["r2h1", "r2h2"]));
});

Deno.test("place keeps clusters together and racks inside them apart", () => {
  const cluster = (name: string) => ({ cluster: name });
  const dataCenter = site({
    racks: 4,
    hostsPerRack: 1,
    hosts: { r1h1: cluster("c1"), r2h1: cluster("c2"), r3h1: cluster("c2"), r4h1: cluster("c3") },
  });
  const hosts = hostsOf(
    engineFor(dataCenter).place(request([server("a"), server("b")], [
      rule("affinity cluster", ["a", "b"]),
      rule("diversity rack", ["a", "b"]),
    ])),
  );
  assertEquals(new Set(Object.values(hosts)), new Set(["r2h1", "r3h1"]));
});
