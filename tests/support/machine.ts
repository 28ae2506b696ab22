/** What a test wants of the machine that it runs on. */
export interface Needs {
  /** By name; looked for where an administrator has them too. */
  readonly programs: readonly string[];
  readonly root?: boolean;
}

const FOLDERS = [...new Set([...(Deno.env.get("PATH") ?? "").split(":"), "/usr/sbin", "/sbin"])];

/** Where a program is; null when the machine has none of this name. */
export function programPath(name: string): string | null {
  for (const folder of FOLDERS) {
    try {
      if (Deno.statSync(`${folder}/${name}`).isFile) return `${folder}/${name}`;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) throw error;
    }
  }
  return null;
}

/** A test that is left out, with the reason in its name, on a machine that lacks something. */
export function testOn(
  { programs, root = false }: Needs,
  test: { name: string; fn: () => Promise<void> },
): void {
  const missing = programs.filter((program) => programPath(program) === null);
  const reason = missing.length > 0
    ? `this machine has no ${missing.join(", ")}`
    : root && Deno.uid() !== 0
    ? "it takes root"
    : null;
  if (reason === null) Deno.test(test.name, test.fn);
  else Deno.test.ignore(`${test.name} (skipped: ${reason})`, test.fn);
}

export interface RunOptions {
  readonly folder?: string;
  readonly variables?: Readonly<Record<string, string>>;
}

/** What a program prints; throws both of its outputs when it fails. */
export async function output(
  [program, ...args]: readonly string[],
  { folder, variables = {} }: RunOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(programPath(program) ?? program, {
    args,
    cwd: folder,
    env: { LC_ALL: "C", ...variables },
  }).output();
  const decoder = new TextDecoder();
  const [out, errors] = [decoder.decode(stdout), decoder.decode(stderr)];
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${out}${errors}`);
  return out + errors;
}
