import { join } from "node:path";
import { exists, removeFolder } from "./folders.ts";
import { lastLines } from "./installation.ts";
import { pause } from "./waiting.ts";

/**
 * Starts a program that reads nothing, writes into a log, and outlives whoever started it; prints its process id. With
 * an owner, it ends and its folder goes a second after the owner has ended, in whatever way.
 */
const LAUNCH = `
log=$1 folder=$2 owner=$3
shift 3
{
  "$@" >>"$log" 2>&1 </dev/null &
  program=$!
  echo $program
  exec >/dev/null 2>&1
  [ -n "$owner" ] || exit 0
  while kill -0 "$owner" && kill -0 $program; do sleep 1; done
  kill -0 "$owner" || { kill -9 $program; rm -rf "$folder"; }
} &
`;

export interface Launch {
  readonly command: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

export interface ProgramOptions {
  /** Holds the log and the process id. */
  readonly folder: string;
  readonly name: string;
  /** The process without which the program has to end. */
  readonly ownerPid?: number;
  /** What to start; asked at each start. */
  readonly launch: () => Launch | Promise<Launch>;
}

/**
 * A program known by its process id and by when that process began, both kept in a file, so that an id which the
 * system has given to another process since is never mistaken for it.
 */
export class Program {
  readonly #options: ProgramOptions;
  readonly #file: string;
  readonly #log: string;

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.#file = join(options.folder, `${options.name}.pid`);
    this.#log = join(options.folder, `${options.name}.log`);
  }

  /** The id of the running process, or null. */
  get pid(): number | null {
    if (!exists(this.#file)) return null;
    const [pid, begun] = Deno.readTextFileSync(this.#file).split(" ").map(Number);
    return beginningOf(pid) === begun ? pid : null;
  }

  /** Starts it unless it runs. */
  async start(): Promise<void> {
    if (this.pid !== null) return;
    const { folder, ownerPid = "", launch } = this.#options;
    const { command, variables } = await launch();
    const { stdout } = await new Deno.Command("sh", {
      args: ["-c", LAUNCH, "sh", this.#log, folder, String(ownerPid), ...command],
      env: variables,
      cwd: folder,
      detached: true,
      stdin: "null",
      stderr: "null",
    }).output();
    const pid = Number(new TextDecoder().decode(stdout));
    // A process that has already ended has no beginning; it counts as ended like any other.
    Deno.writeTextFileSync(this.#file, `${pid} ${beginningOf(pid) ?? 0}`);
  }

  signal(signal: Deno.Signal): void {
    const { pid } = this;
    if (pid === null) throw new Error(`"${this.#options.name}" does not run`);
    Deno.kill(pid, signal);
  }

  /** Ends it, and resolves when it is gone. Does nothing when it does not run. */
  async end(signal: Deno.Signal, limitMs: number): Promise<void> {
    const { pid } = this;
    if (pid === null) return;
    Deno.kill(pid, signal);
    const deadline = performance.now() + limitMs;
    while (this.pid !== null) {
      if (performance.now() > deadline) {
        throw new Error(`Process ${pid} is still there ${limitMs} ms after ${signal}`);
      }
      await pause(10);
    }
  }

  /** The end of its log. */
  complaint(): string {
    return exists(this.#log) ? lastLines(Deno.readTextFileSync(this.#log)) : "";
  }
}

/** Ends every program whose process id lies in a folder, and removes the folder. */
export async function clearAway(folder: string): Promise<void> {
  if (!exists(folder)) return;
  const names = [...Deno.readDirSync(folder)].flatMap(({ name }) => /^(.+)\.pid$/.exec(name)?.[1] ?? []);
  const launch = () => {
    throw new Error("Only ended, never started");
  };
  for (const name of names) await new Program({ folder, name, launch }).end("SIGKILL", 10_000);
  removeFolder(folder);
}

/** When a process began, in ticks of the kernel's clock; null when there is none, or only its exit status. */
function beginningOf(pid: number): number | null {
  try {
    const text = Deno.readTextFileSync(`/proc/${pid}/stat`);
    const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
    // What is left of a killed process may still have threads that hold its ports.
    const hasEnded = state === "X" || state === "Z" && Number(fields[16]) <= 1;
    return hasEnded ? null : Number(fields[18]);
  } catch (error) {
    // The second one is how a read is answered while the process goes away.
    if (error instanceof Deno.errors.NotFound || (error as { code?: string }).code === "ESRCH") return null;
    throw error;
  }
}
