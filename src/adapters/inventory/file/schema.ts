import * as z from "zod";
import { parseRatio, RATIO_KEYS } from "../../../domain/capacity.ts";

const MAX_AMOUNT = 1_000_000_000;

export function text() {
  const error = "Wanted a text of 1 to 255 characters";
  return z.string({ error }).min(1, { error }).max(255, { error });
}

function amount() {
  const error = `Wanted an integer from 0 to ${MAX_AMOUNT}`;
  return z.int({ error }).min(0, { error }).max(MAX_AMOUNT, { error });
}

function ratio() {
  const error = "Wanted a number above 0";
  return z.number({ error }).gt(0, { error });
}

function list<T extends z.ZodType>(item: T) {
  return z.array(item, { error: "Wanted a list" });
}

function block<S extends z.ZodRawShape>(shape: S) {
  return z.object(shape, { error: "Wanted an object" });
}

function texts() {
  return z.record(z.string(), z.string({ error: "Wanted a text" }), { error: "Wanted an object of texts" });
}

export const VM = block({
  uuid: text(),
  vcpus: amount(),
  ram_mb: amount(),
  disk_gb: amount(),
  project_id: text().nullish(),
});

export const NUMA_CELL = block({ cell: amount(), vcpus: amount(), ram_mb: amount() });

export const PCI_DEVICE = block({ alias: text(), count: amount(), cell: amount().nullish() });

export const FLAVOR = block({
  name: text(),
  flavor_id: text(),
  vcpus: amount(),
  ram_mb: amount(),
  disk_gb: amount(),
  extra_specs: texts().default({}),
});

export const HOST = block({
  name: text(),
  rack: text().nullish(),
  cluster: text().nullish(),
  room: text().nullish(),
  availability_zone: text().nullish(),
  status: text().nullish(),
  vcpus: amount(),
  vcpus_used: amount(),
  ram_mb: amount(),
  ram_used_mb: amount(),
  disk_gb: amount(),
  disk_used_gb: amount(),
  vms: list(VM).default([]),
  traits: list(text()).optional(),
  numa: list(NUMA_CELL).optional(),
  pci: list(PCI_DEVICE).optional(),
});

const RATIO_METADATA: ReadonlySet<string> = new Set(Object.values(RATIO_KEYS));

export const AGGREGATE = block({
  name: text(),
  availability_zone: text().nullish(),
  hosts: list(text()),
  metadata: texts().default({}),
}).superRefine(({ metadata }, context) => {
  for (const [key, value] of Object.entries(metadata)) {
    if (!RATIO_METADATA.has(key) || parseRatio(value) !== null) continue;
    context.addIssue({ code: "custom", path: ["metadata", key], message: "Wanted a number above 0" });
  }
});

export const RATIOS = block({ cpu: ratio().optional(), ram: ratio().optional(), disk: ratio().optional() });

export const NETWORK = block({
  nic_mbps: amount().optional(),
  rack_uplink_mbps: amount().optional(),
  cluster_uplink_mbps: amount().optional(),
});

export type FlavorRow = z.infer<typeof FLAVOR>;
export type HostRow = z.infer<typeof HOST>;
export type AggregateRow = z.infer<typeof AGGREGATE>;
export type NetworkRow = z.infer<typeof NETWORK>;
export type RatioRow = z.infer<typeof RATIOS>;
