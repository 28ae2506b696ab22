import type { Flavor } from "../../domain/data_center.ts";

/** What one guest cell needs of a host's cell. */
export interface CellNeed {
  readonly milliVcpu: number;
  readonly memoryMib: number;
}

const MILLI_PER_VCPU = 1000;

type Texts = Readonly<Record<string, string>>;

/** Whether a flavor's vCPUs are taken one to one from the host's; null for a policy that is not known. */
export function isPinned({ extraSpecs }: Flavor): boolean | null {
  const policy = extraSpecs["hw:cpu_policy"] ?? "shared";
  return policy === "dedicated" ? true : policy === "shared" ? false : null;
}

/**
 * The guest cells of a flavor, empty when it asks for none; null when what it asks makes no sense. Dedicated vCPUs
 * are in one cell unless told otherwise. Extra specs as in Nova (nova/virt/hardware.py): `hw:numa_nodes` equal cells,
 * or for each cell `hw:numa_cpus.N`, a list of vCPU numbers, and `hw:numa_mem.N` in MiB.
 */
export function guestCells(flavor: Flavor): readonly CellNeed[] | null {
  const { demand, extraSpecs } = flavor;
  const pinned = isPinned(flavor);
  if (pinned === null) return null;
  const wanted = extraSpecs["hw:numa_nodes"];
  if (wanted === undefined) return pinned ? [demand] : [];
  const count = wholeNumber(wanted);
  const vcpus = demand.milliVcpu / MILLI_PER_VCPU;
  if (count === null || count > vcpus) return null;
  const explicit = "hw:numa_cpus.0" in extraSpecs || "hw:numa_mem.0" in extraSpecs;
  if (explicit) return explicitCells(extraSpecs, { count, vcpus, memoryMib: demand.memoryMib });
  if (vcpus % count !== 0 || demand.memoryMib % count !== 0) return null;
  const each = { milliVcpu: demand.milliVcpu / count, memoryMib: demand.memoryMib / count };
  return Array.from({ length: count }, () => each);
}

/** Cells that together have every vCPU once and all of the memory; else null. */
function explicitCells(
  specs: Texts,
  { count, vcpus, memoryMib }: { count: number; vcpus: number; memoryMib: number },
): CellNeed[] | null {
  const cells: CellNeed[] = [];
  const assigned = new Set<number>();
  for (let cell = 0; cell < count; cell++) {
    const numbers = vcpuNumbers(specs[`hw:numa_cpus.${cell}`] ?? "", vcpus);
    const memory = wholeNumber(specs[`hw:numa_mem.${cell}`] ?? "");
    if (numbers === null || memory === null || !numbers.isDisjointFrom(assigned)) return null;
    for (const number of numbers) assigned.add(number);
    cells.push({ milliVcpu: numbers.size * MILLI_PER_VCPU, memoryMib: memory });
  }
  const total = cells.reduce((sum, each) => sum + each.memoryMib, 0);
  return assigned.size === vcpus && total === memoryMib ? cells : null;
}

/** The numbers of a list such as `0-3,^1,6`, all below `vcpus`; null for another text or an empty list. */
function vcpuNumbers(text: string, vcpus: number): Set<number> | null {
  const found = new Set<number>();
  const left = new Set<number>();
  for (const part of text.split(",")) {
    const [, except, first, last = first] = /^\s*(\^?)(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (first === undefined || from > to || to >= vcpus) return null;
    for (let number = from; number <= to; number++) (except ? left : found).add(number);
  }
  const numbers = found.difference(left);
  return numbers.size > 0 ? numbers : null;
}

/** A whole number from 1; null for any other text. */
export function wholeNumber(text: string): number | null {
  return /^\s*[1-9]\d{0,8}\s*$/.test(text) ? Number(text) : null;
}
