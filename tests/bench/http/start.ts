import { fileURLToPath } from "node:url";
import { freePort, ServingValet } from "../../support/cli_process.ts";
import { type Figure, InvalidRun, percentile, shown } from "../load/figures.ts";

const WANTED_MS = 1500;
const POLL_MS = 2;
const LONGEST_START_MS = 30_000;

const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
const WRAPPER = `${PROJECT}scripts/deno`;

/** How long the demonstration takes from Deno's start to the first answer, and how much longer with wrapper and task. */
export async function measureStart({ samples }: { samples: number }): Promise<Figure[]> {
  const folder = Deno.makeTempDirSync({ prefix: "valet-bench-start-" });
  try {
    const direct: number[] = [];
    const wrapped: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      direct.push(await startOnce(folder));
      wrapped.push(await startOnce(folder, [WRAPPER, "task"]));
    }
    const slowest = Math.max(...direct);
    const share = percentile(wrapped, 0.5) - percentile(direct, 0.5);
    return [{
      what: "start of the demo to the first answer, packages cached",
      wanted: `${shown(WANTED_MS)} ms`,
      measured: `slowest of ${samples} ${shown(slowest)} ms, wrapper and task ${shown(share)} ms more`,
      met: slowest <= WANTED_MS,
    }];
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Milliseconds until the demonstration answers; `program` stands before `serve`. */
async function startOnce(folder: string, program?: readonly string[]): Promise<number> {
  const port = freePort();
  const startMs = performance.now();
  const starting = ServingValet.start([`${PROJECT}config/demo.ts`, "--port", `${port}`], {
    program,
    variables: { XDG_STATE_HOME: folder },
    folder: PROJECT,
  });
  const [answeredMs, valet] = await Promise.all([firstAnswerMs(`http://127.0.0.1:${port}/`), starting]);
  valet.signal("SIGTERM");
  await valet.ended();
  return answeredMs - startMs;
}

async function firstAnswerMs(url: string): Promise<number> {
  const giveUpMs = performance.now() + LONGEST_START_MS;
  while (performance.now() < giveUpMs) {
    try {
      const { ok, body } = await fetch(url);
      await body?.cancel();
      if (ok) return performance.now();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new InvalidRun(`No answer from ${url}`);
}
