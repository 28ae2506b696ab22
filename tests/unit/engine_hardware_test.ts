import { assertEquals } from "@std/assert";
import type { Host } from "../../src/domain/data_center.ts";
import { checkPlacement } from "../../src/engine/checker/mod.ts";
import { engineFor, request, server } from "../support/engine_site.ts";
import { demandOf, gpus, hardwareSite, heldOn, NUMA } from "../support/hardware_site.ts";

/** Two cells of 10 GiB, and two of which the second has little memory. */
const WIDE = NUMA.map((cell) => ({ ...cell, memoryMib: 10_240 }));
const UNEQUAL = [NUMA[0], { ...NUMA[1], memoryMib: 1024 }];

interface Case {
  readonly name: string;
  readonly host?: Partial<Host>;
  /** Flavors of the servers held there, and of those asked for. */
  readonly held?: readonly string[];
  readonly ask: readonly string[];
  /** The rule that refuses; absent when they fit. */
  readonly refusedBy?: string;
}

const CASES: readonly Case[] = [
  {
    name: "traits let a server on a host that has what it requires",
    host: { traits: ["AVX"] },
    ask: ["avx"],
  },
  {
    name: "traits refuse a host without what is required",
    host: { traits: ["SSE"] },
    ask: ["avx"],
    refusedBy: "traits",
  },
  {
    name: "traits refuse what is required where nothing is known",
    ask: ["avx"],
    refusedBy: "traits",
  },
  {
    name: "traits let a server on a host that lacks what it forbids",
    host: { traits: ["SSE"] },
    ask: ["no-avx"],
  },
  {
    name: "traits refuse a host with what is forbidden",
    host: { traits: ["AVX"] },
    ask: ["no-avx"],
    refusedBy: "traits",
  },
  {
    name: "traits take the keys of a request group",
    host: { traits: ["SSE"] },
    ask: ["avx-grouped"],
    refusedBy: "traits",
  },
  {
    name: "traits refuse an unknown wish where the trait is",
    host: { traits: ["AVX"] },
    ask: ["avx-liked"],
    refusedBy: "traits",
  },
  {
    name: "traits refuse an unknown wish where the trait is not",
    host: { traits: ["SSE"] },
    ask: ["avx-liked"],
    refusedBy: "traits",
  },
  {
    name: "numa topology leaves servers alone that ask for no cells",
    held: ["pinned4"],
    ask: ["plain", "plain"],
  },
  {
    name: "numa topology refuses cells where none are known",
    ask: ["shared"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology refuses dedicated vCPUs where no cells are known",
    ask: ["pinned1"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology refuses a wish that makes no sense",
    host: { numa: NUMA },
    ask: ["absurd"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology fills cells with dedicated vCPUs",
    host: { numa: NUMA },
    held: ["pinned4"],
    ask: ["pinned4"],
  },
  {
    name: "numa topology refuses dedicated vCPUs that are free in no single cell",
    host: { numa: NUMA },
    held: ["pinned3", "pinned3"],
    ask: ["pinned2"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology ties no held server to a certain cell",
    host: { numa: NUMA },
    held: ["pinned1", "pinned2", "pinned1"],
    ask: ["pinned4"],
  },
  {
    name: "numa topology finds the packing that taking the largest first misses",
    host: { numa: WIDE },
    held: ["memory5", "memory4", "memory4", "memory3", "memory2"],
    ask: ["memory2"],
  },
  {
    name: "numa topology refuses what no packing has room for",
    host: { numa: WIDE },
    held: ["memory5", "memory4", "memory4", "memory3", "memory2"],
    ask: ["memory3"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology splits dedicated vCPUs over cells",
    host: { numa: NUMA },
    held: ["pinned-split"],
    ask: ["pinned-split"],
  },
  {
    name: "numa topology refuses more cells than the host has",
    host: { numa: NUMA },
    ask: ["three-cells"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology refuses a split server when one cell is full",
    host: { numa: NUMA },
    held: ["pinned4"],
    ask: ["pinned-split"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology gives the cells of one server to different cells",
    host: { numa: NUMA.slice(1) },
    ask: ["shared-split"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology shares vCPUs that are not dedicated",
    host: { numa: NUMA },
    held: ["pinned4", "pinned4", "shared"],
    ask: ["shared"],
  },
  {
    name: "numa topology takes the memory of servers that share vCPUs",
    host: { numa: NUMA },
    held: ["memory5", "memory5", "memory2", "memory2"],
    ask: ["shared"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology refuses a cell of more vCPUs than any has",
    host: { numa: NUMA },
    ask: ["shared-wide"],
    refusedBy: "numa topology",
  },
  {
    name: "numa topology counts all servers that are asked for at once",
    host: { numa: NUMA },
    ask: ["pinned3", "pinned3", "pinned2"],
    refusedBy: "numa topology",
  },
  {
    name: "pci devices are counted by alias over all cells",
    host: { pci: [gpus(1), gpus(1, 0)] },
    held: ["gpu"],
    ask: ["gpu"],
  },
  {
    name: "pci devices refuse more than there are",
    host: { pci: [gpus(2)] },
    held: ["gpu"],
    ask: ["gpus"],
    refusedBy: "pci devices",
  },
  {
    name: "pci devices refuse an alias that the host lacks",
    host: { pci: [{ alias: "nic", count: 9 }] },
    ask: ["gpu"],
    refusedBy: "pci devices",
  },
  {
    name: "pci devices refuse a wish that makes no sense",
    host: { pci: [gpus(2)] },
    ask: ["gpu-absurd"],
    refusedBy: "pci devices",
  },
  {
    name: "pci devices may be far when that is allowed",
    host: { numa: NUMA, pci: [gpus(1, 7)] },
    ask: ["any-gpu"],
  },
  {
    name: "pci devices are refused far from the cells when they must be near",
    host: { numa: NUMA, pci: [gpus(1, 7)] },
    ask: ["near-gpu"],
    refusedBy: "pci devices",
  },
  {
    name: "pci devices without a cell are near to every cell",
    host: { numa: NUMA, pci: [gpus(1)] },
    ask: ["near-gpu"],
  },
  {
    name: "pci devices decide the cell of a server that wants them near",
    host: { numa: NUMA, pci: [gpus(1, 1)] },
    held: ["pinned4"],
    ask: ["near-pinned"],
  },
  {
    name: "pci devices refuse a server that would push held ones away from theirs",
    host: { numa: NUMA, pci: [gpus(2, 1)] },
    held: ["near-pinned", "near-pinned"],
    ask: ["pinned-split"],
    refusedBy: "pci devices",
  },
  {
    name: "pci devices refuse near ones that only two cells have together",
    host: { numa: NUMA, pci: [gpus(1, 0), gpus(1, 1)] },
    ask: ["near-gpus"],
    refusedBy: "pci devices",
  },
  {
    name: "pci devices of two cells serve a server in both",
    host: { numa: NUMA, pci: [gpus(1, 0), gpus(1, 1)] },
    ask: ["near-split"],
  },
  {
    name: "pci devices are dealt out anew where that helps",
    host: { numa: UNEQUAL, pci: [gpus(1, 0), gpus(1, 1)] },
    held: ["near-gpu-split"],
    ask: ["near-gpu-large"],
  },
  {
    name: "pci devices are refused once near servers have them all",
    host: { numa: UNEQUAL, pci: [gpus(1, 0), gpus(1, 1)] },
    held: ["near-gpu-split", "any-gpu"],
    ask: ["near-gpu-large"],
    refusedBy: "pci devices",
  },
];

for (const { name, host = {}, held = [], ask, refusedBy } of CASES) {
  Deno.test(name, () => {
    const dataCenter = hardwareSite(host);
    const servers = ask.map((flavor, index) => server(`s${index}`, { flavor }));
    const asked = request(servers);
    for (const holdings of [heldOn("r1h1", held), heldOn("r1h1", held).reverse()]) {
      const engine = engineFor(dataCenter);
      for (const each of holdings) engine.hold(each);
      const decision = engine.place(asked);
      const removed = decision.kind === "refused" ? decision.refusal.nodes[0].removed : [];
      assertEquals(removed.map(({ constraint }) => constraint), refusedBy ? [refusedBy] : []);
      const placements = servers.map(({ id, flavor }) => ({
        serverId: id,
        host: "r1h1",
        demand: demandOf(flavor),
      }));
      const violations = checkPlacement({ dataCenter, holdings, request: asked, placements });
      assertEquals(violations.map(({ rule }) => rule), refusedBy ? [refusedBy] : []);
    }
  });
}
