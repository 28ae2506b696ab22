import {
  assert,
  assertArrayIncludes,
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
  fail,
} from "@std/assert";
import { fileURLToPath } from "node:url";
import manifest from "../../deno.json" with { type: "json" };
import { freePort } from "../support/cli_process.ts";
import { commandsOf, KINDS, readmeBlocks } from "../support/readme.ts";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));
const PORT = "8090";

interface PlanAnswer {
  readonly plan: { readonly placements: Record<string, { name: string; location: string }> };
}

/** The demonstration as the README starts it, on a port of its own, in a process group of its own. */
class Demonstration implements AsyncDisposable {
  readonly #port = String(freePort());
  readonly #state = Deno.makeTempDirSync({ prefix: "valet-readme-" });
  readonly #process: Deno.ChildProcess;
  readonly #output: Promise<string>;
  readonly #started = Promise.withResolvers<void>();

  constructor(command: string) {
    this.#process = new Deno.Command("sh", {
      args: ["-c", `exec ${command.trim()} --port ${this.#port}`],
      cwd: PROJECT,
      env: { XDG_STATE_HOME: this.#state, NO_COLOR: "1" },
      detached: true,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#output = this.#read();
  }

  /** Resolves when it has told how to try and stop it. */
  async started(): Promise<void> {
    await Promise.race([this.#started.promise, this.#output.then(fail)]);
  }

  /** Runs commands of the README against it; what they print. */
  async run(commands: string): Promise<string> {
    const { code, stdout } = await new Deno.Command("sh", {
      args: ["-e", "-c", commands.replaceAll(`:${PORT}/`, `:${this.#port}/`)],
      cwd: PROJECT,
    }).output();
    assertEquals(code, 0, commands);
    return new TextDecoder().decode(stdout);
  }

  /** What a terminal does at Ctrl-C: every process of the group gets the signal. */
  async interrupt(): Promise<{ exitCode: number; output: string }> {
    Deno.kill(-this.#process.pid, "SIGINT");
    const [{ code }, output] = await Promise.all([this.#process.status, this.#output]);
    return { exitCode: code, output };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      Deno.kill(-this.#process.pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    await Promise.all([this.#process.status, this.#output]);
    Deno.removeSync(this.#state, { recursive: true });
  }

  async #read(): Promise<string> {
    let output = "";
    for await (const chunk of this.#process.stdout.pipeThrough(new TextDecoderStream())) {
      output += chunk;
      if (output.includes("Stop it")) this.#started.resolve();
    }
    return output;
  }
}

/** Hosts by the names of the servers. */
function hostsOf({ plan: { placements } }: PlanAnswer): Record<string, string> {
  return Object.fromEntries(Object.values(placements).map(({ name, location }) => [name, location]));
}

/** The waves of a plan among what commands print, without what the README leaves out. */
function shownMoves(output: string): unknown {
  const [, waves] = /"waves":(.*?),"staying"/.exec(output)!;
  const leftOut = ["resource_id", "stack_id", "live"];
  return JSON.parse(waves, (key, value) => leftOut.includes(key) ? undefined : value);
}

function rackOf(host: string): string {
  return host.slice(0, "dem01r01".length);
}

Deno.test("README says of all its commands how they are tested", () => {
  const kinds = readmeBlocks().filter(({ language }) => language === "sh").map(({ kind }) => kind);
  assertEquals(new Set(kinds), new Set<string>(KINDS));
});

Deno.test("README tries the demonstration with commands that work", async () => {
  const [start, ...others] = commandsOf("demo-start");
  assertEquals(others, []);
  await using demonstration = new Demonstration(start);
  await demonstration.started();
  const [create, ...later] = commandsOf("demo");

  const answered: PlanAnswer = JSON.parse(await demonstration.run(create));
  const hosts = hostsOf(answered);
  assertEquals(Object.keys(hosts), ["web_1", "web_2", "database", "cache"]);
  assertEquals(hosts.database, hosts.cache);
  assertNotEquals(rackOf(hosts.web_1), rackOf(hosts.web_2));
  const shown = readmeBlocks().find(({ language }) => language === "json");
  assertEquals(
    hostsOf(JSON.parse(shown!.text)),
    hosts,
    "README shows other hosts than the demonstration answers",
  );

  const output = await demonstration.run(later.join("\n"));
  const [, explained, planned] = readmeBlocks().filter(({ language }) => language === "json");
  const { conflict, relaxations } = JSON.parse(explained.text).explanation;
  assertStringIncludes(output, `"conflict":${JSON.stringify(conflict)}`);
  for (const { sentence } of relaxations) assertStringIncludes(output, JSON.stringify(sentence));
  const { moves } = JSON.parse(planned.text);
  assertEquals(shownMoves(output), moves.waves, "README shows other moves than the demonstration answers");
  assertStringIncludes(output, `"staying":${JSON.stringify(moves.staying)}`);
  assertStringIncludes(output, `"emptied":${JSON.stringify(moves.emptied)}`);
  assertStringIncludes(output, `"orchestration_id":"front","resource_id":null,"location":"dem01r01c004"`);
  assertStringIncludes(output, `"reserved":true`);
  assertMatch(output, /"name":"web_1","location":"dem01r03c00[25]"/);
  const { exitCode, output: printed } = await demonstration.interrupt();
  assertEquals(exitCode, 0);
  assertStringIncludes(printed, "Stopping");
});

Deno.test("README plans the stack of the template that it shows", () => {
  const template = readmeBlocks().find(({ language }) => language === "yaml")!.text;
  const inTemplate = [...template.matchAll(/^ {2}(\w+):/gm)].map(([, name]) => name);
  const inRequest = [...commandsOf("demo")[0].matchAll(/"name": "(\w+)"/g)].map(([, name]) => name);
  assertEquals(inRequest, inTemplate);
});

Deno.test("README names nothing for developers that continuous integration does not run", () => {
  const run = Deno.readTextFileSync(`${PROJECT}.ci/run`);
  for (const command of commandsOf("ci").flatMap((text) => text.trim().split("\n"))) {
    assertStringIncludes(run, command);
  }
});

Deno.test("README names tasks that exist", () => {
  const commands = (["ci", "services", "bench"] as const).flatMap(commandsOf).join("");
  const named = commands.matchAll(/scripts\/deno task (\S+)/g);
  assertArrayIncludes(Object.keys(manifest.tasks), [...named].map(([, task]) => task));
});

Deno.test("README tells the defaults of limits that the sample configuration tells", () => {
  const sample = Deno.readTextFileSync(`${PROJECT}config/valet.ts`);
  const readme = Deno.readTextFileSync(`${PROJECT}README.md`);
  const rows = [...readme.matchAll(/^\| `([\w.]+)\.(\w+)` +\| (\d+) /gm)];
  assert(rows.length >= 10);
  for (const [, , key, value] of rows) assertStringIncludes(sample, `${key}: ${value},`);
});
