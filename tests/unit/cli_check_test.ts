import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../src/cli/program.ts";
import { Rejected } from "../../src/ports/failures.ts";
import { CERTIFICATE, KEY, OTHER_KEY } from "../support/certificates.ts";
import { NotedSurroundings } from "../support/cli_surroundings.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

const UNAVAILABLE = `${MINIMAL_CONFIG}
export const optimizer = { driver: "mailbox" };`;

const WRONG = `${MINIMAL_CONFIG}
export const optimizer = { driver: "mailbox", steps: 0 };
export const lodging = {};`;

for (
  const { command, name, config, mode, exitCode, complaints } of [
    { command: "check", name: "a right configuration", config: MINIMAL_CONFIG, exitCode: 0, complaints: [] },
    {
      command: "check",
      name: "a driver that this build lacks",
      config: UNAVAILABLE,
      exitCode: 0,
      complaints: ["warning: optimizer: Driver 'mailbox' is not in this build"],
    },
    {
      command: "serve",
      name: "a driver that this build lacks",
      config: UNAVAILABLE,
      exitCode: 78,
      complaints: ["warning: optimizer: Driver 'mailbox' is not in this build"],
    },
    {
      command: "populate",
      name: "a driver that this build lacks",
      config: UNAVAILABLE,
      exitCode: 78,
      complaints: ["warning: optimizer: Driver 'mailbox' is not in this build"],
    },
    {
      command: "check",
      name: "a wrong configuration",
      config: WRONG,
      exitCode: 78,
      complaints: [
        "error: lodging: Unknown key, did you mean 'logging'?",
        "error: optimizer.steps: Wanted an integer from 1000 to 1000000000, got '0'",
      ],
    },
    {
      command: "serve",
      name: "a wrong configuration",
      config: WRONG,
      exitCode: 78,
      complaints: [
        "error: lodging: Unknown key, did you mean 'logging'?",
        "error: optimizer.steps: Wanted an integer from 1000 to 1000000000, got '0'",
      ],
    },
    {
      command: "check",
      name: "a file that everybody writes",
      config: MINIMAL_CONFIG,
      mode: 0o606,
      exitCode: 77,
    },
    {
      command: "serve",
      name: "a file that everybody writes",
      config: MINIMAL_CONFIG,
      mode: 0o606,
      exitCode: 77,
    },
    {
      command: "populate",
      name: "a file that everybody writes",
      config: MINIMAL_CONFIG,
      mode: 0o606,
      exitCode: 77,
    },
    {
      command: "check",
      name: "secrets that everybody reads, even beside errors",
      config: WRONG.replace("127.0.0.1", "0.0.0.0"),
      mode: 0o644,
      exitCode: 77,
    },
  ]
) {
  Deno.test(`${command} exits ${exitCode} for ${name}`, async () => {
    using folder = new ConfigFolder();
    const surroundings = new NotedSurroundings();
    const file = folder.write("config.ts", config, { mode });
    assertEquals(await run([command, file], surroundings), exitCode);
    const reads = command === "check" && exitCode === 0 && config === MINIMAL_CONFIG;
    assertEquals(surroundings.calls, reads ? ["checkInventory"] : []);
    const said = surroundings.complained.filter((line) => !line.includes("Valet runs as root"));
    if (command !== "check") assertStringIncludes(said.pop()!, `error: Valet can't run on '${file}'`);
    if (complaints) assertEquals(said, complaints);
    assertEquals(surroundings.printed, exitCode === 0 ? ["Config OK"] : []);
  });
}

Deno.test("check exits 78 for a file that is not there, and names it", async () => {
  const surroundings = new NotedSurroundings();
  assertEquals(await run(["check", "/nowhere/config.ts"], surroundings), 78);
  assertEquals(surroundings.complained, ["error: /nowhere/config.ts: No such file"]);
});

Deno.test("check --print shows the configuration without secrets", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings({ variables: { STATE: "/state" } });
  const file = folder.write("config.ts", MINIMAL_CONFIG.replace("valet.db", "$STATE/valet.db"));
  assertEquals(await run(["check", file, "--print"], surroundings), 0);
  const [shown, verdict] = surroundings.printed;
  assertEquals(JSON.parse(shown).music, { path: "/state/valet.db" });
  assertStringIncludes(shown, '"token": "***"');
  assertEquals(verdict, "Config OK");
});

Deno.test("check exits 78 for a data centre that the service would not start with, and says why", async () => {
  using folder = new ConfigFolder();
  const failure = new Rejected("inventory", "The data-centre file 'dc.json' does not exist");
  const surroundings = new NotedSurroundings({ failure });
  assertEquals(await run(["check", folder.write("config.ts", MINIMAL_CONFIG)], surroundings), 78);
  assertEquals(surroundings.printed, []);
  assertEquals(
    surroundings.complained.at(-1),
    "error: inventory: The data-centre file 'dc.json' does not exist",
  );
});

Deno.test("check --print shows nothing of a wrong configuration, where a secret may have any name", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings({ variables: { TOK: "sekrit" } });
  const misspelt = MINIMAL_CONFIG.replace("token:", 'tokn: "$TOK", token:');
  assertEquals(await run(["check", folder.write("config.ts", misspelt), "--print"], surroundings), 78);
  assertEquals(surroundings.printed, []);
  assertEquals(surroundings.complained.some((line) => line.includes("sekrit")), false);
});

Deno.test("serve names the blocks whose drivers this build lacks", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings();
  const file = folder.write(
    "config.ts",
    UNAVAILABLE.replace("host:", 'roles: ["api", "engine", "listener"], host:'),
  );
  await run(["serve", file], surroundings);
  assertEquals(
    surroundings.complained.at(-1),
    `error: Valet can't run on '${file}', this build lacks what it asks for in server.roles, optimizer`,
  );
});

Deno.test("check --connect exits 1 and names what does not answer", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings({
    connections: [{ part: "store", failure: null }, { part: "identity", failure: "No answer within 15 s" }],
  });
  assertEquals(await run(["check", folder.write("config.ts", MINIMAL_CONFIG), "--connect"], surroundings), 1);
  assertEquals(surroundings.calls, ["checkInventory", "checkConnections"]);
  assertEquals(surroundings.printed, ["store answers"]);
  assertEquals(surroundings.complained.at(-1), "error: identity: No answer within 15 s");
});

Deno.test("check --connect exits 0 when everything answers", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings({ connections: [{ part: "store", failure: null }] });
  assertEquals(await run(["check", folder.write("config.ts", MINIMAL_CONFIG), "--connect"], surroundings), 0);
  assertEquals(surroundings.printed, ["store answers", "Config OK"]);
});

Deno.test("check --connect exits 1 when this build lacks a driver, since nothing can be asked", async () => {
  using folder = new ConfigFolder();
  const surroundings = new NotedSurroundings();
  assertEquals(await run(["check", folder.write("config.ts", UNAVAILABLE), "--connect"], surroundings), 1);
  assertEquals(surroundings.calls, []);
});

for (
  const { name, key, mode, exitCode } of [
    { name: "the key of another certificate", key: OTHER_KEY, mode: 0o600, exitCode: 78 },
    { name: "a key that everybody reads", key: KEY, mode: 0o644, exitCode: 77 },
    { name: "its own key", key: KEY, mode: 0o640, exitCode: 0 },
  ]
) {
  Deno.test(`check exits ${exitCode} for a certificate with ${name}`, async () => {
    using folder = new ConfigFolder();
    folder.write("server.crt", CERTIFICATE);
    folder.write("server.key", key, { mode });
    const tls = 'tls: { cert: "server.crt", key: "server.key" }, host:';
    const file = folder.write("config.ts", MINIMAL_CONFIG.replace("host:", tls));
    assertEquals(await run(["check", file], new NotedSurroundings()), exitCode);
  });
}
