import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { freePort, runValet, ServingValet } from "../support/cli_process.ts";
import { ConfigFolder, MINIMAL_CONFIG } from "../support/settings_files.ts";

const DEMO = fileURLToPath(new URL("../../config/demo.ts", import.meta.url));
const DEMO_DATA_CENTER = fileURLToPath(
  new URL("../../config/demo_datacenter.json", import.meta.url),
);
const RUNNABLE = MINIMAL_CONFIG.replace("datacenter.json", DEMO_DATA_CENTER);

for (
  const { name, config, mode, args, exitCode, errors } of [
    { name: "check of a right configuration", args: ["check"], exitCode: 0, errors: "" },
    { name: "version", args: ["version"], exitCode: 0, errors: "" },
    { name: "serve --help", args: ["serve", "--help"], exitCode: 0, errors: "" },
    { name: "an unknown command", args: ["start"], exitCode: 2, errors: "unknown command 'start'" },
    {
      name: "an unknown option",
      args: ["serve", "--prot", "1"],
      exitCode: 2,
      errors: "unknown option '--prot'",
    },
    {
      name: "serve with a file that everybody writes",
      args: ["serve"],
      mode: 0o606,
      exitCode: 77,
      errors: "chmod go-w",
    },
    {
      name: "serve with secrets that everybody reads",
      config: RUNNABLE.replace("127.0.0.1", "0.0.0.0"),
      args: ["serve"],
      mode: 0o644,
      exitCode: 77,
      errors: "chmod o-r",
    },
    {
      name: "serve with an unknown key",
      config: RUNNABLE.replace("host:", "hots:"),
      args: ["serve"],
      exitCode: 78,
      errors: "server.hots: Unknown key, did you mean 'host'?",
    },
    {
      name: "serve without a driver of its build",
      config: `${RUNNABLE}export const optimizer = { driver: "mailbox" };`,
      args: ["serve"],
      exitCode: 78,
      errors: "Driver 'mailbox' is not in this build",
    },
    {
      name: "serve with a data centre that is not there",
      config: MINIMAL_CONFIG,
      args: ["serve", "--port", `${freePort()}`],
      exitCode: 78,
      errors: "datacenter.json",
    },
  ] as { name: string; config?: string; mode?: number; args: string[]; exitCode: number; errors: string }[]
) {
  Deno.test(`valet exits ${exitCode} for ${name}`, async () => {
    using folder = new ConfigFolder();
    const VALET_CONFIG = folder.write("config.ts", config ?? RUNNABLE, { mode });
    const ended = await runValet(args, { variables: { VALET_CONFIG } });
    assertStringIncludes(ended.errors, errors);
    assertEquals(ended.exitCode, exitCode, ended.errors);
  });
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`valet serve answers, and ends with 0 after ${signal}`, async () => {
    using folder = new ConfigFolder();
    const port = freePort();
    await using valet = await ServingValet.start([folder.write("config.ts", RUNNABLE), "--port", `${port}`]);
    assertEquals(valet.url, `http://127.0.0.1:${port}`);
    const answer = await fetch(`${valet.url}/`);
    assertEquals(answer.status, 200);
    await answer.body?.cancel();
    valet.signal(signal);
    const { exitCode, output } = await valet.ended();
    assertEquals(exitCode, 0);
    assertMatch(output, /Stopping/);
  });
}

Deno.test("valet serve exits 1 when the port is taken, and names it", async () => {
  using folder = new ConfigFolder();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const ended = await runValet(["serve", folder.write("config.ts", RUNNABLE), "--port", `${port}`]);
  assertEquals(ended.exitCode, 1);
  assertStringIncludes(ended.errors, `error: Port ${port} of '127.0.0.1' is in use`);
  assertEquals(ended.errors.includes("    at "), false);
});

Deno.test("valet serve exits 1 when another Valet works on the store, and names the file", async () => {
  using folder = new ConfigFolder();
  const file = folder.write("config.ts", RUNNABLE);
  await using _first = await ServingValet.start([file, "--port", `${freePort()}`]);
  const second = await runValet(["serve", file, "--port", `${freePort()}`]);
  assertEquals(second.exitCode, 1);
  assertStringIncludes(second.errors, `${folder.path}/valet.db`);
});

Deno.test("valet populate creates what the store lacks, and finds it the second time", async () => {
  using folder = new ConfigFolder();
  const file = folder.write("config.ts", RUNNABLE);
  const first = await runValet(["populate", file]);
  assertEquals(first.exitCode, 0, first.errors);
  assertMatch(first.output, /^created {2}table groups$/m);
  const second = await runValet(["populate", file]);
  assertEquals(second.exitCode, 0, second.errors);
  assertMatch(second.output, /^exists {3}table groups$/m);
  assertMatch(second.output, /^0 created, \d+ existed, 0 differ$/m);
});

Deno.test("valet populate exits 1 when the store's folder may not be written, and says why", async () => {
  using folder = new ConfigFolder();
  folder.write("file", "");
  const file = folder.write("config.ts", RUNNABLE.replace("valet.db", "file/valet.db"));
  const ended = await runValet(["populate", file]);
  assertEquals(ended.exitCode, 1);
  assertMatch(ended.errors, /^error: .*valet\.db/m);
});

Deno.test("valet serve starts the demo, whose first plan is the one that it prints", async () => {
  using folder = new ConfigFolder();
  const variables = { XDG_STATE_HOME: folder.path };
  const args = [DEMO, "--port", `${freePort()}`];
  await using valet = await ServingValet.start(args, { variables, last: "Ctrl-C" });
  const curl = valet.output.split("\n").find((line) => line.includes("/v1/plans -d"))!;
  const [, token] = /X-Auth-Token: ([^']+)'/.exec(curl)!;
  const answer = await fetch(`${valet.url}/v1/plans`, {
    method: "POST",
    headers: { "X-Auth-Token": token, "Content-Type": "application/json" },
    body: curl.slice(curl.indexOf("'{") + 1, -1),
  });
  assertEquals(answer.status, 201);
  const { plan } = await answer.json();
  const racks = Object.values<{ location: string }>(plan.placements).map(({ location }) =>
    location.slice(0, 8)
  );
  assertEquals(new Set(racks).size, 2);
});

Deno.test("valet serve refuses to show the demo to others", async () => {
  const ended = await runValet(["serve", DEMO, "--host", "0.0.0.0"]);
  assertEquals(ended.exitCode, 78);
  assertStringIncludes(ended.errors, "it listens on loopback only");
});
