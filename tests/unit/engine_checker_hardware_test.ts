import type { Host } from "../../src/domain/data_center.ts";
import { type Judged, judgeTwins, standsOn, type Twins } from "../support/checker_rows.ts";
import { holding, request, server } from "../support/engine_site.ts";
import { demandOf, gpus, hardwareSite, heldOn, NUMA } from "../support/hardware_site.ts";

/** Servers `a`, `b`, … of these flavors on one host. */
function asking(...flavors: string[]): Judged {
  const servers = flavors.map((flavor, index) => server("abcdef"[index], { flavor }));
  return { ask: request(servers), at: Object.fromEntries(servers.map(({ id }) => [id, "r1h1"])) };
}

/** Two hosts of which the first is told. */
const on = (host: Partial<Host>) => ({ dataCenter: hardwareSite(host, {}) });
const held = (...flavors: string[]) => ({ held: heldOn("r1h1", flavors) });
const oneCell = [NUMA[0]];

const NUMA_TWINS: readonly Twins[] = [
  {
    name: "one dedicated vCPU more than a cell has, not all of them",
    rule: "numa topology",
    both: { ...on({ numa: oneCell }), ...held("pinned3") },
    rejected: asking("pinned2"),
    accepted: asking("pinned1"),
  },
  {
    name: "more dedicated vCPUs than two cells have, not as many",
    rule: "numa topology",
    both: { ...on({ numa: NUMA }), ...asking("pinned4", "pinned4") },
    rejected: held("pinned1"),
    accepted: held(),
  },
  {
    name: "dedicated vCPUs twice, not shared ones",
    rule: "numa topology",
    both: { ...on({ numa: oneCell }), ...held("pinned4") },
    rejected: asking("pinned1"),
    accepted: asking("shared"),
  },
  {
    name: "shared vCPUs of more than the cell is large, not of its size",
    rule: "numa topology",
    both: on({ numa: oneCell }),
    rejected: asking("shared-wide"),
    accepted: asking("shared"),
  },
  {
    name: "more memory than a cell has, not as much",
    rule: "numa topology",
    both: { ...on({ numa: oneCell }), ...held("memory5") },
    rejected: asking("memory4"),
    accepted: asking("memory3"),
  },
  {
    name: "the two cells of one server in a single cell",
    rule: "numa topology",
    both: asking("shared-split"),
    rejected: on({ numa: oneCell }),
    accepted: on({ numa: NUMA }),
  },
  {
    name: "a flavor that asks for cells without sense, not one that asks for some",
    rule: "numa topology",
    both: on({ numa: NUMA }),
    rejected: asking("absurd"),
    accepted: asking("pinned-split"),
  },
  {
    name: "cells where none are known, not servers that ask for none",
    rule: "numa topology",
    both: on({}),
    rejected: asking("shared"),
    accepted: asking("plain"),
  },
  {
    name: "cells on a host whose cells are promised twice, not a server that asks for none",
    rule: "numa topology",
    both: { ...on({ numa: oneCell, pci: [gpus(1)] }), ...held("pinned4", "pinned4") },
    rejected: asking("pinned1"),
    accepted: asking("gpu"),
  },
  {
    name: "the cells on a host that a server has yet to leave",
    rule: "numa topology",
    both: { dataCenter: hardwareSite({ numa: oneCell }, { numa: oneCell }), ...asking("pinned4") },
    rejected: { held: [holding("x", "r1h2", { origin: "r1h1", flavor: "pinned4" })] },
    accepted: { held: [holding("x", "r1h2", { origin: null, flavor: "pinned4" })] },
  },
  {
    name: "cells where none are known, unless the server is held there and must stay",
    rule: "numa topology",
    both: {
      ...on({}),
      ask: request([server("a", { flavor: "shared" })], [], {
        directives: [standsOn("a", "r1h1", { stay: "must" })],
      }),
    },
    rejected: {},
    accepted: { held: [holding("a", "r1h1", { stackId: "stack", demand: demandOf("shared") })] },
  },
];

const near = { numa: NUMA, pci: [gpus(1, 0)] };

const PCI_TWINS: readonly Twins[] = [
  {
    name: "one device more than a host has left, not all of them",
    rule: "pci devices",
    both: { ...on({ pci: [gpus(1), gpus(2)] }), ...held("gpu") },
    rejected: asking("gpus", "gpu"),
    accepted: asking("gpus"),
  },
  {
    name: "a device of another alias, not of the one that is asked for",
    rule: "pci devices",
    both: asking("gpu"),
    rejected: on({ pci: [{ alias: "nic", count: 5 }] }),
    accepted: on({ pci: [{ alias: "nic", count: 5 }, gpus(1)] }),
  },
  {
    name: "a flavor that asks for devices without sense, not one that asks for one",
    rule: "pci devices",
    both: on({ pci: [gpus(2)] }),
    rejected: asking("gpu-absurd"),
    accepted: asking("gpu"),
  },
  {
    name: "a far device that has to be near, not one near a cell",
    rule: "pci devices",
    both: asking("near-gpu"),
    rejected: on({ numa: NUMA, pci: [gpus(1, 7)] }),
    accepted: on(near),
  },
  {
    name: "a far device that has to be near although another kind is, not the other way round",
    rule: "pci devices",
    both: asking("near-gpu"),
    rejected: on({ numa: NUMA, pci: [gpus(1, 7), { alias: "nic", count: 1, cell: 0 }] }),
    accepted: on({ numa: NUMA, pci: [gpus(1, 0), { alias: "nic", count: 1, cell: 7 }] }),
  },
  {
    name: "a far device that has to be near, not one that may be far",
    rule: "pci devices",
    both: on({ numa: NUMA, pci: [gpus(1, 7)] }),
    rejected: asking("near-gpu"),
    accepted: asking("any-gpu"),
  },
  {
    name: "two devices of two cells near to one cell, not near to a server in both",
    rule: "pci devices",
    both: on({ numa: NUMA, pci: [gpus(1, 0), gpus(1, 1)] }),
    rejected: asking("near-gpus"),
    accepted: asking("near-split"),
  },
  {
    name: "a device whose cell is full, not one in a cell with room",
    rule: "pci devices",
    both: { ...on({ numa: NUMA, pci: [gpus(2, 0)] }), ...asking("near-pinned") },
    rejected: held("near-pinned", "pinned-split"),
    accepted: held("near-pinned", "pinned4"),
  },
  {
    name: "cells that push a held server away from its devices",
    rule: "pci devices",
    both: { ...on({ numa: NUMA, pci: [gpus(2, 1)] }), ...held("near-pinned", "near-pinned") },
    rejected: asking("pinned-split"),
    accepted: asking("pinned4"),
  },
  {
    name: "devices where none are known, unless the server is held there and must stay",
    rule: "pci devices",
    both: {
      ...on({}),
      ask: request([server("a", { flavor: "gpu" })], [], {
        directives: [standsOn("a", "r1h1", { stay: "must" })],
      }),
    },
    rejected: {},
    accepted: { held: [holding("a", "r1h1", { stackId: "stack", demand: demandOf("gpu") })] },
  },
];

judgeTwins([...NUMA_TWINS, ...PCI_TWINS]);
