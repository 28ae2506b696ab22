import type { Flavor } from "../../domain/data_center.ts";
import { type CellNeed, guestCells, isPinned, wholeNumber } from "./guest_cells.ts";

export interface DeviceNeed {
  readonly alias: string;
  readonly count: number;
}

/** What a flavor asks of the cells and devices of a host; there is one shape for each such flavor of a site. */
export interface HardwareShape {
  /** Name of the flavor. */
  readonly flavor: string;
  /** Each goes to a host's cell of its own; empty for none, null when no host can meet what is asked. */
  readonly cells: readonly CellNeed[] | null;
  /** Whether its vCPUs are taken from the cells one to one. */
  readonly pinned: boolean;
  /** One per alias; empty for none, null when no host can meet what is asked. */
  readonly devices: readonly DeviceNeed[] | null;
  /** Whether its devices must be attached to the cells that it gets. */
  readonly near: boolean;
}

/** Policies of `hw:pci_numa_affinity_policy`: whether devices must be near. One cell is never on two sockets. */
const NEAR: Readonly<Record<string, boolean>> = {
  legacy: false,
  preferred: false,
  socket: true,
  required: true,
};

/** The shape of a flavor, or null for one that asks nothing of the kind. */
export function shapeOf(flavor: Flavor): HardwareShape | null {
  const cells = guestCells(flavor);
  const devices = devicesOf(flavor);
  if (cells?.length === 0 && devices?.length === 0) return null;
  const { "hw:pci_numa_affinity_policy": policy = "legacy" } = flavor.extraSpecs;
  return {
    flavor: flavor.name,
    cells,
    pinned: isPinned(flavor) === true,
    devices,
    near: cells !== null && cells.length > 0 && NEAR[policy] === true,
  };
}

/** The devices of `pci_passthrough:alias`, as in `gpu:1,nic:2`; null for another text or an unknown policy. */
function devicesOf({ extraSpecs }: Flavor): DeviceNeed[] | null {
  const { "pci_passthrough:alias": text, "hw:pci_numa_affinity_policy": policy = "legacy" } = extraSpecs;
  if (text === undefined) return [];
  if (!Object.hasOwn(NEAR, policy)) return null;
  const counts = new Map<string, number>();
  for (const part of text.split(",")) {
    const [alias, number = "", ...more] = part.split(":").map((word) => word.trim());
    const count = wholeNumber(number);
    if (alias === "" || count === null || more.length > 0) return null;
    counts.set(alias, (counts.get(alias) ?? 0) + count);
  }
  return [...counts].map(([alias, count]) => ({ alias, count }));
}
