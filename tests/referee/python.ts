import { fileURLToPath } from "node:url";
import { linesOf } from "../support/lines.ts";

const PACKAGE = "ortools==9.15.6755";

/** The Python of a virtual environment with the solver, made once under the user's cache folder. */
async function interpreter(): Promise<string> {
  const cache = Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`;
  const folder = `${cache}/valet/${PACKAGE}`;
  const python = `${folder}/bin/python`;
  if (await succeeds([python, "-c", "import ortools"])) return python;
  Deno.mkdirSync(folder, { recursive: true });
  await run(["python3", "-m", "venv", folder]);
  await run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]);
  return python;
}

async function succeeds([program, ...args]: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(program, { args, stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function run([program, ...args]: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args, stdout: "null" }).output();
  if (!success) throw new Error(`${program} ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

export interface Verdict {
  readonly feasible: boolean;
  /** Soft rules, hosts woken, bandwidth; null when nothing is feasible. */
  readonly objective: readonly number[] | null;
}

/** What the exact solver says of each case, in their order. */
export async function verdictsOn(cases: readonly object[]): Promise<Verdict[]> {
  const child = new Deno.Command(await interpreter(), {
    args: [fileURLToPath(new URL("./solve.py", import.meta.url))],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const sending = ReadableStream.from(cases.map((each) => `${JSON.stringify(each)}\n`))
    .pipeThrough(new TextEncoderStream()).pipeTo(child.stdin);
  const lines = await Array.fromAsync(linesOf(child.stdout));
  await sending;
  const { success } = await child.status;
  if (!success) throw new Error(`The solver failed after ${lines.length} of ${cases.length} cases`);
  return lines.map((line) => JSON.parse(line));
}
