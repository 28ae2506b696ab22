import { resolve } from "node:path";
import { driverOf } from "./driver.ts";
import { block, oneOf, text } from "../fields.ts";
import type { Findings } from "../findings.ts";
import type { InventorySettings } from "../settings.ts";

const FILE = block({ driver: oneOf(["file"]), path: text("a file name") });

const NOVA = block({ driver: oneOf(["nova"]).optional() }).prefault({});

/** Where the hosts come from: Nova without a block. */
export function readInventory(
  raw: unknown,
  { folder, findings }: { folder: string; findings: Findings },
): InventorySettings | null {
  const driver = driverOf(raw, { path: "inventory", findings, known: ["file", "nova"], assumed: "nova" });
  if (driver === null) return null;
  if (driver === "file") {
    const inventory = findings.parse(FILE, { value: raw, path: "inventory" });
    return inventory && { driver: "file", path: resolve(folder, inventory.path) };
  }
  findings.parse(NOVA, { value: raw, path: "inventory" });
  findings.unavailable("inventory", "Driver 'nova' is not in this build");
  return null;
}
