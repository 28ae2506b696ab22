import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freeLoopback, freePorts } from "../../scripts/services/address.ts";
import { exists } from "../../scripts/services/folders.ts";
import { noProcessNames } from "../support/service_processes.ts";

const PROGRAM = new URL("../../scripts/services/mod.ts", import.meta.url);

/** The command line, with services and data apart from those of whoever runs the tests. */
class CommandLine implements AsyncDisposable {
  readonly data = Deno.makeTempDirSync({ prefix: "valet-services-test-" });
  readonly #places = [
    ["--cassandra-address", freeLoopback([9042, 7000])],
    ["--rabbitmq-port", String(freePorts(4))],
    ["--keystone-port", String(freePorts(1))],
  ].flat();

  async run(...args: string[]) {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", PROGRAM.href, ...this.#places, ...args],
      env: { VALET_SERVICES_DATA: this.data },
    }).output();
    const decoder = new TextDecoder();
    return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
  }

  /** The ids of all that runs, as `start` wrote them down. */
  pids(): string[] {
    const folders = [...Deno.readDirSync(this.data)].filter(({ isDirectory }) => isDirectory);
    const files = folders.flatMap(({ name: folder }) =>
      [...Deno.readDirSync(`${this.data}/${folder}`)].map(({ name }) => `${this.data}/${folder}/${name}`)
    );
    return files.filter((file) => file.endsWith(".pid")).map((file) => Deno.readTextFileSync(file)).sort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run("stop");
    Deno.removeSync(this.data, { recursive: true });
  }
}

const USUAL = ["cassandra", "rabbitmq", "keystone"];

Deno.test("services starts once what is started twice, tells its state, and stops all of it", async () => {
  await using services = new CommandLine();
  const before = await services.run("status", ...USUAL);
  assertEquals(before, { code: 1, output: "cassandra: down\nrabbitmq: down\nkeystone: down\n", errors: "" });

  const first = await services.run("start");
  assertEquals({ code: first.code, errors: first.errors.replace(/^services: .*\n/gm, "") }, {
    code: 0,
    errors: "",
  });
  assertMatch(first.output, /rabbit:\/\/messaging:secret@127\.0\.0\.1:\d+\//);
  assertMatch(first.output, /http:\/\/127\.0\.0\.1:\d+\/v3/);
  assertMatch(first.output, /CQL on 127\.\d+\.\d+\.1:9042/);
  const started = services.pids();
  assertEquals(started.length, 4);
  assertEquals((await services.run("start")).code, 0);
  assertEquals(services.pids(), started);

  const during = await services.run("status", ...USUAL);
  assertEquals(during, { code: 0, output: "cassandra: up\nrabbitmq: up\nkeystone: up\n", errors: "" });
  Deno.kill(Number(Deno.readTextFileSync(`${services.data}/keystone/keystone.pid`).split(" ")[0]), "SIGKILL");
  assertStringIncludes((await services.run("status", "keystone")).output, "keystone: down");

  assertEquals((await services.run("stop")).code, 0);
  assertEquals((await services.run("status", ...USUAL)).output, before.output);
  assertEquals((await services.run("status")).code, 0);
  assertEquals(USUAL.filter((name) => exists(`${services.data}/${name}`)), []);
  await noProcessNames(services.data);
});

Deno.test("services refuses to start where something else listens, and tells so", async () => {
  await using services = new CommandLine();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const elsewhere = ["--keystone-port", String(listener.addr.port)];
  const args = (command: string) => [command, "keystone", ...elsewhere];
  const { code, errors } = await services.run(...args("start"));
  assertEquals(code, 1);
  assertStringIncludes(errors, `:${listener.addr.port} is answered by something that was not started here`);
});

for (
  const [args, message] of [
    [["begin"], `Wanted one of start, stop, status, got "begin"`],
    [["start", "nova"], `There is no service "nova"`],
    [["start", "--keystone-port", "80"], `Wanted a port between 1024 and 65500, got "80"`],
    [["start", "--cassandra-address", "0.0.0.0"], `Wanted an address of 127.0.0.0/8, got "0.0.0.0"`],
  ] as const
) {
  Deno.test(`services ends with 2 for "${args.join(" ")}"`, async () => {
    const command = ["run", "--allow-all", "--no-check", PROGRAM.href, ...args];
    const { code, stderr } = await new Deno.Command(Deno.execPath(), { args: command }).output();
    assertEquals(code, 2);
    assertStringIncludes(new TextDecoder().decode(stderr), message);
  });
}

/** Starts a broker and prints its folder; ends at once, as with Ctrl-C, and cleans nothing up. */
const CARELESS = `
import { startRabbitMq } from "${new URL("../../scripts/services/rabbitmq.ts", import.meta.url)}";
console.log((await startRabbitMq()).folder);
Deno.kill(Deno.pid, "SIGKILL");
`;

Deno.test("Services that do not last end with the process that started them", async () => {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-check", CARELESS],
    cwd: new URL("../../", import.meta.url),
  }).output();
  const folder = new TextDecoder().decode(stdout).trim();
  assertMatch(folder, /rabbitmq\.\d+\.\w+$/);
  await noProcessNames(folder);
  assertEquals(exists(folder), false);
});
