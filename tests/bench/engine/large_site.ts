import { linesOf } from "../../support/lines.ts";
import { type Figure, InvalidRun, shown } from "../load/figures.ts";

const MOST_P99_MS = 2000;
const MOST_MIB = 1024;

/** Plans of A2 on 100,000 hosts, and the memory of a process that does nothing else. */
export async function measureLargeSite({ instances }: { instances: number }): Promise<Figure> {
  const script = import.meta.resolve("./large_site_child.ts");
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", script, `${instances}`],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const [line] = await Array.fromAsync(linesOf(child.stdout));
  const { success } = await child.status;
  if (!success || line === undefined) {
    throw new InvalidRun("The process that solves on the large site failed");
  }
  const { p50Ms, p99Ms, loadMs, peakMib } = JSON.parse(line);
  return {
    what: "engine: A2, 210 servers, 100,000 hosts",
    wanted: `p99 ${shown(MOST_P99_MS)} ms, ${shown(MOST_MIB)} MiB (the original: 409 s for 25 servers)`,
    measured: `p50 ${shown(p50Ms)} ms, p99 ${shown(p99Ms)} ms, ${shown(peakMib)} MiB, loaded in ${
      shown(loadMs)
    } ms`,
    met: p99Ms <= MOST_P99_MS && peakMib <= MOST_MIB,
  };
}
