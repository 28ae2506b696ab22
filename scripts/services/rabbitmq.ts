import { join } from "node:path";
import { answerTo, freePorts } from "./address.ts";
import { exists } from "./folders.ts";
import { installed, run, tell } from "./installation.ts";
import { type Design, Instance, instanceFolder, type InstanceOptions, ownerOf } from "./instance.ts";
import { Program } from "./program.ts";

/** Of Debian; rabbitmq-server and the parts of Erlang that it loads. */
const PACKAGES = [
  "rabbitmq-server",
  ...["base", "asn1", "crypto", "eldap", "inets", "mnesia", "os-mon", "parsetools", "public-key"]
    .map((part) => `erlang-${part}`),
  ...["runtime-tools", "ssl", "syntax-tools", "tools", "xmerl"].map((part) => `erlang-${part}`),
];

/** In a system, or in a folder that packages were unpacked into. Those in /usr/sbin turn to a user of their own. */
const SCRIPTS = "usr/lib/rabbitmq/bin";
const ERLANG = "usr/lib/erlang";

/** The header that a client opens a connection with (AMQP 0-9-1, 4.2.2); the answer is a method frame, type 1. */
const PROTOCOL_HEADER = [..."AMQP"].map((letter) => letter.charCodeAt(0)).concat(0, 0, 9, 1);
const METHOD_FRAME = 1;

const ADDRESS = "127.0.0.1";

/** The user that each broker begins with; an administrator who may do everything in the virtual host "/". */
const USER = { name: "messaging", password: "secret" } as const;

export interface RabbitMqOptions extends InstanceOptions {
  /** Of AMQP; the three ports after it are taken too. Any free ones when left out. */
  readonly port?: number;
  /** Further lines of rabbitmq.conf. */
  readonly settings?: readonly string[];
}

/** A broker on 127.0.0.1. */
export class RabbitMq extends Instance {
  readonly port: number;
  readonly #variables: () => Promise<Record<string, string>>;

  constructor(design: Design, { port, variables }: {
    port: number;
    variables: () => Promise<Record<string, string>>;
  }) {
    super(design);
    this.port = port;
    this.#variables = variables;
  }

  /** For oslo.messaging and Valet, as `rabbit://…`. */
  get url(): string {
    return `rabbit://${USER.name}:${USER.password}@${ADDRESS}:${this.port}/`;
  }

  /** What `rabbitmqctl` prints, such as for `("-q", "list_queues", "name", "messages")`. Takes half a second. */
  async control(...args: string[]): Promise<string> {
    const variables = await this.#variables();
    return await run([join(variables.SCRIPTS, "rabbitmqctl"), ...args], { variables });
  }
}

/** A broker, not started yet. */
export function rabbitMq({ port = freePorts(4), settings = [], ...options }: RabbitMqOptions = {}): RabbitMq {
  const folder = instanceFolder("rabbitmq", options);
  const variables = async () => environment({ folder, port, root: await packages() });
  const shared = { folder, ownerPid: ownerOf(options) };
  const portMapper = new Program({
    ...shared,
    name: "epmd",
    launch: async () => ({
      command: ["epmd", "-address", ADDRESS, "-port", String(port + 2)],
      variables: await variables(),
    }),
  });
  const broker = new Program({
    ...shared,
    name: "rabbitmq",
    launch: async () => {
      const known = await variables();
      return { command: [join(known.SCRIPTS, "rabbitmq-server")], variables: known };
    },
  });
  const design: Design = {
    folder,
    programs: [portMapper, broker],
    listens: [0, 1].map((offset) => ({ hostname: ADDRESS, port: port + offset })),
    prepare: () => writeSettings({ folder, port, settings }),
    answers: async () => {
      const answer = await answerTo({ hostname: ADDRESS, port }, { bytes: PROTOCOL_HEADER, length: 1 });
      return answer?.[0] === METHOD_FRAME;
    },
  };
  return new RabbitMq(design, { port, variables });
}

/** A broker that answers. */
export async function startRabbitMq(options: RabbitMqOptions = {}): Promise<RabbitMq> {
  return await rabbitMq(options).start();
}

/** Where RabbitMQ and Erlang are: the system's root when they are installed there, else a folder of the cache. */
async function packages(): Promise<string> {
  if (exists(join("/", SCRIPTS)) && exists(join("/", ERLANG))) return "/";
  return await installed("rabbitmq", async (folder) => {
    tell("Downloading RabbitMQ and Erlang, 31 MB");
    await download(folder);
    for (const { name } of [...Deno.readDirSync(folder)].filter(({ name }) => name.endsWith(".deb"))) {
      await run(["dpkg-deb", "-x", name, "."], { folder });
      Deno.removeSync(join(folder, name));
    }
    // The one file that knows where it would have been installed.
    const erl = join(folder, ERLANG, "bin/erl");
    Deno.writeTextFileSync(erl, Deno.readTextFileSync(erl).replaceAll(`=/${ERLANG}`, `=${folder}/${ERLANG}`));
  });
}

/** Whoever is root lets the system learn of today's packages when it knows none, or those of another day. */
async function download(folder: string): Promise<void> {
  const from = "rabbitmq-server 3.10 or newer";
  const get = () => run(["apt-get", "download", "-qq", ...PACKAGES], { folder, from });
  try {
    await get();
  } catch (error) {
    if (Deno.uid() !== 0) {
      throw new Error(`${(error as Error).message}\nInstall ${from}, or let root call "apt-get update"`);
    }
    await run(["apt-get", "update", "-qq"], { from });
    await get();
  }
}

/** All that the broker would look for in /etc, /var and the home folder otherwise. */
function environment(
  { folder, port, root }: { folder: string; port: number; root: string },
): Record<string, string> {
  const [distribution, mapper, control] = [port + 1, port + 2, port + 3].map(String);
  return {
    SCRIPTS: join(root, SCRIPTS),
    PATH: `${join(root, ERLANG)}/bin:${Deno.env.get("PATH")}`,
    // Of the cookie, and of the environment in which the start script replaces itself by the broker.
    HOME: folder,
    detached: "yes",
    LC_ALL: "C.UTF-8",
    ERL_EPMD_PORT: mapper,
    ERL_EPMD_ADDRESS: ADDRESS,
    ERL_CRASH_DUMP: `${folder}/erl_crash.dump`,
    RABBITMQ_NODENAME: `valet-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: ADDRESS,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: distribution,
    RABBITMQ_CTL_DIST_PORT_MIN: control,
    RABBITMQ_CTL_DIST_PORT_MAX: control,
    RABBITMQ_CONF_ENV_FILE: "/dev/null",
    RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq.conf`,
    RABBITMQ_ADVANCED_CONFIG_FILE: `${folder}/advanced.config`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
    RABBITMQ_MNESIA_BASE: `${folder}/mnesia`,
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_GENERATED_CONFIG_DIR: `${folder}/generated`,
    RABBITMQ_SCHEMA_DIR: `${folder}/schema`,
    RABBITMQ_PID_FILE: `${folder}/rabbitmq-own`,
    // One scheduler: brokers of tests share few cores. Distribution listens on every address otherwise.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "-kernel inet_dist_use_interface {127,0,0,1} +S 1:1",
  };
}

function writeSettings(
  { folder, port, settings }: { folder: string; port: number; settings: readonly string[] },
): void {
  for (const name of ["mnesia", "generated", "schema"]) {
    Deno.mkdirSync(join(folder, name), { recursive: true });
  }
  const lines = [
    `listeners.tcp.default = ${ADDRESS}:${port}`,
    `default_user = ${USER.name}`,
    `default_pass = ${USER.password}`,
    "default_vhost = /",
    ...["configure", "read", "write"].map((right) => `default_permissions.${right} = .*`),
    "default_user_tags.administrator = true",
    "loopback_users = none",
    "num_acceptors.tcp = 2",
    "disk_free_limit.absolute = 50MB",
    "log.console = true",
    "log.file = false",
    ...settings,
  ];
  Deno.writeTextFileSync(join(folder, "rabbitmq.conf"), `${lines.join("\n")}\n`);
  Deno.writeTextFileSync(join(folder, "enabled_plugins"), "[].\n");
  Deno.writeTextFileSync(join(folder, "advanced.config"), "[].\n");
}
