import { freePorts } from "../../scripts/services/address.ts";

const MAIN = new URL("../../main.ts", import.meta.url);
const FROM_SOURCE = [Deno.execPath(), "run", "--no-check", "--allow-all", MAIN.href];

/** How a process ended, and what it wrote. */
export interface EndedProcess {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

export interface ProcessOptions {
  /** What stands before the arguments. */
  readonly program?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly folder?: string;
}

function command(
  args: readonly string[],
  { program: [file, ...before] = FROM_SOURCE, variables = {}, folder }: ProcessOptions,
) {
  const { PATH = "", HOME = "/", DENO_DIR = "", DENO_TLS_CA_STORE = "" } = Deno.env.toObject();
  const env = { PATH, HOME, DENO_DIR, DENO_TLS_CA_STORE, NO_COLOR: "1", ...variables };
  return new Deno.Command(file, {
    args: [...before, ...args],
    env: Object.fromEntries(Object.entries(env).filter(([, value]) => value !== "")),
    clearEnv: true,
    cwd: folder,
    stdout: "piped",
    stderr: "piped",
    stdin: "null",
  });
}

/** Runs `valet` to its end, with no variables of this process but those that Deno needs. */
export async function runValet(args: readonly string[], options: ProcessOptions = {}): Promise<EndedProcess> {
  const { code, stdout, stderr } = await command(args, options).output();
  const decoder = new TextDecoder();
  return { exitCode: code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

/** A `valet serve` that has printed its URL. */
export class ServingValet implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;
  #output = "";

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#lines = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#errors = new Response(process.stderr).text();
  }

  /** Resolves when the process has printed `last`; throws what it wrote when it ends before. */
  static async start(
    args: readonly string[],
    { last = "readiness", ...options }: ProcessOptions & { readonly last?: string } = {},
  ): Promise<ServingValet> {
    const valet = new ServingValet(command(["serve", ...args], options).spawn());
    await valet.printed(last);
    return valet;
  }

  get pid(): number {
    return this.#process.pid;
  }

  get output(): string {
    return this.#output;
  }

  get url(): string {
    return /listens on (\S+)/.exec(this.#output)![1];
  }

  async printed(text: string): Promise<void> {
    while (!this.#output.includes(text)) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`Ended before it printed '${text}': ${this.#output}${await this.#errors}`);
      this.#output += value;
    }
  }

  signal(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Waits for the end. */
  async ended(): Promise<EndedProcess> {
    for (let read = await this.#lines.read(); !read.done; read = await this.#lines.read()) {
      this.#output += read.value;
    }
    const [{ code }, errors] = await Promise.all([this.#process.status, this.#errors]);
    return { exitCode: code, output: this.#output, errors };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.ended();
  }
}

/** A port that nobody listened on a moment ago, and that the system gives to no connection that goes out. */
export function freePort(): number {
  return freePorts(1);
}
