import type { SchemaMaker, Surroundings, TestedConnection } from "../../src/cli/surroundings.ts";
import type { Settings } from "../../src/settings/settings.ts";
import { environmentOf } from "./settings_files.ts";

type Step = ReturnType<SchemaMaker["populate"]> extends AsyncIterable<infer Item> ? Item : never;

/** Surroundings of a command that note what it does. */
export class NotedSurroundings implements Surroundings {
  readonly printed: string[] = [];
  readonly complained: string[] = [];
  /** `compose`, `stop`, `composeSchema`, `close`, `checkInventory`, `checkConnections`, in their order. */
  readonly calls: string[] = [];
  readonly environment;
  readonly #stop = Promise.withResolvers<void>();
  readonly #failure: unknown;
  readonly #steps: readonly Step[];
  readonly #connections: readonly TestedConnection[];
  composed: Settings | null = null;

  constructor(
    { variables = {}, failure = null, steps = [], connections = [] }: {
      variables?: Readonly<Record<string, string>>;
      /** What composing throws. */
      failure?: unknown;
      steps?: readonly Step[];
      connections?: readonly TestedConnection[];
    } = {},
  ) {
    this.environment = environmentOf(variables);
    this.#failure = failure;
    this.#steps = steps;
    this.#connections = connections;
  }

  readonly #printing = Promise.withResolvers<void>();
  /** Resolves at the first line that is printed. */
  readonly listening = this.#printing.promise;

  readonly print = (line: string) => {
    this.printed.push(line);
    this.#printing.resolve();
  };
  readonly complain = (line: string) => void this.complained.push(line);

  readonly compose = (settings: Settings) => {
    this.#compose("compose", settings);
    const { host, port } = settings.server;
    return Promise.resolve({ url: `http://${host}:${port}`, stop: () => this.#note("stop") });
  };

  readonly composeSchema = (settings: Settings) => {
    this.#compose("composeSchema", settings);
    return Promise.resolve({
      populate: () => this.#populate(),
      check: () => this.#populate(),
      close: () => this.#note("close"),
    });
  };

  readonly checkInventory = (settings: Settings) => {
    this.#compose("checkInventory", settings);
    return Promise.resolve();
  };

  readonly checkConnections = (settings: Settings) => {
    this.#compose("checkConnections", settings);
    return Promise.resolve(this.#connections);
  };

  readonly stopSignals = { first: () => this.#stop.promise };

  /** As if SIGTERM arrived. */
  signal(): void {
    this.#stop.resolve();
  }

  async *#populate() {
    for (const step of this.#steps) yield await Promise.resolve(step);
  }

  #compose(call: string, settings: Settings): void {
    this.calls.push(call);
    if (this.#failure !== null) throw this.#failure;
    this.composed = settings;
  }

  #note(call: string): Promise<void> {
    this.calls.push(call);
    return Promise.resolve();
  }
}
