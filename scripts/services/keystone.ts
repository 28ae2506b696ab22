import { basename, join } from "node:path";
import { freePorts } from "./address.ts";
import { installed, run, tell } from "./installation.ts";
import { type Design, Instance, instanceFolder, type InstanceOptions, ownerOf } from "./instance.ts";
import { addAccountsAndCatalog, addOwnEntry, ADMIN, REGION } from "./keystone_accounts.ts";
import { Program } from "./program.ts";
import { pythonEnvironment } from "./python.ts";

const ADDRESS = "127.0.0.1";

/** Where Keystone looks for them in the folder that `OS_KEYSTONE_CONFIG_DIR` names. */
const SETTINGS = "keystone.conf";

const DATABASE = "keystone.db";

/** Keystone reads the arguments of whatever program imports it, so this one has none. */
const SERVER = `import os
from waitress import serve
from keystone.wsgi.api import application
serve(application, listen=os.environ["LISTEN"], threads=4)
`;

export interface KeystoneOptions extends InstanceOptions {
  /** Any free one when left out. */
  readonly port?: number;
  /** How long tokens are valid. */
  readonly tokenSeconds?: number;
  /** Further lines of keystone.conf, beginning with a section. */
  readonly settings?: readonly string[];
}

/** A Keystone on 127.0.0.1, with the accounts of `keystone_accounts.ts`. */
export class Keystone extends Instance {
  readonly port: number;

  constructor(design: Design, port: number) {
    super(design);
    this.port = port;
  }

  get authUrl(): string {
    return `http://${ADDRESS}:${this.port}/v3`;
  }
}

/** A Keystone, not started yet. */
export function keystone({ settings = [], tokenSeconds = 3600, ...options }: KeystoneOptions = {}): Keystone {
  const lines = [...settings, "[token]", `expiration = ${tokenSeconds}`];
  return server({ options, lines, origin: template, fill: addOwnEntry });
}

/** A Keystone that answers and knows the accounts. */
export async function startKeystone(options: KeystoneOptions = {}): Promise<Keystone> {
  return await keystone(options).start();
}

function server({ options, lines, origin, fill }: {
  options: KeystoneOptions;
  lines: readonly string[];
  /** Of keys and database, which are copied. */
  origin: () => Promise<string>;
  fill: (authUrl: string) => Promise<void>;
}): Keystone {
  const { port = freePorts(1) } = options;
  const folder = instanceFolder("keystone", options);
  const authUrl = `http://${ADDRESS}:${port}/v3`;
  const program = new Program({
    folder,
    ownerPid: ownerOf(options),
    name: "keystone",
    launch: async () => ({
      command: [`${await pythonEnvironment()}/bin/python`, "-W", "ignore", `${folder}/serve.py`],
      variables: { OS_KEYSTONE_CONFIG_DIR: folder, LISTEN: `${ADDRESS}:${port}` },
    }),
  });
  const prepare = async () => {
    await run(["cp", "-R", `${await origin()}/.`, folder]);
    writeSettings(folder, lines);
    Deno.writeTextFileSync(join(folder, "serve.py"), SERVER);
  };
  return new Keystone({
    folder,
    programs: [program],
    listens: [{ hostname: ADDRESS, port }],
    prepare,
    answers: () => answersAt(authUrl),
    fill: () => fill(authUrl),
  }, port);
}

/** Keys, and a database with accounts and catalog, which take longer to make than all the rest of a start. */
async function template(): Promise<string> {
  const environment = await pythonEnvironment();
  return await installed(`${basename(environment)}-keystone`, async (folder) => {
    tell("Making Keystone's accounts, about 25 seconds");
    await bootstrap(folder, environment);
    const options = { name: "keystone-template" };
    const origin = () => Promise.resolve(folder);
    await using first = await server({ options, lines: [], origin, fill: addAccountsAndCatalog }).start();
    await first.kill();
    Deno.copyFileSync(join(first.folder, DATABASE), join(folder, DATABASE));
  });
}

/** Keys, and a database with the first administrator. */
async function bootstrap(folder: string, environment: string): Promise<void> {
  writeSettings(folder, []);
  const program = [`${environment}/bin/python`, "-W", "ignore", `${environment}/bin/keystone-manage`];
  // Otherwise it falls back on /etc.
  const settings = ["--config-file", join(folder, SETTINGS)];
  const manage = (...args: string[]) => run([...program, ...settings, ...args], { folder });
  const [user, group] = [await run(["id", "-un"]), await run(["id", "-gn"])].map((name) => name.trim());
  for (const keys of ["fernet_setup", "credential_setup", "receipt_setup"]) {
    await manage(keys, "--keystone-user", user, "--keystone-group", group);
  }
  await manage("db_sync");
  const { name, password, project } = ADMIN;
  const account = { username: name, password, "project-name": project, "region-id": REGION };
  const options = Object.entries(account).flatMap(([key, value]) => [`--bootstrap-${key}`, value]);
  await manage("bootstrap", ...options);
}

/** Settings that name their folder. */
function writeSettings(folder: string, more: readonly string[]): void {
  const lines = [
    "[DEFAULT]",
    "use_stderr = true",
    "[database]",
    `connection = sqlite:///${join(folder, DATABASE)}`,
    "[identity]",
    // The least that bcrypt takes; the default makes each login half a second of work.
    "password_hash_rounds = 4",
    "[fernet_tokens]",
    `key_repository = ${folder}/fernet-keys/`,
    "[fernet_receipts]",
    `key_repository = ${folder}/receipt-keys/`,
    "[credential]",
    `key_repository = ${folder}/credential-keys/`,
    ...more,
  ];
  Deno.writeTextFileSync(join(folder, SETTINGS), `${lines.join("\n")}\n`);
}

async function answersAt(authUrl: string): Promise<boolean> {
  try {
    const answer = await fetch(authUrl, { signal: AbortSignal.timeout(2000) });
    const { version } = await answer.json();
    return answer.ok && typeof version?.id === "string";
  } catch (error) {
    const isSilent = error instanceof TypeError || error instanceof SyntaxError ||
      error instanceof DOMException;
    if (isSilent) return false;
    throw error;
  }
}
