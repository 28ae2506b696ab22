import type { DataCenter } from "../../../domain/data_center.ts";
import { type NamingConvention, rackReader } from "../../../domain/topology.ts";
import { Rejected, Unavailable } from "../../../ports/failures.ts";
import type { Inventory } from "../../../ports/inventory.ts";
import type { Logger } from "../../../ports/logger.ts";
import { readRows, type SiteRows } from "./reader.ts";
import { resolve, type ResolveOptions, strangers } from "./resolve.ts";
import { textOf } from "./text.ts";
import { WrongValue } from "./wrong_value.ts";

export interface FileInventoryOptions extends Omit<ResolveOptions, "rackOf"> {
  readonly path: string;
  readonly naming: NamingConvention;
  readonly logger: Logger;
}

/** A site that a JSON file describes; the file is read anew by each `load`. */
export class FileInventory implements Inventory {
  readonly #options: FileInventoryOptions;
  readonly #rackOf: (hostName: string) => string | null;
  #projects: ReadonlyMap<string, string> | null = null;

  constructor(options: FileInventoryOptions) {
    this.#options = options;
    this.#rackOf = rackReader(options.naming);
  }

  async load(): Promise<DataCenter> {
    const { path } = this.#options;
    try {
      const rows = await readRows(textOf(path));
      const dataCenter = resolve(rows, { ...this.#options, rackOf: this.#rackOf });
      this.#warn(rows);
      this.#projects = projectsIn(dataCenter);
      return dataCenter;
    } catch (cause) {
      throw translate(cause, path);
    }
  }

  async projectsOf(serverUuids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (this.#projects === null) await this.load();
    const known = this.#projects!;
    return new Map(serverUuids.filter((uuid) => known.has(uuid)).map((uuid) => [uuid, known.get(uuid)!]));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #warn(rows: SiteRows): void {
    const { logger, path } = this.#options;
    for (const [key, times] of rows.unknownKeys) {
      logger.warn("Unknown key in the data-centre file", { path, key, times });
    }
    for (const [aggregate, hosts] of strangers(rows)) {
      logger.warn("Aggregate lists hosts that the data-centre file lacks", { path, aggregate, hosts });
    }
  }
}

function projectsIn({ hosts }: DataCenter): ReadonlyMap<string, string> {
  const projects = new Map<string, string>();
  for (const { vms } of hosts) {
    for (const { uuid, projectId } of vms) if (projectId !== null) projects.set(uuid, projectId);
  }
  return projects;
}

/** A file that is missing, forbidden or wrong stays so until an operator acts; another failure of the system may pass. */
function translate(cause: unknown, path: string): unknown {
  const rejected = (reason: string) =>
    new Rejected("inventory", `The data-centre file '${path}' ${reason}`, { cause });
  if (cause instanceof WrongValue) return rejected(`is wrong: ${cause.message}`);
  if (cause instanceof Deno.errors.NotFound) return rejected("does not exist");
  if (cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable) {
    return rejected("can't be read: Permission denied");
  }
  if (!Object.values(Deno.errors).some((kind) => cause instanceof kind)) return cause;
  const { message } = cause as Error;
  return new Unavailable("inventory", `The data-centre file '${path}' can't be read: ${message}`, 1000, {
    cause,
  });
}
