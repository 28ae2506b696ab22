import type { DataCenter, Flavor } from "../../domain/data_center.ts";

/** What a flavor wants of the cells and devices of a host. */
export interface Wish {
  /** Each guest cell: thousandths of a vCPU, and MiB. */
  readonly cells: readonly (readonly [milliVcpu: number, memoryMib: number])[];
  readonly dedicated: boolean;
  readonly devices: ReadonlyMap<string, number>;
  readonly near: boolean;
  /** The rule by which no host can grant the wish, or null. */
  readonly absurd: "numa topology" | "pci devices" | null;
}

type Texts = Readonly<Record<string, string>>;

const NOTHING: Wish = { cells: [], dedicated: false, devices: new Map(), near: false, absurd: null };

/** A flavor by name, else by id. */
export function flavorOf({ flavors }: DataCenter, nameOrId: string | undefined): Flavor | undefined {
  return flavors.find(({ name }) => name === nameOrId) ??
    flavors.find(({ flavorId }) => flavorId === nameOrId);
}

/** Null for a flavor that wants nothing of the kind. */
export function wishOf(flavor: Flavor | undefined): Wish | null {
  if (!flavor) return null;
  const { extraSpecs: specs } = flavor;
  const [cells, devices] = [cellsOf(flavor), devicesOf(specs)];
  if (cells?.length === 0 && devices?.size === 0) return null;
  const near = /^(required|socket)$/.test(specs["hw:pci_numa_affinity_policy"] ?? "");
  return {
    ...NOTHING,
    ...(cells ? { cells, dedicated: specs["hw:cpu_policy"] === "dedicated" } : { absurd: "numa topology" }),
    ...(devices ? { devices, near: near && (cells ?? []).length > 0 } : {}),
    ...(cells && !devices ? { absurd: "pci devices" } : {}),
  };
}

function cellsOf({ demand, extraSpecs: specs }: Flavor): Wish["cells"] | null {
  const policy = specs["hw:cpu_policy"];
  if (policy !== undefined && policy !== "dedicated" && policy !== "shared") return null;
  if (specs["hw:numa_nodes"] === undefined) {
    return policy === "dedicated" ? [[demand.milliVcpu, demand.memoryMib]] : [];
  }
  const count = positive(specs["hw:numa_nodes"]);
  const vcpus = demand.milliVcpu / 1000;
  if (count === null || vcpus < count) return null;
  const told = specs["hw:numa_cpus.0"] !== undefined || specs["hw:numa_mem.0"] !== undefined;
  if (!told) {
    const cell = [demand.milliVcpu / count, demand.memoryMib / count] as const;
    const whole = Number.isInteger(vcpus / count) && Number.isInteger(cell[1]);
    return whole ? new Array(count).fill(cell) : null;
  }
  const lists = Array.from({ length: count }, (_, cell) => numbersIn(specs[`hw:numa_cpus.${cell}`], vcpus));
  const sizes = Array.from({ length: count }, (_, cell) => positive(specs[`hw:numa_mem.${cell}`]));
  const all = lists.flatMap((list) => list);
  const memory = sizes.reduce<number>((sum, size) => sum + (size ?? NaN), 0);
  if (lists.some((list) => list.length === 0) || memory !== demand.memoryMib) return null;
  if (all.length !== vcpus || new Set(all).size !== vcpus) return null;
  return lists.map((list, cell) => [list.length * 1000, sizes[cell]!]);
}

/** The numbers below `limit` that a list as `0-3,^2` means; empty for any other text. */
function numbersIn(text: string | undefined, limit: number): number[] {
  const parts = (text ?? "").split(",").map((part) => part.trim());
  if (!parts.every((part) => /^\^?\d+(-\d+)?$/.test(part))) return [];
  const covers = (part: string, number: number) => {
    const [from, to = from] = part.replace("^", "").split("-").map(Number);
    return from <= number && number <= to;
  };
  const bounds = parts.map((part) => part.replace("^", "").split("-").map(Number));
  if (bounds.some(([from, to = from]) => from > to || to >= limit)) return [];
  const isOut = (part: string) => part.startsWith("^");
  return Array.from({ length: limit }, (_, number) => number).filter((number) =>
    parts.some((part) => !isOut(part) && covers(part, number)) &&
    !parts.some((part) => isOut(part) && covers(part, number))
  );
}

function devicesOf(specs: Texts): Map<string, number> | null {
  const list = specs["pci_passthrough:alias"];
  const found = new Map<string, number>();
  if (list === undefined) return found;
  const policy = specs["hw:pci_numa_affinity_policy"] ?? "preferred";
  if (!["required", "socket", "preferred", "legacy"].includes(policy)) return null;
  for (const each of list.split(",")) {
    const words = each.split(":");
    const count = positive(words[1]);
    const alias = words[0].trim();
    if (words.length !== 2 || alias === "" || count === null) return null;
    found.set(alias, (found.get(alias) ?? 0) + count);
  }
  return found;
}

function positive(text: string | undefined): number | null {
  const trimmed = (text ?? "").trim();
  return /^[1-9]\d*$/.test(trimmed) && trimmed.length < 10 ? Number(trimmed) : null;
}
