import type { Demand } from "./demand.ts";

export interface PerResource {
  readonly cpu: number;
  readonly memory: number;
  readonly disk: number;
}

/** Keys of an aggregate's metadata that set a ratio for its hosts, as Nova names them. */
export const RATIO_KEYS = {
  cpu: "cpu_allocation_ratio",
  memory: "ram_allocation_ratio",
  disk: "disk_allocation_ratio",
} as const;

/** The number that a ratio's text means, or null for a text that is no number above 0. */
export function parseRatio(text: string): number | null {
  const ratio = text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(ratio) && ratio > 0 ? ratio : null;
}

/**
 * The allocation ratios of one host: per resource the smallest among the metadata of its aggregates, since each of
 * them promises not to exceed its own; where none says anything, `otherwise`.
 */
export function allocationRatios(
  metadata: readonly Readonly<Record<string, string>>[],
  otherwise: PerResource,
): PerResource {
  const smallest = (resource: keyof PerResource): number => {
    const said = metadata.map((each) => parseRatio(each[RATIO_KEYS[resource]] ?? ""));
    const ratios = said.filter((ratio) => ratio !== null);
    return ratios.length > 0 ? Math.min(...ratios) : otherwise[resource];
  };
  return { cpu: smallest("cpu"), memory: smallest("memory"), disk: smallest("disk") };
}

export interface CapacityOptions {
  readonly ratios: PerResource;
  /** Per cent that is never handed out. */
  readonly standbyPercent: PerResource;
}

/** What may be handed out of a host's hardware: physical × ratio × (1 − standby), rounded down. */
export function capacityOf(physical: Demand, { ratios, standbyPercent }: CapacityOptions): Demand {
  return {
    milliVcpu: share(physical.milliVcpu, ratios.cpu, standbyPercent.cpu),
    memoryMib: share(physical.memoryMib, ratios.memory, standbyPercent.memory),
    diskMib: share(physical.diskMib, ratios.disk, standbyPercent.disk),
  };
}

function share(amount: number, ratio: number, standbyPercent: number): number {
  const exact = amount * ratio * (100 - standbyPercent) / 100;
  // Decimal ratios are inexact in binary: 100 × 1.15 is 114.99999999999999 there, and must not lose a unit.
  return Math.floor(exact * (1 + 4 * Number.EPSILON));
}
