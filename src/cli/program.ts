import { Command, CommanderError, InvalidArgumentError } from "commander";
import { check } from "./check.ts";
import { configMigrate, type MigrateChoice } from "./config_migrate.ts";
import type { ConfigChoice } from "./configuration.ts";
import { EXIT, type ExitCode } from "./exit_codes.ts";
import { populate } from "./populate.ts";
import { serve } from "./serve.ts";
import type { Surroundings } from "./surroundings.ts";
import { version } from "./version.ts";

const NOTES = `
Without a file: $VALET_CONFIG, else $VALET_CONFIG_PATH/config.ts, else /etc/valet/config.ts

Exit status:
  0 done, 1 failed, 2 wrong usage, 3 the store's schema differs,
  77 others may change the configuration or read its secrets, 78 wrong configuration`;

const MIGRATE_NOTES = `
What it says begins with its kind: 'dropped' is not needed any more, 'warning' became another value, 'manual'
is left to you, 'error' keeps anything from being written.

Exit status:
  0 written, 1 a file can't be read or is there already, 2 wrong usage, 78 the old configuration is wrong`;

/** A command that works on a configuration. */
interface ConfigCommand {
  readonly summary: string;
  readonly examples: readonly string[];
  readonly run: (choice: ConfigChoice, surroundings: Surroundings) => Promise<ExitCode>;
}

const SERVE: ConfigCommand = {
  summary: "serve the REST API until it is told to stop",
  examples: [
    "valet serve",
    "valet serve /etc/valet/config.ts --port 8091",
    "valet serve --config ./config.ts --host 127.0.0.1",
  ],
  run: serve,
};

const POPULATE: ConfigCommand = {
  summary: "create what the store lacks, and leave alone what it has",
  examples: [
    "valet populate",
    "valet populate --check",
    "sudo -u valet VALET_PASSWORD_FILE=/etc/valet/secrets/VALET_PASSWORD valet populate /etc/valet/config.ts",
  ],
  run: populate,
};

const CHECK: ConfigCommand = {
  summary: "tell everything that is wrong with a configuration",
  examples: ["valet check", "valet check ./config.ts --print", "valet check --connect"],
  run: check,
};

/** Runs the command that `args` name, and tells its exit status. */
export async function run(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const program = emptyProgram(surroundings);
  const add = (name: string, { summary, examples, run }: ConfigCommand) =>
    addCommand(program, { name, summary, examples, notes: NOTES })
      .argument("[file]", "the configuration")
      .option("--config <file>", "the same")
      .action(async (file: string | undefined, options: ConfigChoice, command: Command) => {
        rejectTwoFiles(command, [file, options.config]);
        exitCode = await run({ ...options, config: file ?? options.config }, surroundings);
      });
  add("serve", SERVE)
    .option("--port <port>", "listen here instead of on the port of the configuration", portNumber)
    .option("--host <host>", "listen here instead of on the host of the configuration");
  add("populate", POPULATE).option("--check", "tell what is missing or differs, and change nothing");
  add("check", CHECK)
    .option("--print", "show the configuration with its placeholders replaced, without secrets")
    .option("--connect", "ask the store and everything else that the service needs for an answer");
  addCommand(program, {
    name: "version",
    summary: "tell the version, and what it was built from",
    examples: ["valet version"],
  })
    .action(() => surroundings.print(`valet ${version()}`));
  addMigrate(program, (choice) => exitCode = configMigrate(choice, surroundings));
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  }
}

/** The program without its commands, which inherit how it writes and that it never exits by itself. */
function emptyProgram({ print, complain }: Surroundings): Command {
  return new Command("valet")
    .description("Places whole applications on the hosts of an OpenStack cloud.")
    .exitOverride()
    .showHelpAfterError("(--help tells what it takes)")
    .configureOutput({
      writeOut: (text) => print(text.trimEnd()),
      writeErr: (text) => complain(text.trimEnd()),
    });
}

function addMigrate(program: Command, run: (choice: MigrateChoice) => void): void {
  const config = program.command("config").description("work on configuration files");
  addCommand(config, {
    name: "migrate",
    summary: "make a configuration out of the original's files",
    examples: [
      "valet config migrate --py /var/www/valet/config.py --ini /etc/valet/valet.conf --out /etc/valet/config.ts",
    ],
    notes: MIGRATE_NOTES,
  })
    .option("--py <file>", "the old config.py; it is parsed, not executed, and wins over valet.conf")
    .option("--ini <file>", "the old valet.conf")
    .option("--listener <file>", "the old ostro-listener.conf, where the listener was a program of its own")
    .option("--listener-passwd <file>", "the passwords that its 'passwdfile' names")
    .requiredOption(
      "--out <file>",
      "the new configuration; secrets go into files of a folder 'secrets' beside it",
    )
    .option("--force", "replace files that are there")
    .action((choice: MigrateChoice, command: Command) => {
      if (choice.py === undefined && choice.ini === undefined) {
        command.error("error: Wanted --py, --ini or both");
      }
      run(choice);
    });
}

function addCommand(
  program: Command,
  { name, summary, examples, notes = "" }: {
    name: string;
    summary: string;
    examples: readonly string[];
    notes?: string;
  },
): Command {
  const lines = ["", "Examples:", ...examples.map((example) => `  ${example}`), notes];
  return program.command(name).description(summary).addHelpText("after", lines.join("\n").trimEnd());
}

function rejectTwoFiles(command: Command, [file, config]: readonly (string | undefined)[]): void {
  if (file === undefined || config === undefined || file === config) return;
  command.error(`error: Wanted one configuration, got '${file}' and '${config}'`);
}

function portNumber(text: string): string {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535) return text;
  throw new InvalidArgumentError("Wanted an integer from 1 to 65535");
}
