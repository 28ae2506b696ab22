import { fileURLToPath } from "node:url";
import { startCassandra } from "../../../scripts/services/cassandra.ts";
import { startKeystone } from "../../../scripts/services/keystone.ts";
import { cassandraAddress, populateCassandra } from "../../support/cassandra_store.ts";
import { KeystoneAdmin } from "../../support/keystone_admin.ts";
import { untilReady } from "../../support/readiness.ts";
import { type Figure, InvalidRun, shown } from "../load/figures.ts";
import type { Generator } from "../load/generators.ts";
import { type Backing, BenchService } from "./bench_service.ts";
import { measureCreates } from "./creates.ts";
import { measureReads } from "./reads.ts";

const WANTED_READS = { perSecond: 2000, p99Ms: 25 };
const WANTED_CREATES = { perSecond: 200, p99Ms: 150 };
const WANTED_READY_MS = 2000;
const WANTED_BYTES = 150e6;

const MIB = 2 ** 20;
/** So many that the node has warmed up when they are there. */
const MOST_LIVE_PLANS = 1000;
const LONGEST_START_MS = 30_000;

const EXECUTABLE = fileURLToPath(new URL("../../../dist/valet", import.meta.url));

export interface OnServicesOptions {
  readonly dataCenter: string;
  readonly generator: Generator;
  readonly seconds: number;
  readonly leastRequests: number;
  /** For the names of the figures. */
  readonly site: string;
  /** Plans that the site has room for beside what runs there. */
  readonly livePlans: number;
  /** How long the service does nothing before its memory is looked at. */
  readonly idleSeconds: number;
}

/** The executable, with tokens of a real Keystone and its rows in a real Cassandra of one node. */
export async function measureOnServices(options: OnServicesOptions): Promise<Figure[]> {
  const { dataCenter, generator, seconds, leastRequests, site, livePlans } = options;
  const where = ", Keystone and Cassandra";
  await using keystone = await startKeystone();
  // As Cassandra is delivered.
  await using cassandra = await startCassandra({ commitLog: "periodic" });
  const address = cassandraAddress(cassandra.address, "bench");
  await populateCassandra(address);
  const backing: Backing = {
    blocks: {
      identity: {
        config: {
          auth_url: keystone.authUrl,
          username: "valet",
          password: "$VALET_PASSWORD",
          project_name: "service",
        },
      },
      music: { driver: "cassandra", hosts: address.hosts, keyspace: address.keyspace },
      optimizer: { driver: "queue" },
    },
    variables: { VALET_PASSWORD: "secret" },
    token: (await KeystoneAdmin.login(keystone.authUrl)).ownToken,
    program: [EXECUTABLE],
  };
  const startMs = performance.now();
  await using service = await BenchService.start(dataCenter, backing);
  await untilReady(service.url, { limitMs: LONGEST_START_MS }).catch(({ message }) => {
    throw new InvalidRun(message);
  });
  const readyMs = performance.now() - startMs;
  await new Promise((resolve) => setTimeout(resolve, options.idleSeconds * 1000));
  const bytes = service.memoryBytes;
  return [
    {
      what: `start of the executable to readiness${where}`,
      wanted: `${shown(WANTED_READY_MS)} ms, ${shown(WANTED_BYTES / MIB)} MiB when idle`,
      measured: `${shown(readyMs)} ms, ${shown(bytes / MIB)} MiB`,
      met: readyMs <= WANTED_READY_MS && bytes <= WANTED_BYTES,
    },
    ...await measureCreates(service, {
      seconds,
      leastRequests,
      site: site + where,
      livePlans: Math.min(livePlans, MOST_LIVE_PLANS),
      wanted: WANTED_CREATES,
    }),
    ...await measureReads(service, { generator, seconds, leastRequests, where, wanted: WANTED_READS }),
  ];
}
