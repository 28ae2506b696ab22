import { openFileInventory } from "../support/file_inventory.ts";
import { INVENTORY_SITE, inventorySuite } from "../support/inventory_suite.ts";

inventorySuite({
  name: "file",
  open: () => Promise.resolve(openFileInventory(JSON.stringify(INVENTORY_SITE))),
});
