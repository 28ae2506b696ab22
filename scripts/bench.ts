/**
 * Measures Valet and shows the figures beside the wanted ones; `--help` tells the options. Exits 1 when a run measured
 * something else than it should, 2 for a wrong option, not when a figure misses what is wanted.
 */
import { parseArgs } from "node:util";
import { BenchService, LOG_SETTING } from "../tests/bench/http/bench_service.ts";
import { measureCreates } from "../tests/bench/http/creates.ts";
import { benchDataCenter, HOST_VCPUS, hostsOf, type Size } from "../tests/bench/http/data_center.ts";
import { measureLargeStack } from "../tests/bench/http/large_stack.ts";
import { measureReads } from "../tests/bench/http/reads.ts";
import { type PlanRequest, SMALL_STACK_VCPUS, threeTierStack } from "../tests/bench/http/stacks.ts";
import { measureOnServices } from "../tests/bench/http/on_services.ts";
import { measureReadsWhileSolving } from "../tests/bench/http/reads_while_solving.ts";
import { measureStart } from "../tests/bench/http/start.ts";
import { measureCertificates } from "../tests/bench/engine/certificates.ts";
import { measureDayTwo } from "../tests/bench/engine/day_two.ts";
import { type DrainOptions, measureDrain } from "../tests/bench/engine/drain.ts";
import { measureLargeSite } from "../tests/bench/engine/large_site.ts";
import {
  measureBandwidth,
  measureFirstAnswer,
  measureSingles,
  measureSpeed,
  measureWoken,
} from "../tests/bench/engine/measure.ts";
import { measureNetworkFunctions } from "../tests/bench/engine/network_functions.ts";
import { type Figure, InvalidRun, shown, tableOf } from "../tests/bench/load/figures.ts";
import { installedGenerator, OWN_GENERATOR } from "../tests/bench/load/generators.ts";
import { measureFalseRejects } from "../tests/bench/planted/false_rejects.ts";

/** How much work is put into a run. */
interface Effort {
  readonly site: Size;
  readonly seconds: number;
  /** Fewer requests than this make a run invalid. */
  readonly leastRequests: number;
  /** Large stacks and starts. */
  readonly samples: number;
  /** Planted requests of a kind. */
  readonly seeds: number;
  /** Sites that they are planted on. */
  readonly sites: number;
  /** Applications of a kind, for speed and for quality. */
  readonly applications: number;
  readonly qualities: number;
  /** The smaller sites are small enough for states of every wave to be judged. */
  readonly drains: readonly DrainOptions[];
  /** Ad-hoc servers, in each of so many runs. */
  readonly singles: readonly number[];
  /** Where plans are read while others are made, and how long. */
  readonly busySite: Size;
  readonly busySeconds: number;
  /** Plans on the largest sites; none leaves those out. */
  readonly largePlans: number;
  /** Before an idle process is looked at. */
  readonly idleSeconds: number;
}

const FULL: Effort = {
  site: { racks: 150, hostsPerRack: 16 },
  seconds: 15,
  leastRequests: 1000,
  samples: 10,
  seeds: 100,
  sites: 3,
  applications: 200,
  qualities: 5,
  drains: [
    { size: { hosts: 240, racks: 30 }, racks: 3, judged: true },
    { size: { hosts: 2400, racks: 150 }, racks: 20, judged: false },
  ],
  singles: [2000, 10_000],
  largePlans: 100,
  idleSeconds: 60,
  busySite: { racks: 6250, hostsPerRack: 16 },
  busySeconds: 30,
};

const QUICK: Effort = {
  site: { racks: 40, hostsPerRack: 8 },
  seconds: 0.2,
  leastRequests: 1,
  samples: 1,
  seeds: 2,
  sites: 1,
  applications: 1,
  qualities: 1,
  drains: [{ size: { hosts: 96, racks: 24 }, racks: 1, judged: true }],
  singles: [100],
  largePlans: 0,
  idleSeconds: 0,
  busySite: { racks: 40, hostsPerRack: 8 },
  busySeconds: 0.2,
};

/** Share of the site's vCPUs that run before a benchmark, and with the plans that a benchmark keeps alive. */
const FILL = 0.42;
const FILL_WITH_PLANS = 0.5;

/** For all measurements on one service together. */
const LONGEST_MS = 180_000;

const HELP = `Usage: bench [--quick] [--engine | --services] [--data DIR] [--json FILE]

Measures Valet and shows the figures beside the wanted ones.

  --quick      run everything once and briefly, to see that it works; the figures say nothing
  --engine     measure the engine alone, without a service around it
  --services   measure the executable of the task build alone, with a real Keystone and a real Cassandra
  --data DIR   add the stacks of a folder (*.plan.json), planned on the data centre in there (dc*.json)
  --json FILE  write the figures into a file as well
  --help       show this
`;

const { quick = false, engine = false, services = false, data, json } = optionsIn(Deno.args);
const effort = quick ? QUICK : FULL;
const generator = quick || engine ? OWN_GENERATOR : await installedGenerator();
const dataCenter = JSON.stringify(benchDataCenter(effort.site, { fill: FILL }));
const busyBefore = Deno.loadavg()[0];
const site = `${shown(hostsOf(effort.site))} hosts`;

function optionsIn(args: string[]) {
  const options = {
    quick: { type: "boolean" },
    engine: { type: "boolean" },
    services: { type: "boolean" },
    data: { type: "string" },
    json: { type: "string" },
    help: { type: "boolean" },
  } as const;
  try {
    const { values } = parseArgs({ args, options });
    if (!values.help) return values;
    console.log(HELP);
    Deno.exit(0);
  } catch (error) {
    console.error(`error: ${(error as Error).message}\n\n${HELP}`);
    Deno.exit(2);
  }
}

/** Measures on a service of its own. Throws `InvalidRun` when that takes too long. */
async function onService(
  text: string,
  measure: (service: BenchService) => Promise<Figure[]>,
): Promise<Figure[]> {
  await using service = await BenchService.start(text);
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new InvalidRun(`No figures after ${LONGEST_MS} ms`)),
    LONGEST_MS,
  );
  try {
    return await Promise.race([measure(service), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Plans that the site has room for. */
function livePlansOf({ site }: Effort): number {
  return Math.floor(hostsOf(site) * HOST_VCPUS * (FILL_WITH_PLANS - FILL) / SMALL_STACK_VCPUS);
}

function creates(): Promise<Figure[]> {
  const livePlans = livePlansOf(effort);
  return onService(dataCenter, (service) => measureCreates(service, { ...effort, site, livePlans }));
}

function largeStack(text: string, stack: { what: string; request: PlanRequest }): Promise<Figure[]> {
  return onService(text, (service) => measureLargeStack(service, { ...effort, ...stack }));
}

/** Reads of a service on a very large site that is busy. */
function readsWhileSolving(): Promise<Figure[]> {
  const text = JSON.stringify(benchDataCenter(effort.busySite, { fill: FILL }));
  const site = `${shown(hostsOf(effort.busySite))} hosts`;
  return onService(
    text,
    (service) => measureReadsWhileSolving(service, { site, seconds: effort.busySeconds }),
  );
}

async function* givenStacks(folder: string): AsyncGenerator<Figure[]> {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  const site = files.find((name) => /^dc.*\.json$/.test(name));
  if (site === undefined) throw new InvalidRun(`Wanted a data centre, "dc*.json", in "${folder}"`);
  const text = Deno.readTextFileSync(`${folder}/${site}`);
  for (const name of files.filter((name) => name.endsWith(".plan.json"))) {
    const request = JSON.parse(Deno.readTextFileSync(`${folder}/${name}`));
    yield await largeStack(text, { what: `POST of ${name} on ${site}`, request });
  }
}

async function* engineFigures(): AsyncGenerator<Figure[]> {
  const { applications, qualities, singles, largePlans, drains } = effort;
  const limits = { p50Ms: 50, p99Ms: 250, original: "3,900 to 7,100 ms" };
  yield [measureFirstAnswer({ instances: applications, p50Ms: 15 })];
  yield [measureSpeed({ site: "M", application: "A3", instances: applications, ...limits })];
  if (largePlans > 0) {
    const original = "14 to 29 s";
    yield [measureSpeed({ site: "L", application: "A3", instances: largePlans, p99Ms: 400, original })];
    yield [await measureLargeSite({ instances: largePlans })];
  }
  yield [measureNetworkFunctions({ instances: applications })];
  yield singles.map((servers) => measureSingles({ servers }));
  yield measureDayTwo({ instances: applications });
  yield drains.map(measureDrain);
  yield measureCertificates();
  yield [measureWoken({ seeds: qualities })];
  yield measureBandwidth({ seeds: qualities });
  yield measureFalseRejects(effort);
}

async function* figures(): AsyncGenerator<Figure[]> {
  if (services) {
    return yield await measureOnServices({
      ...effort,
      dataCenter,
      generator,
      site,
      livePlans: livePlansOf(effort),
    });
  }
  if (!engine) yield* serviceFigures();
  yield* engineFigures();
}

async function* serviceFigures(): AsyncGenerator<Figure[]> {
  yield await onService(dataCenter, (service) => measureReads(service, { ...effort, generator }));
  yield await creates();
  const request = threeTierStack("large");
  yield await largeStack(dataCenter, { what: `POST of a plan of 280 servers, ${site}`, request });
  if (data !== undefined) yield* givenStacks(data);
  yield await readsWhileSolving();
  yield await measureStart(effort);
}

/** What the figures depend on. */
function circumstances(): string {
  const cpu = /model name\s*: (.*)/.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  return [
    `${cpu}, ${navigator.hardwareConcurrency} cores (load before: ${
      shown(busyBefore, 1)
    }), generator on the same machine`,
    `Deno ${Deno.version.deno}, deno run; log: ${LOG_SETTING}; reads by ${generator.name}`,
  ].join("\n");
}

try {
  const measured: Figure[] = [];
  for await (const some of figures()) {
    measured.push(...some);
    for (const { what, measured } of some) console.error(`${what}: ${measured}`);
  }
  console.log(`\n${circumstances()}\n\n${tableOf(measured)}`);
  if (json !== undefined) Deno.writeTextFileSync(json, `${JSON.stringify(measured, null, 2)}\n`);
  if (quick) console.log("\nThese were brief runs, to see that they work: the figures say nothing");
} catch (error) {
  if (!(error instanceof InvalidRun)) throw error;
  console.error(`error: ${error.message}`);
  Deno.exit(1);
}
