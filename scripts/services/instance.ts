import { join } from "node:path";
import { type Address, isTaken, shownAddress } from "./address.ts";
import { dataFolder, exists } from "./folders.ts";
import { clearAway, type Program } from "./program.ts";
import { pause } from "./waiting.ts";

/** Longer than any start was seen to take on a machine that is busy otherwise. */
const START_LIMIT_MS = 180_000;

const KILL_LIMIT_MS = 10_000;

/** A graceful end writes data first. */
const END_LIMIT_MS = 60_000;

/** What all services can be started with. */
export interface InstanceOptions {
  /** Begins the name of its folder; of a lasting one it is that name, and tells it from others. */
  readonly name?: string;
  /**
   * False (default): one of its own for whoever starts it, and gone with that process at the latest. True: stays until
   * it is stopped by name, and is taken over by whoever starts the same again.
   */
  readonly lasting?: boolean;
}

/** How one service is run. */
export interface Design {
  /** Of data, settings, logs and process ids. */
  readonly folder: string;
  /** In the order of their start; the last one is the service itself. */
  readonly programs: readonly Program[];
  /** Where nothing may listen before the start. */
  readonly listens: readonly Address[];
  /** Makes settings and data; called once for a new folder. */
  readonly prepare: () => Promise<void> | void;
  /** Whether it answers by its protocol. */
  readonly answers: () => Promise<boolean>;
  /** What is left to do, or to wait for, when it answers for the first time; may be called again after a failure. */
  readonly fill?: () => Promise<void>;
}

/** What `services status` tells; "taken" is a port that something else listens on. */
export type State = "up" | "down" | "not answering" | "taken";

/** The folder of an instance; one that does not last has a new one each time. */
export function instanceFolder(
  service: string,
  { name = service, lasting = false }: InstanceOptions,
): string {
  return dataFolder(lasting ? name : `${name}.${Deno.pid}.${crypto.randomUUID().slice(0, 8)}`);
}

/** Who an instance ends with. */
export function ownerOf({ lasting = false }: InstanceOptions): number | undefined {
  return lasting ? undefined : Deno.pid;
}

/** One running service. It is disposed of by `stop`. */
export class Instance implements AsyncDisposable {
  readonly #design: Design;

  constructor(design: Design) {
    this.#design = design;
  }

  get folder(): string {
    return this.#design.folder;
  }

  /** Of the service itself; null while it does not run. */
  get pid(): number | null {
    return this.#service.pid;
  }

  async state(): Promise<State> {
    if (this.pid !== null) return await this.#design.answers() ? "up" : "not answering";
    return (await this.#foreign()).length > 0 ? "taken" : "down";
  }

  /** Starts what does not run, and resolves when it answers. Throws when something else listens in its place. */
  async start(): Promise<this> {
    try {
      if (this.pid === null) await this.#launch();
      await this.#untilAnswers();
      await this.#once("filled", () => this.#design.fill?.());
    } catch (error) {
      await this.stop();
      throw error;
    }
    return this;
  }

  /** Ends the service at once as a crash does, or with another signal gracefully; its data stays. */
  async kill(signal: Deno.Signal = "SIGKILL"): Promise<void> {
    await this.#service.end(signal, signal === "SIGKILL" ? KILL_LIMIT_MS : END_LIMIT_MS);
  }

  /** Starts it again on the same data, after a crash if it still runs. */
  async restart(): Promise<void> {
    await this.kill();
    await this.#launch();
    await this.#untilAnswers();
  }

  /** Makes it hang: connections stay open, nothing is answered until `thaw`. */
  freeze(): void {
    this.#service.signal("SIGSTOP");
  }

  thaw(): void {
    this.#service.signal("SIGCONT");
  }

  /** Ends all its processes and removes its data. */
  async stop(): Promise<void> {
    await clearAway(this.#design.folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  get #service(): Program {
    return this.#design.programs.at(-1)!;
  }

  async #launch(): Promise<void> {
    const { folder, prepare, programs } = this.#design;
    const [foreign] = await this.#foreign();
    if (foreign) {
      throw new Error(`${shownAddress(foreign)} is answered by something that was not started here`);
    }
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    await this.#once("prepared", prepare);
    for (const program of programs) await program.start();
  }

  async #foreign(): Promise<Address[]> {
    const taken = await Promise.all(this.#design.listens.map(isTaken));
    return this.#design.listens.filter((_, index) => taken[index]);
  }

  async #untilAnswers(): Promise<void> {
    const deadline = performance.now() + START_LIMIT_MS;
    while (!await this.#design.answers()) {
      if (this.pid === null) throw new Error(`It ended instead of starting:\n${this.#service.complaint()}`);
      if (performance.now() > deadline) {
        throw new Error(`No answer after ${START_LIMIT_MS} ms:\n${this.#service.complaint()}`);
      }
      await pause(50);
    }
  }

  /** Does what is done once per folder, and marks it as done. */
  async #once(mark: string, work: () => Promise<void> | void | undefined): Promise<void> {
    const file = join(this.#design.folder, mark);
    if (exists(file)) return;
    await work();
    Deno.writeTextFileSync(file, "");
  }
}
