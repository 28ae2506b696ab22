import { dirname, join } from "node:path";
import { cacheFolder, exists, removeFolder } from "./folders.ts";

/** Written last, so that a folder without it was left half full. */
const COMPLETE = ".complete";

/** Runs `work` while nobody else, in this process or another, runs work under the same file. */
export async function exclusively<T>(file: string, work: () => Promise<T>): Promise<T> {
  Deno.mkdirSync(dirname(file), { recursive: true });
  using lock = Deno.openSync(file, { create: true, write: true });
  await lock.lock(true);
  return await work();
}

/**
 * The folder `name` of the cache, filled by `fill` unless that was done before. Several callers wait for the first one;
 * what a failed or ended one left behind is thrown away.
 */
export async function installed(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = cacheFolder(name);
  if (exists(join(folder, COMPLETE))) return folder;
  return await exclusively(`${folder}.lock`, async () => {
    if (exists(join(folder, COMPLETE))) return folder;
    removeFolder(folder);
    Deno.mkdirSync(folder, { recursive: true });
    await fill(folder);
    Deno.writeTextFileSync(join(folder, COMPLETE), "");
    return folder;
  });
}

/** Says on standard error what takes long. */
export function tell(text: string): void {
  console.error(`services: ${text}`);
}

export interface RunOptions {
  readonly variables?: Readonly<Record<string, string>>;
  readonly folder?: string;
  /** What to install when the program is missing. */
  readonly from?: string;
}

/** What a program prints. Throws with the end of what it complained about when it fails. */
export async function run(
  [program, ...args]: readonly string[],
  { variables, folder, from = "" }: RunOptions = {},
): Promise<string> {
  const command = new Deno.Command(program, { args, env: variables, cwd: folder, stdin: "null" });
  try {
    const { success, code, stdout, stderr } = await command.output();
    const printed = new TextDecoder().decode(stdout);
    if (success) return printed;
    const complaint = lastLines(`${printed}${new TextDecoder().decode(stderr)}`);
    throw new Error(`"${[program, ...args].join(" ")}" ended with ${code}:\n${complaint}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`There is no program "${program}"${from && `; install ${from}`}`);
  }
}

/** The lines that tell what went wrong, most likely. */
export function lastLines(text: string): string {
  return text.trimEnd().split("\n").slice(-20).join("\n");
}
