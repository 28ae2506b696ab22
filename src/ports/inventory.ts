import type { DataCenter } from "../domain/data_center.ts";

/** What the site consists of. */
export interface Inventory {
  /** Reads the whole site. Throws `Unavailable` (try again) or `Rejected` (the data is wrong; the message says where). */
  load(): Promise<DataCenter>;
  /**
   * The project of each server that the inventory knows, by Nova id; servers that it does not know, or whose
   * project it does not know, are left out. Throws `Unavailable`. Safe to repeat.
   */
  projectsOf(serverUuids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  close(): Promise<void>;
}
