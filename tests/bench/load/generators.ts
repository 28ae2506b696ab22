import { Connection } from "./connection.ts";
import { InvalidRun, percentile } from "./figures.ts";

const AUTOCANNON = "autocannon@9.0.0";

/** Time to fetch and start a load generator; later it is ended. */
const STARTING_SECONDS = 60;

export interface Load {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface Throughput {
  readonly requests: number;
  readonly perSecond: number;
  readonly p99Ms: number;
}

/** Sends `GET` to one address over and over; throws `InvalidRun` when an answer is no success. */
export interface Generator {
  readonly name: string;
  generate(load: Load): Promise<Throughput>;
}

/** A load generator that is a program of its own. */
interface Program {
  readonly name: string;
  readonly command: readonly string[];
  readonly args: (load: Load) => readonly string[];
  readonly read: (output: string) => Throughput;
}

const WRK: Program = {
  name: "wrk",
  command: ["wrk"],
  args: ({ url, token, connections, seconds }) => [
    ...[
      "--latency",
      "-t",
      "1",
      "-c",
      `${connections}`,
      "-d",
      `${seconds}s`,
      "-H",
      `X-Auth-Token: ${token}`,
      url,
    ],
  ],
  read: readWrk,
};

function autocannon(where: string, command: readonly string[]): Program {
  return {
    name: `${AUTOCANNON} in ${where}`,
    command,
    args: ({ url, token, connections, seconds }) => [
      ...["--json", "-c", `${connections}`, "-d", `${seconds}`, "-H", `X-Auth-Token=${token}`, url],
    ],
    read: readAutocannon,
  };
}

/** The lightest first. */
const PROGRAMS: readonly Program[] = [
  WRK,
  autocannon("Node", ["npx", "-y", AUTOCANNON]),
  autocannon("Deno", [Deno.execPath(), "run", "--quiet", "--allow-all", "--no-lock", `npm:${AUTOCANNON}`]),
];

/** The first program that this machine can run. */
export async function installedGenerator(): Promise<Generator> {
  for (const program of PROGRAMS) {
    if (await isThere(program.command[0])) {
      return { name: program.name, generate: (load) => generate(program, load) };
    }
  }
  throw new InvalidRun("This machine can't run any load generator");
}

/** Needs nothing but this process, and so measures what a shared process can. */
export const OWN_GENERATOR: Generator = {
  name: "built in",
  async generate({ url, token, connections, seconds }) {
    const { pathname: path } = new URL(url);
    const durations: number[] = [];
    const startMs = performance.now();
    const runs = Array.from({ length: connections }, async () => {
      using connection = await Connection.open(url, token);
      while (performance.now() - startMs < seconds * 1000) {
        const sentMs = performance.now();
        await connection.expect(200, { method: "GET", path });
        durations.push(performance.now() - sentMs);
      }
    });
    await Promise.all(runs);
    const perSecond = durations.length * 1000 / (performance.now() - startMs);
    return { requests: durations.length, perSecond, p99Ms: percentile(durations, 0.99) };
  },
};

async function isThere(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" }).output();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function generate(
  { command: [program, ...before], args, read }: Program,
  load: Load,
): Promise<Throughput> {
  const { stdout, stderr, success } = await new Deno.Command(program, {
    args: [...before, ...args(load)],
    signal: AbortSignal.timeout((load.seconds + STARTING_SECONDS) * 1000),
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new InvalidRun(`The load generator failed: ${decoder.decode(stderr)}`);
  return read(decoder.decode(stdout));
}

/** Reads the JSON that autocannon prints. */
export function readAutocannon(output: string): Throughput {
  const { requests, latency, errors, timeouts, non2xx, duration } = JSON.parse(output);
  if (errors + timeouts + non2xx > 0) {
    throw new InvalidRun(`${errors} errors, ${timeouts} timeouts, ${non2xx} answers other than 2xx`);
  }
  return { requests: requests.total, perSecond: requests.total / duration, p99Ms: latency.p99 };
}

/** Reads the lines that wrk prints. */
export function readWrk(output: string): Throughput {
  const trouble = /Socket errors:.*|Non-2xx or 3xx responses:.*/.exec(output);
  if (trouble) throw new InvalidRun(trouble[0]);
  const [, p99, unit] = /99%\s+([\d.]+)(us|ms|s)/.exec(output) ?? [];
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]);
  const requests = Number(/(\d+) requests in/.exec(output)?.[1]);
  if (!unit || !(perSecond > 0) || !(requests > 0)) {
    throw new InvalidRun(`wrk says something unexpected: ${output}`);
  }
  const unitMs = unit === "us" ? 0.001 : unit === "ms" ? 1 : 1000;
  return { requests, perSecond, p99Ms: Number(p99) * unitMs };
}
