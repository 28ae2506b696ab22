/** The processes, besides this one, whose arguments or variables name a text, such as an instance's folder. */
export function processesNaming(text: string): number[] {
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
