/** Starts and stops real services to try Valet with; `--help` tells the rest. */
import { parseArgs } from "node:util";
import { dataFolder } from "./folders.ts";
import { exclusively } from "./installation.ts";
import { type Offer, OFFERS, PLACES, type Places } from "./offers.ts";

const DEFAULT_NAMES = ["cassandra", "rabbitmq", "keystone"];

const HELP = `usage: scripts/deno task services start|stop|status [options] [service…]

${OFFERS.map(({ name, about }) => `  ${name.padEnd(18)} ${about}`).join("\n")}

start   starts what does not run, after downloads at the first time, and tells where it listens and who may log in;
        without names: ${DEFAULT_NAMES.join(", ")}
stop    ends what start has started, and removes its data; without names: everything
status  tells which answer, and fails unless all that are named do; without names: everything, and never fails

  --cassandra-address A  first or only node, default ${PLACES.cassandraAddress}
  --rabbitmq-port N      default ${PLACES.rabbitmqPort}; the three ports after it are taken too
  --keystone-port N      default ${PLACES.keystonePort}
  --help                 this text

Downloads are kept in $VALET_SERVICES_CACHE, default ~/.cache/valet/services; data lies in $VALET_SERVICES_DATA, default
in /dev/shm. All listen on loopback addresses alone. Exit status: 0, 1 when a service failed or does not answer, 2 for
wrong arguments.`;

const COMMANDS = ["start", "stop", "status"] as const;

interface Order {
  readonly command: typeof COMMANDS[number];
  /** Empty for what is usual. */
  readonly names: readonly string[];
  readonly places: Places;
}

/** What the arguments ask for; null for help. Throws when they ask for nothing that there is. */
function orderOf(args: string[]): Order | null {
  const { values, positionals: [command, ...names] } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      help: { type: "boolean" },
      "cassandra-address": { type: "string", default: PLACES.cassandraAddress },
      "rabbitmq-port": { type: "string", default: String(PLACES.rabbitmqPort) },
      "keystone-port": { type: "string", default: String(PLACES.keystonePort) },
    },
  });
  if (values.help) return null;
  const known = COMMANDS.find((each) => each === command);
  if (!known) throw new Error(`Wanted one of ${COMMANDS.join(", ")}, got "${command ?? ""}"`);
  const unknown = names.find((name) => !OFFERS.some((offer) => offer.name === name));
  if (unknown) {
    throw new Error(`There is no service "${unknown}", only ${OFFERS.map(({ name }) => name).join(", ")}`);
  }
  const places = {
    cassandraAddress: loopback(values["cassandra-address"]),
    rabbitmqPort: port(values["rabbitmq-port"]),
    keystonePort: port(values["keystone-port"]),
  };
  return { command: known, names, places };
}

function loopback(text: string): string {
  if (/^127(\.\d{1,3}){3}$/.test(text)) return text;
  throw new Error(`Wanted an address of 127.0.0.0/8, got "${text}"`);
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1024 && value <= 65_500) return value;
  throw new Error(`Wanted a port between 1024 and 65500, got "${text}"`);
}

/** Whether all went well. */
async function obey({ command, names, places }: Order): Promise<boolean> {
  const standard = command === "start" ? DEFAULT_NAMES : OFFERS.map(({ name }) => name);
  const wanted = names.length > 0 ? names : standard;
  const offers = OFFERS.filter(({ name }) => wanted.includes(name));
  if (command === "status") return await status(offers, places) || names.length === 0;
  return await exclusively(dataFolder("lock"), async () => {
    const work = command === "start" ? start : stop;
    return all(await Promise.all(offers.map((offer) => work(offer, places))));
  });
}

function all(outcomes: readonly boolean[]): boolean {
  return outcomes.every((outcome) => outcome);
}

async function start({ name, make, tell }: Offer, places: Places): Promise<boolean> {
  try {
    await make(places).start();
    console.log(`${name}: up\n${tell(places).map((line) => `  ${line}`).join("\n")}`);
    return true;
  } catch (error) {
    console.error(`${name}: ${(error as Error).message}`);
    return false;
  }
}

async function stop({ name, make }: Offer, places: Places): Promise<boolean> {
  await make(places).stop();
  console.log(`${name}: down`);
  return true;
}

async function status(offers: readonly Offer[], places: Places): Promise<boolean> {
  const states = await Promise.all(offers.map(({ make }) => make(places).state()));
  for (const [index, { name }] of offers.entries()) {
    const state = states[index];
    console.log(`${name}: ${state === "taken" ? "down, and something else listens in its place" : state}`);
  }
  return states.every((state) => state === "up");
}

function order(): Order | null {
  try {
    return orderOf(Deno.args);
  } catch (error) {
    console.error(`error: ${(error as Error).message}\n\n${HELP}`);
    Deno.exit(2);
  }
}

const given = order();
if (given === null) {
  console.log(HELP);
} else {
  Deno.exit(await obey(given) ? 0 : 1);
}
