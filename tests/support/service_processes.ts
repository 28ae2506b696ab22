import { fail } from "@std/assert";

/** What watches over a program ends soon after it, not with it; a busy machine may take its time. */
const LIMIT_MS = 15_000;

/**
 * Resolves when no process besides this one names a text, such as an instance's folder, in its arguments or variables.
 * Fails when one still does after a while.
 */
export async function noProcessNames(text: string): Promise<void> {
  const deadline = performance.now() + LIMIT_MS;
  for (let left = naming(text); left.length > 0; left = naming(text)) {
    if (performance.now() > deadline) fail(`Processes ${left.join(", ")} still have "${text}"`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function naming(text: string): number[] {
  const pids = [...Deno.readDirSync("/proc")].map(({ name }) => Number(name)).filter((pid) => pid > 0);
  return pids.filter((pid) =>
    pid !== Deno.pid && ["cmdline", "environ"].some((file) => names(pid, file, text))
  );
}

function names(pid: number, file: string, text: string): boolean {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${file}`).includes(text);
  } catch {
    // Gone meanwhile, or somebody else's.
    return false;
  }
}
