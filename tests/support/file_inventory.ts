import { FileInventory, type FileInventoryOptions } from "../../src/adapters/inventory/file/inventory.ts";
import { SystemClock } from "../../src/adapters/system/clock.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import type { InventoryUnderTest } from "./inventory_suite.ts";
import { MemorySink } from "./memory_sink.ts";

export interface FileInventoryUnderTest extends InventoryUnderTest {
  readonly log: MemorySink;
  readonly path: string;
}

/** An inventory on a file with this content; no file at all for null. */
export function openFileInventory(
  content: string | Uint8Array | null,
  options: Partial<FileInventoryOptions> = {},
): FileInventoryUnderTest {
  const folder = Deno.makeTempDirSync({ prefix: "valet-inventory-" });
  const path = `${folder}/data_center.json`;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  if (bytes !== null) Deno.writeFileSync(path, bytes);
  const log = new MemorySink();
  const inventory = new FileInventory({
    path,
    logger: createLogger({ sink: log, clock: new SystemClock(), format: "json" }),
    naming: { regionChars: 3, rackCodes: ["r"], nodeCodes: ["a", "c"] },
    datacenterName: "unnamed",
    allocationRatios: { cpu: 16, memory: 1.5, disk: 1 },
    standbyPercent: { cpu: 0, memory: 0, disk: 0 },
    ...options,
  });
  return {
    inventory,
    log,
    path,
    [Symbol.asyncDispose]: async () => {
      await inventory.close();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}
