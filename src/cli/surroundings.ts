import type { Environment } from "../settings/environment.ts";
import type { Settings } from "../settings/settings.ts";

/** A service that answers requests. */
export interface RunningService {
  readonly url: string;
  /** Ends what is being worked on, then lets go of everything. */
  stop(): Promise<void>;
}

/** Somebody who makes the objects of a store, see `SchemaAdmin` of the ports. */
export interface SchemaMaker {
  populate(): AsyncIterable<SchemaObject>;
  check(): AsyncIterable<SchemaObject>;
  close(): Promise<void>;
}

interface SchemaObject {
  readonly object: string;
  readonly state: "created" | "exists" | "differs";
  readonly remedy?: string;
}

/** All that commands touch outside themselves. */
export interface Surroundings {
  /** Writes a line of what was asked for. */
  readonly print: (line: string) => void;
  /** Writes a line about what goes wrong. */
  readonly complain: (line: string) => void;
  readonly environment: Environment;
  readonly compose: (settings: Settings) => Promise<RunningService>;
  readonly composeSchema: (settings: Settings) => Promise<SchemaMaker>;
  /** Reads what the inventory has; throws what the service would not start with. */
  readonly checkInventory: (settings: Settings) => Promise<void>;
  /** Asks everything that the service depends on for an answer. */
  readonly checkConnections: (settings: Settings) => Promise<readonly TestedConnection[]>;
  readonly stopSignals: StopSignals;
}

/** Whether a dependency answers; `failure` is null when it does. */
export interface TestedConnection {
  readonly part: string;
  readonly failure: string | null;
}

export interface StopSignals {
  /** Resolves at the first request to stop; the process ends at once at the second. */
  first(): Promise<void>;
}
